"""Refused files: which there are, send a better one, or give it up."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from fastapi.concurrency import run_in_threadpool

from api.errors import BadRequest
from api.http.bodies import UPLOAD_LIMIT_BYTES, form_body, uploads_in
from api.http.identity import Lang, MaySeeAttention, MaySend, Product
from api.http.problems import documented
from api.intake.refused_files import RefusedFiles
from api.rest.attention import GiveUpBody
from api.views import FileView

router = APIRouter(prefix="/v1/files", tags=["files"])

FileId = Annotated[str, Path(max_length=64, description="Id of the refused file")]


@router.get("/refused", responses=documented())
def refused(
    sohoa: Product,
    principal: MaySeeAttention,
    lang: Lang,
    batch: Annotated[str, Query(max_length=32, description="only of this batch")] = "",
) -> tuple[FileView, ...]:
    """Refused files of the asker's own unit that nobody has replaced or given up, the newest first."""
    return tuple(FileView.of(row, lang) for row in RefusedFiles(sohoa, principal.reach).lines(batch))


@router.post("/{file_id}/give-up", status_code=204, responses=documented(404, 409))
def give_up(file_id: FileId, body: GiveUpBody, sohoa: Product, principal: MaySend) -> None:
    """Nobody will send a better file; the bytes stay."""
    RefusedFiles(sohoa, principal.reach).give_up(file_id, reason=body.reason, actor=principal.name)


@router.post(
    "/{file_id}/replace",
    status_code=201,
    responses=documented(404, 409, 413, 507),
    max_body_size=UPLOAD_LIMIT_BYTES,
    openapi_extra={"requestBody": form_body("file")},
)
async def replace(request: Request, file_id: FileId, sohoa: Product, principal: MaySend, lang: Lang) -> FileView:
    """Send a better file (form field `file`) in place of the refused one."""
    async with request.form(max_files=1, max_fields=10) as form:
        uploads = uploads_in(form.getlist("file"))
        if not uploads:
            raise BadRequest(where="file")
        name, stream = uploads[0].filename or "", uploads[0].file
        desk = RefusedFiles(sohoa, principal.reach)
        row = await run_in_threadpool(desk.replace, file_id, name, stream, actor=principal.name)
    return FileView.of(row, lang)
