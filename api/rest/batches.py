"""Batches and their files: open, send, look, follow."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from time import monotonic
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.sse import EventSourceResponse, ServerSentEvent

from api.errors import BadRequest
from api.http.bodies import BINARY_BODY, UPLOAD_LIMIT_BYTES, form_body, spooled, uploads_in
from api.http.identity import Lang, MayReadBatch, MaySend, Product
from api.http.problems import documented
from api.http.sending import NewBatch, ReceiptView, open_batch, receive_upload
from api.intake.gate import admit
from api.intake.receiving import Intake
from api.refusals import FileTooLarge
from api.units import batch_within
from api.views import BatchView, FileView, PaperView, ProgressView, View
from api.wiring import Sohoa
from ingest.names import safe_name
from storage.model import BatchProgress

router = APIRouter(prefix="/v1/batches", tags=["batches"])

BatchId = Annotated[str, Path(description="Id of the batch", examples=["0f8c1d6c6a0e4d3c9c5a3f6b0c7d1e2f"])]


def _known(sohoa: Sohoa, batch_id: str, unit: str) -> str:
    with sohoa.database.read() as uow:
        return batch_within(uow, batch_id, unit).id


# The principal stands first in both: whoever is not signed in learns nothing about what exists.
def batch_to_send_to(principal: MaySend, batch_id: BatchId, sohoa: Product) -> str:
    """The id of a batch that exists, checked before a body is taken; raises Unauthorized, Forbidden, NotFound."""
    return _known(sohoa, batch_id, principal.reach)


def batch_to_follow(principal: MayReadBatch, batch_id: BatchId, sohoa: Product) -> str:
    """The id of a batch that exists, checked before a stream begins; raises Unauthorized, Forbidden, NotFound."""
    return _known(sohoa, batch_id, principal.reach)


class BatchDetailView(View):
    """A batch with everything in it."""

    batch: BatchView
    files: tuple[FileView, ...]
    papers: tuple[PaperView, ...]


@router.post("", status_code=201, responses=documented())
def create(body: NewBatch, sohoa: Product, principal: MaySend, response: Response) -> BatchView:
    """Open a batch. Files are then sent to `/v1/batches/{id}/files/{sha256}`."""
    batch = open_batch(sohoa, principal, body)
    response.headers["Location"] = f"/v1/batches/{batch.id}"
    return BatchView.of(batch)


@router.get("", responses=documented())
def latest(
    sohoa: Product,
    principal: MayReadBatch,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    offset: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
) -> tuple[BatchView, ...]:
    """Batches of the asker's own unit, newest first, each with its progress."""
    with sohoa.database.read() as uow:
        found = uow.batches.latest(limit, offset, unit=principal.reach)
        return tuple(BatchView.of(batch, uow.batches.progress(batch.id)) for batch in found)


@router.get("/{batch_id}", responses=documented(404))
def one(batch_id: BatchId, sohoa: Product, principal: MayReadBatch, lang: Lang) -> BatchDetailView:
    """One batch: progress, files with their reasons, papers with their state."""
    with sohoa.database.read() as uow:
        return BatchDetailView(
            batch=BatchView.of(batch_within(uow, batch_id, principal.reach), uow.batches.progress(batch_id)),
            files=tuple(FileView.of(row, lang) for row in uow.files.of_batch(batch_id)),
            papers=tuple(PaperView.of(paper, lang) for paper in uow.papers.of_batch(batch_id)),
        )


@router.put(
    "/{batch_id}/files/{sha256}",
    responses={201: {"description": "Durably received", "model": FileView}, **documented(404, 413, 429, 507)},
    max_body_size=UPLOAD_LIMIT_BYTES,
    openapi_extra={"requestBody": BINARY_BODY},
)
async def put_file(
    request: Request,
    response: Response,
    batch_id: BatchId,
    sha256: Annotated[str, Path(pattern="^[0-9a-fA-F]{64}$", description="SHA-256 of the body")],
    name: Annotated[str, Query(min_length=1, max_length=1000, description="the file's name", examples=["quyet-dinh.pdf"])],
    sohoa: Product,
    principal: MaySend,
    lang: Lang,
) -> FileView:
    """Send one file, keyed by its hash. Safe to repeat: 201 the first time, 200 after that; durable before it answers."""
    known = await run_in_threadpool(_known_file, sohoa, batch_id, principal.reach, sha256.lower(), name)
    most = sohoa.settings.intake.max_file_bytes
    async with spooled(request, sohoa.settings.data_dir / "tmp", most, lambda: FileTooLarge(limit_mib=most // 1024**2)) as stream:
        row = await run_in_threadpool(
            Intake(sohoa).receive, batch_id, name, stream, actor=principal.name, expect_sha256=sha256.lower()
        )
    response.status_code = 200 if known else 201
    return FileView.of(row, lang)


def _known_file(sohoa: Sohoa, batch_id: str, unit: str, sha256: str, name: str) -> bool:
    """Whether the file was received before; raises NotFound, and what `admit` raises, before a byte is taken."""
    with sohoa.database.read() as uow:
        batch = batch_within(uow, batch_id, unit)
        known = uow.files.find(batch_id, sha256, safe_name(name)) is not None
        if not known:
            admit(sohoa, uow, batch)
        return known


@router.post(
    "/{batch_id}/files",
    status_code=201,
    responses=documented(404, 413, 429, 507),
    max_body_size=UPLOAD_LIMIT_BYTES,
    openapi_extra={"requestBody": form_body("files", several=True)},
)
async def post_files(
    request: Request,
    batch_id: Annotated[str, Depends(batch_to_send_to)],
    sohoa: Product,
    principal: MaySend,
    lang: Lang,
) -> tuple[ReceiptView, ...]:
    """Send files as a browser form does (field `files`, several allowed); each gets its own receipt or reason."""
    async with request.form(max_files=1000, max_fields=100) as form:
        uploads = uploads_in(form.getlist("files"))
        if not uploads:
            raise BadRequest(where="files")
        return tuple([await run_in_threadpool(receive_upload, sohoa, batch_id, upload, principal, lang) for upload in uploads])


def _progress(sohoa: Sohoa, batch_id: str) -> BatchProgress:
    with sohoa.database.read() as uow:
        return uow.batches.progress(batch_id)


@router.get("/{batch_id}/events", response_class=EventSourceResponse, responses=documented(404))
async def events(
    request: Request, batch_id: Annotated[str, Depends(batch_to_follow)], sohoa: Product
) -> AsyncIterator[ServerSentEvent]:
    """Progress as server-sent events: `progress` whenever a count moves, `finished` as the last one."""
    options = request.app.state.web_options
    ends, sent = monotonic() + options.event_limit_seconds, ""
    while monotonic() < ends:
        view = ProgressView.of(await run_in_threadpool(_progress, sohoa, batch_id))
        text = view.model_dump_json()
        if view.finished:
            yield ServerSentEvent(event="finished", raw_data=text)
            return
        if text != sent:
            sent = text
            yield ServerSentEvent(event="progress", raw_data=text, retry=2000)
        await asyncio.sleep(options.event_seconds)
