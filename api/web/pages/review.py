"""The review page: the paper on the left, its fields on the right, hardest first."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse, Response

from api.access.permissions import Action, Principal
from api.errors import BadRequest
from api.http.identity import Lang, Product
from api.http.lookups import fields_of, paper_for
from api.review_desk import ReviewDesk
from api.views import FieldView, PaperView
from api.web.pictures import Picture, pictures_of
from api.web.site import page
from api.web.visits import Post, Posted, Visit
from ocr.fields.types import catalogue
from ocr.review.order import field_order

router = APIRouter(include_in_schema=False)

FIELD_PREFIX = "field."
MayReview = Annotated[Principal, Depends(Visit(Action.PAPER_REVIEW))]
Reviewed = Annotated[Posted, Depends(Post(Action.PAPER_REVIEW))]


@router.get("/review")
def waiting(request: Request, principal: MayReview, sohoa: Product, lang: Lang) -> Response:
    """Papers that wait for a person."""
    papers = [PaperView.of(paper, lang) for paper in ReviewDesk(sohoa, principal.reach).waiting()]
    types = {code: kind.name(lang) for code, kind in catalogue().items()}
    return page(request, "reviews.html", principal, papers=papers, types=types)


@router.get("/review/{paper_id}")
def review_page(request: Request, paper_id: str, principal: MayReview, sohoa: Product, lang: Lang) -> Response:
    """One paper to confirm. That it was looked at is recorded."""
    paper = paper_for(sohoa, paper_id, principal, "")
    with sohoa.database.read() as uow:
        machine = uow.fields.of_paper(paper_id)
    shown = {field.name: field for field in fields_of(sohoa, paper, lang)}
    kind = catalogue().get(paper.paper_type)
    order = field_order(machine, kind, sohoa.settings.review) if kind else tuple(shown)
    fields: list[FieldView] = [shown[name] for name in order]
    pictures: list[Picture] = pictures_of(sohoa, paper, fields)
    name = kind.name(lang) if kind else paper.paper_type
    specs = {spec.name: spec.kind.value for spec in kind.fields} if kind else {}
    context: dict[str, Any] = {
        "paper": PaperView.of(paper, lang, masked=False),
        "fields": fields,
        "pictures": pictures,
        "type_name": name,
        "kinds": specs,
    }
    return page(request, "review.html", principal, **context)


@router.post("/review/{paper_id}")
async def finish(paper_id: str, posted: Reviewed, sohoa: Product) -> Response:
    """Keep the decisions and go on with the next paper that waits."""
    values = {name.removeprefix(FIELD_PREFIX): posted.text(name) for name in posted.form if name.startswith(FIELD_PREFIX)}
    desk = ReviewDesk(sohoa, posted.principal.reach)
    await run_in_threadpool(desk.finish, paper_id, values, version=_version(posted), actor=posted.principal.name)
    return await _next(desk)


@router.post("/review/{paper_id}/send-back")
async def send_back(paper_id: str, posted: Reviewed, sohoa: Product) -> Response:
    """Give the paper up with a reason and go on with the next one that waits."""
    desk, reason = ReviewDesk(sohoa, posted.principal.reach), posted.text("reason")[:500]
    await run_in_threadpool(desk.send_back, paper_id, reason=reason, version=_version(posted), actor=posted.principal.name)
    return await _next(desk)


def _version(posted: Posted) -> int:
    text = posted.text("version")
    if not (text.isascii() and text.isdecimal() and len(text) < 10):
        raise BadRequest(where="version")
    return int(text)


async def _next(desk: ReviewDesk) -> Response:
    following = await run_in_threadpool(desk.waiting, 1)
    return RedirectResponse(f"/review/{following[0].id}" if following else "/review", 303)
