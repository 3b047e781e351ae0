"""The strip of pages: what was scanned, page by page, to be put right before anything is signed."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.concurrency import run_in_threadpool
from pydantic import ValidationError
from starlette.responses import RedirectResponse, Response

from api.access.browser import safe_path
from api.access.permissions import Action, Principal
from api.access.privacy import note_access
from api.errors import BadRequest
from api.http.arranging import ChangeBody, StripView, apply, strip_of
from api.http.bodies import UPLOAD_LIMIT_BYTES
from api.http.identity import Lang, Product
from api.http.lookups import paper_for
from api.pages.desk import PageDesk
from api.pages.errors import NoPageChosen
from api.pages.rescans import Rescans
from api.units import batch_within
from api.views import BatchView, PaperView
from api.web.pictures import turned
from api.web.site import page
from api.web.visits import Post, Posted, Visit
from api.wiring import Sohoa
from ocr.fields.types import catalogue
from storage.arranging import OrderKind
from storage.model import Paper, PaperState

router = APIRouter(include_in_schema=False)

PAPERS_A_PAGE = 20
_GONE = frozenset({PaperState.MERGED, PaperState.GIVEN_UP})
MaySeePages = Annotated[Principal, Depends(Visit(Action.PAPER_ARRANGE, Action.BATCH_READ))]
Arranged = Annotated[Posted, Depends(Post(Action.PAPER_ARRANGE))]


@router.get("/papers/{paper_id}/pages")
def paper_strip(request: Request, paper_id: str, principal: MaySeePages, sohoa: Product, lang: Lang) -> Response:
    """The pages of one paper. That it was looked at is recorded."""
    paper = paper_for(sohoa, paper_id, principal, "")
    with sohoa.database.read() as uow:
        batch = uow.batches.get(paper.batch_id)
        others = [one for one in uow.papers.of_batch(batch.id) if one.state not in _GONE]
        shown = BatchView.of(batch, uow.batches.progress(batch.id))
    return _strips(request, sohoa, principal, lang, shown, [paper], others, offset=0, whole=False)


@router.get("/batches/{batch_id}/pages")
def batch_strip(
    request: Request,
    batch_id: str,
    principal: MaySeePages,
    sohoa: Product,
    lang: Lang,
    offset: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
) -> Response:
    """The pages of every paper of a batch."""
    with sohoa.database.read() as uow:
        batch = batch_within(uow, batch_id, principal.reach)
        papers = [one for one in uow.papers.of_batch(batch_id) if one.state not in _GONE]
        if not principal.may(Action.SECRECY_JUDGE):
            papers = [one for one in papers if not uow.secrecy.holds_paper(one.id)]
        shown = BatchView.of(batch, uow.batches.progress(batch_id))
    here = papers[offset : offset + PAPERS_A_PAGE]
    for paper in here:
        note_access(sohoa, "paper.viewed", paper.id, principal, "")
    return _strips(request, sohoa, principal, lang, shown, here, papers, offset=offset, whole=True)


def _strips(
    request: Request,
    sohoa: Sohoa,
    principal: Principal,
    lang: str,
    batch: BatchView,
    papers: list[Paper],
    others: list[Paper],
    *,
    offset: int,
    whole: bool,
) -> Response:
    with sohoa.database.read() as uow:
        names = {file.id: file.name for file in uow.files.of_batch(batch.id)}
    strips: list[StripView] = [strip_of(sohoa, paper, lang) for paper in papers]
    context: dict[str, Any] = {
        "batch": batch,
        "strips": strips,
        "names": names,
        "others": [PaperView.of(one, lang) for one in others if one.state is not PaperState.DONE],
        "types": {code: kind.name(lang) for code, kind in catalogue().items()},
        "may": principal.may(Action.PAPER_ARRANGE),
        "whole": whole,
        "offset": offset,
        "step": PAPERS_A_PAGE,
        "total": len(others),
        "turned": turned,
    }
    return page(request, "strip.html", principal, **context)


@router.post("/papers/{paper_id}/pages", max_body_size=UPLOAD_LIMIT_BYTES)
async def arrange(paper_id: str, posted: Arranged, sohoa: Product) -> Response:
    """One change, then back to the strip."""
    who, wanted = posted.principal, posted.text("do")
    chosen = [value for value in posted.form.getlist("page") if isinstance(value, str)]
    if wanted in set(OrderKind):
        await run_in_threadpool(_rescan, sohoa, paper_id, posted, OrderKind(wanted), chosen)
        return _back(posted, paper_id)
    body = _body(posted, wanted, chosen)
    next_id = await run_in_threadpool(apply, PageDesk(sohoa, who.reach), paper_id, body, who.name)
    return _back(posted, next_id)


@router.post("/papers/{paper_id}/release")
async def release(paper_id: str, posted: Arranged, sohoa: Product) -> Response:
    """The paper goes on, then back to the strip."""
    who = posted.principal
    await run_in_threadpool(PageDesk(sohoa, who.reach).release, paper_id, actor=who.name)
    return _back(posted, paper_id)


@router.post("/batches/{batch_id}/release")
async def release_batch(batch_id: str, posted: Arranged, sohoa: Product) -> Response:
    """Every paper that waits for a look goes on, then back to the batch."""
    who = posted.principal
    await run_in_threadpool(PageDesk(sohoa, who.reach).release_batch, batch_id, actor=who.name)
    return RedirectResponse(f"/batches/{batch_id}", 303)


def _back(posted: Posted, paper_id: str) -> Response:
    return RedirectResponse(f"{safe_path(posted.text('next'))}#paper-{paper_id}", 303)


def _rescan(sohoa: Sohoa, paper_id: str, posted: Posted, kind: OrderKind, chosen: list[str]) -> None:
    uploads, who = posted.uploads("file"), posted.principal
    if not uploads:
        raise BadRequest(where="file")
    if len(chosen) != 1:
        raise NoPageChosen
    Rescans(sohoa, who.reach).receive(
        paper_id,
        chosen[0],
        kind,
        uploads[0].filename or "",
        uploads[0].file,
        reason=posted.text("reason"),
        actor=who.name,
        seen=_number(posted, "arrangement"),
    )


def _body(posted: Posted, wanted: str, chosen: list[str]) -> ChangeBody:
    """The change a button stands for: `turn-90`, `order`, `mark_same` and so on. Raises BadRequest."""
    change, _, degrees = wanted.partition("-")
    values: dict[str, object] = {"change": change, "pages": chosen, "arrangement": _number(posted, "arrangement")}
    if degrees:
        values["degrees"] = int(degrees) if degrees.isdecimal() and degrees.isascii() else 0
    if change in {"mark_same", "not_same_sheet"}:
        values |= {"change": "same_sheet", "yes": change == "mark_same"}
    if change == "order":
        values["to"] = max(0, _number(posted, "to") - 1)
    if change in {"move", "merge"}:
        values["paper"] = posted.text("paper")
    if change == "bring_back":
        values["pages"] = [value for value in posted.form.getlist("out") if isinstance(value, str)]
    values["reason"] = posted.text("reason")
    try:
        return ChangeBody.model_validate(values)
    except ValidationError as error:
        raise BadRequest(where=".".join(str(part) for part in error.errors()[0]["loc"]) or "do") from error


def _number(posted: Posted, name: str) -> int:
    text = posted.text(name)
    if not (text.isascii() and text.isdecimal() and len(text) < 10):
        raise BadRequest(where=name)
    return int(text)
