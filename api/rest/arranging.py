"""Pages of papers before they become records: look, arrange, scan again, let go on."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response
from fastapi.concurrency import run_in_threadpool

from api.access.permissions import Action
from api.access.secrecy_errors import SecretWithheld
from api.errors import BadRequest
from api.http.arranging import ChangeBody, StripView, apply, strip_of
from api.http.bodies import UPLOAD_LIMIT_BYTES, form_body, uploads_in
from api.http.downloads import etag_matches
from api.http.identity import Lang, MayArrange, MayReadPaper, Product, Purpose
from api.http.lookups import paper_for, readable_paper
from api.http.problems import documented
from api.pages.desk import PageDesk
from api.pages.pictures import PagePicture, draw, page_text, upright_turn
from api.pages.rescans import Rescans
from api.rest.papers import PICTURE, PaperId
from api.units import paper_to_read
from api.views import FileView, PaperView, View
from storage.arranging import OrderKind
from storage.errors import NotFound

router = APIRouter(prefix="/v1", tags=["pages"])

PageId = Annotated[str, Path(max_length=64, description="Id of the page", examples=["5b1f0f1c2a3d4e5f60718293a4b5c6d7"])]


class ReleasedView(View):
    """How many papers went on."""

    released: int


@router.get("/papers/{paper_id}/arrangement", responses=documented(404))
def arrangement(paper_id: PaperId, sohoa: Product, principal: MayReadPaper, lang: Lang, purpose: Purpose = "") -> StripView:
    """The pages as they are arranged today, with what is odd about each, and every earlier version. Recorded in the ledger."""
    return strip_of(sohoa, paper_for(sohoa, paper_id, principal, purpose), lang)


@router.post("/papers/{paper_id}/arrangement", responses=documented(404, 409))
def change(paper_id: PaperId, body: ChangeBody, sohoa: Product, principal: MayArrange, lang: Lang) -> StripView:
    """Arrange anew; the paper is held until it is released. 409 once it is a record, or when somebody was faster."""
    next_id = apply(PageDesk(sohoa, principal.reach), paper_id, body, principal.name)
    return strip_of(sohoa, paper_for(sohoa, next_id, principal, ""), lang)


@router.post(
    "/papers/{paper_id}/rescan",
    status_code=201,
    responses=documented(404, 409, 413, 507),
    max_body_size=UPLOAD_LIMIT_BYTES,
    openapi_extra={"requestBody": form_body("file")},
)
async def rescan(
    request: Request,
    paper_id: PaperId,
    page: Annotated[str, Query(max_length=64, description="id of the page")],
    arrangement: Annotated[int, Query(ge=0, le=2**31 - 1, description="the version that was looked at")],
    sohoa: Product,
    principal: MayArrange,
    lang: Lang,
    kind: Annotated[OrderKind, Query(description="what becomes of the file's pages")] = OrderKind.REPLACE,
    reason: Annotated[str, Query(max_length=500, description="why; kept in the ledger, no personal data")] = "",
) -> FileView:
    """Send a better capture of a page, or one to come after it (field `file`). Its pages are laid there when they are made."""
    async with request.form(max_files=1, max_fields=10) as form:
        uploads = uploads_in(form.getlist("file"))
        if not uploads:
            raise BadRequest(where="file")
        name, stream = uploads[0].filename or "", uploads[0].file
        desk, who = Rescans(sohoa, principal.reach), principal.name
        row = await run_in_threadpool(
            desk.receive, paper_id, page, kind, name, stream, reason=reason, actor=who, seen=arrangement
        )
    return FileView.of(row, lang)


@router.post("/papers/{paper_id}/release", responses=documented(404, 409))
def release(paper_id: PaperId, sohoa: Product, principal: MayArrange, lang: Lang) -> PaperView:
    """The pages were looked at: the paper goes on to be signed and read out."""
    return PaperView.of(PageDesk(sohoa, principal.reach).release(paper_id, actor=principal.name), lang)


@router.post("/batches/{batch_id}/release", responses=documented(404))
def release_batch(
    batch_id: Annotated[str, Path(max_length=64, description="Id of the batch")], sohoa: Product, principal: MayArrange
) -> ReleasedView:
    """Every paper of the batch that waits for a look goes on."""
    return ReleasedView(released=PageDesk(sohoa, principal.reach).release_batch(batch_id, actor=principal.name))


@router.get("/papers/{paper_id}/captures/{page_id}.jpg", response_class=Response, responses={200: PICTURE, **documented(404)})
def capture(
    request: Request,
    paper_id: PaperId,
    page_id: PageId,
    sohoa: Product,
    principal: MayReadPaper,
    width: Annotated[int, Query(ge=40, le=4000, description="width of the picture, pixels")] = 240,
    purpose: Purpose = "",
) -> Response:
    """Any page the paper ever had, left out or not, as a JPEG, upright."""
    with sohoa.database.read() as uow:
        paper_to_read(uow, paper_id, principal.reach, secret=principal.may(Action.SECRECY_JUDGE))
        row = uow.pages.get(page_id)
        away = row.paper_id == paper_id and all(one.id != page_id for one in uow.pages.of_paper(paper_id))
        if away and not principal.may(Action.SECRECY_JUDGE) and uow.secrecy.holds_file(row.file_id):
            raise SecretWithheld  # it may be the very page that another paper of the file is held back for
    if row.paper_id != paper_id:
        raise NotFound(what="page", key=page_id)
    readable_paper(sohoa, paper_id, principal, purpose)
    turn = upright_turn(row, page_text(sohoa, row))
    asked = PagePicture(row, turn, min(width, request.app.state.web_options.max_page_width_px))
    headers = {"ETag": asked.etag, "Cache-Control": "no-store"}
    if etag_matches(request.headers.get("if-none-match", ""), asked.etag):
        return Response(status_code=304, headers=headers)
    paper_for(sohoa, paper_id, principal, purpose, "page.viewed", capture=page_id)
    return Response(draw(sohoa, request.app.state.viewer, asked), media_type="image/jpeg", headers=headers)
