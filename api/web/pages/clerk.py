"""The clerk's pages: send scans, follow batches, act on what needs attention."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse, Response

from api.access.browser import safe_path
from api.access.permissions import Action, Principal
from api.errors import BadRequest
from api.http.bodies import UPLOAD_LIMIT_BYTES
from api.http.identity import Lang, Product
from api.http.sending import NewBatch, ReceiptView, open_batch, receive_upload
from api.intake.attention import AttentionDesk
from api.intake.refused_files import RefusedFiles
from api.units import batch_within
from api.views import AttentionView, BatchView, FileView, PaperView
from api.web.site import page
from api.web.visits import Post, Posted, Visit
from api.wiring import Sohoa
from ingest.errors import CodedError
from ocr.fields.types import catalogue

router = APIRouter(include_in_schema=False)

PAGE_SIZE = 30
MaySend = Annotated[Principal, Depends(Visit(Action.BATCH_SEND))]
MayRead = Annotated[Principal, Depends(Visit(Action.BATCH_READ))]
MaySee = Annotated[Principal, Depends(Visit(Action.ATTENTION_READ))]
Sent = Annotated[Posted, Depends(Post(Action.BATCH_SEND))]
Acted = Annotated[Posted, Depends(Post(Action.ATTENTION_ACT))]
Judged = Annotated[Posted, Depends(Post(Action.SECRECY_JUDGE))]


@router.get("/upload")
def upload_page(
    request: Request, principal: MaySend, sohoa: Product, batch: Annotated[str, Query(max_length=64)] = ""
) -> Response:
    """The form for new scans; with a batch, for more of them."""
    begun = _batch_of(sohoa, batch, principal.reach) if batch else None
    return page(request, "upload.html", principal, problem="", dossier="", owner="", batch=begun)


@router.post("/upload", max_body_size=UPLOAD_LIMIT_BYTES)
async def upload(request: Request, posted: Sent, sohoa: Product, lang: Lang) -> Response:
    """Open a batch and take its files in, without any script in the browser."""
    dossier, owner = posted.text("dossier"), posted.text("owner")
    try:
        if not posted.uploads("files"):
            raise BadRequest(where="files")
        new = NewBatch(
            dossier=dossier[:100],
            owner=owner[:50],
            automatic=True if posted.text("automatic") else None,
            hold=bool(posted.text("hold")),
        )
        batch = await run_in_threadpool(open_batch, sohoa, posted.principal, new)
    except CodedError as error:
        context: dict[str, Any] = {"problem": error.message(lang), "dossier": dossier, "owner": owner, "batch": None}
        return page(request, "upload.html", posted.principal, 422, **context)
    return await _take_in(request, sohoa, posted, batch.id, lang)


@router.post("/batches/{batch_id}/files", max_body_size=UPLOAD_LIMIT_BYTES)
async def more_files(request: Request, batch_id: str, posted: Sent, sohoa: Product, lang: Lang) -> Response:
    """Take more files into a batch."""
    await run_in_threadpool(_batch_of, sohoa, batch_id, posted.principal.reach)
    return await _take_in(request, sohoa, posted, batch_id, lang)


async def _take_in(request: Request, sohoa: Sohoa, posted: Posted, batch_id: str, lang: str) -> Response:
    receipts = [
        await run_in_threadpool(receive_upload, sohoa, batch_id, upload, posted.principal, lang)
        for upload in posted.uploads("files")
    ]
    refused = [receipt for receipt in receipts if receipt.reason]
    if refused:
        return await run_in_threadpool(_batch_page, request, sohoa, posted.principal, batch_id, lang, refused)
    return RedirectResponse(f"/batches/{batch_id}", 303)


@router.get("/batches")
def batches(
    request: Request, principal: MayRead, sohoa: Product, offset: Annotated[int, Query(ge=0, le=1_000_000)] = 0
) -> Response:
    """Batches, newest first."""
    with sohoa.database.read() as uow:
        latest = uow.batches.latest(PAGE_SIZE + 1, offset, unit=principal.reach)
        found = [BatchView.of(batch, uow.batches.progress(batch.id)) for batch in latest]
    more = len(found) > PAGE_SIZE
    return page(request, "batches.html", principal, batches=found[:PAGE_SIZE], offset=offset, step=PAGE_SIZE, more=more)


@router.get("/batches/{batch_id}")
def batch(
    request: Request, batch_id: Annotated[str, Path(max_length=64)], principal: MayRead, sohoa: Product, lang: Lang
) -> Response:
    """One batch with its progress, files, papers and what needs attention."""
    return _batch_page(request, sohoa, principal, batch_id, lang, [])


def _batch_of(sohoa: Sohoa, batch_id: str, unit: str) -> BatchView:
    with sohoa.database.read() as uow:
        return BatchView.of(batch_within(uow, batch_id, unit), uow.batches.progress(batch_id))


def _batch_page(
    request: Request, sohoa: Sohoa, principal: Principal, batch_id: str, lang: str, refused: list[ReceiptView]
) -> Response:
    shown = _batch_of(sohoa, batch_id, principal.reach)
    with sohoa.database.read() as uow:
        files = [FileView.of(row, lang) for row in uow.files.of_batch(batch_id)]
        papers = [PaperView.of(paper, lang) for paper in uow.papers.of_batch(batch_id)]
        lines = [AttentionView.of(line, lang) for line in uow.steps.attention(batch_id)]
    context: dict[str, Any] = {
        "batch": shown,
        "files": files,
        "papers": papers,
        "lines": lines,
        "refused": refused,
        "names": {file.id: file.name for file in files},
        "types": {code: kind.name(lang) for code, kind in catalogue().items()},
    }
    return page(request, "batch.html", principal, 422 if refused else 200, **context)


@router.get("/attention")
def attention(request: Request, principal: MaySee, sohoa: Product, lang: Lang) -> Response:
    """Everything that needs a person."""
    lines = [AttentionView.of(line, lang) for line in AttentionDesk(sohoa, principal.reach).lines()]
    refused = [FileView.of(row, lang) for row in RefusedFiles(sohoa, principal.reach).lines()]
    return page(request, "attention.html", principal, lines=lines, refused=refused)


@router.post("/files/{file_id}/replace", max_body_size=UPLOAD_LIMIT_BYTES)
async def replace_file(file_id: str, posted: Sent, sohoa: Product) -> Response:
    """Send a better file in place of a refused one, then back to its batch."""
    uploads, who = posted.uploads("file"), posted.principal
    if not uploads:
        raise BadRequest(where="file")
    name, stream = uploads[0].filename or "", uploads[0].file
    await run_in_threadpool(RefusedFiles(sohoa, who.reach).replace, file_id, name, stream, actor=who.name)
    return RedirectResponse(safe_path(posted.text("next")), 303)


@router.post("/files/{file_id}/give-up")
async def give_up_file(file_id: str, posted: Sent, sohoa: Product) -> Response:
    """Give a refused file up with a reason, then back to its batch."""
    reason, who = posted.text("reason")[:500], posted.principal
    await run_in_threadpool(RefusedFiles(sohoa, who.reach).give_up, file_id, reason=reason, actor=who.name)
    return RedirectResponse(safe_path(posted.text("next")), 303)


@router.post("/attention/{step_id}/retry")
async def retry(step_id: str, posted: Acted, sohoa: Product) -> Response:
    """Try again, then back to the list."""
    who = posted.principal
    await run_in_threadpool(AttentionDesk(sohoa, who.reach).retry, step_id, actor=who.name)
    return RedirectResponse(safe_path(posted.text("next")), 303)


@router.post("/attention/{step_id}/clear-secrecy")
async def clear_secrecy(step_id: str, posted: Judged, sohoa: Product) -> Response:
    """No state secret after all, then back to the list."""
    who, reason = posted.principal, posted.text("reason")[:500]
    await run_in_threadpool(AttentionDesk(sohoa, who.reach).clear, step_id, reason=reason, actor=who.name)
    return RedirectResponse(safe_path(posted.text("next")), 303)


@router.post("/attention/{step_id}/replace", max_body_size=UPLOAD_LIMIT_BYTES)
async def replace(step_id: str, posted: Acted, sohoa: Product) -> Response:
    """Send a better file, then back to the list."""
    uploads = posted.uploads("file")
    if not uploads:
        raise BadRequest(where="file")
    name, stream = uploads[0].filename or "", uploads[0].file
    who = posted.principal
    await run_in_threadpool(AttentionDesk(sohoa, who.reach).replace, step_id, name, stream, actor=who.name)
    return RedirectResponse(safe_path(posted.text("next")), 303)


@router.post("/attention/{step_id}/give-up")
async def give_up(step_id: str, posted: Acted, sohoa: Product) -> Response:
    """Give up with a reason, then back to the list."""
    reason = posted.text("reason")[:500]
    who = posted.principal
    may_void = who.may(Action.CERTIFICATION_ATTEST)
    await run_in_threadpool(AttentionDesk(sohoa, who.reach).give_up, step_id, reason=reason, actor=who.name, may_void=may_void)
    return RedirectResponse(safe_path(posted.text("next")), 303)
