"""Papers: state, pages as pictures, words with boxes, fields with evidence, and a person's last word on them."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from api.access.permissions import Action
from api.http.downloads import etag_matches
from api.http.identity import Lang, MayReadPaper, MayReview, Product, Purpose
from api.http.lookups import fields_of, paper_for, readable_paper
from api.http.problems import documented
from api.pages.pictures import PagePicture, draw, page_row, page_text, upright_turn
from api.review.desk import ReviewDesk
from api.views import FieldView, PageView, PaperView, View, WordView

router = APIRouter(prefix="/v1/papers", tags=["papers"])

PaperId = Annotated[str, Path(description="Id of the paper", examples=["5b1f0f1c2a3d4e5f60718293a4b5c6d7"])]
PageIndex = Annotated[int, Path(ge=0, le=100_000, description="Place of the page in the paper, from 0")]
PICTURE = {"content": {"image/jpeg": {"schema": {"type": "string", "format": "binary"}}}, "description": "The page, upright"}


class PaperDetailView(View):
    """A paper with its pages."""

    paper: PaperView
    pages: tuple[PageView, ...]


class PageWordsView(View):
    """What was read from a page; boxes are in pixels of the stored image, `turn_deg` shows it upright."""

    width_px: int
    height_px: int
    turn_deg: int
    skew_deg: float
    engine: str
    text: str
    words: tuple[WordView, ...]


class ReviewBody(BaseModel):
    """A person's decisions on one paper."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"version": 3, "values": {"number": "12/QĐ-UBND", "issued_on": "2026-11-02"}}]},
    )

    version: int = Field(ge=0, description="the paper's version that was looked at; a newer one is a conflict (409)")
    values: dict[str, str] = Field(max_length=100, description="field name → decided value; empty: the paper does not have it")


class SendBackBody(BaseModel):
    """Why a paper that waits is not confirmed but given up."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"version": 3, "reason": "Quét thiếu trang 2"}]})

    version: int = Field(ge=0, description="the paper's version that was looked at; a newer one is a conflict (409)")
    reason: str = Field(max_length=500, description="kept in the ledger; no personal data")


@router.get("/{paper_id}", responses=documented(404))
def one(paper_id: PaperId, sohoa: Product, principal: MayReadPaper, lang: Lang, purpose: Purpose = "") -> PaperDetailView:
    """One paper and its pages. Recorded in the ledger."""
    paper = paper_for(sohoa, paper_id, principal, purpose)
    with sohoa.database.read() as uow:
        rows = uow.pages.of_paper(paper_id)
    return PaperDetailView(paper=PaperView.of(paper, lang, masked=False), pages=tuple(PageView.of(row) for row in rows))


@router.get("/{paper_id}/fields", responses=documented(404))
def fields(
    paper_id: PaperId, sohoa: Product, principal: MayReadPaper, lang: Lang, purpose: Purpose = ""
) -> tuple[FieldView, ...]:
    """The fields: machine value, decision and evidence side by side. Recorded in the ledger."""
    return fields_of(sohoa, paper_for(sohoa, paper_id, principal, purpose, "fields.viewed"), lang)


@router.post("/{paper_id}/review", responses=documented(404, 409))
def review(paper_id: PaperId, body: ReviewBody, sohoa: Product, principal: MayReview, lang: Lang) -> PaperView:
    """Decide fields and let the paper go on; 409 when somebody else was faster or the paper does not wait."""
    paper = ReviewDesk(sohoa, principal.reach).finish(paper_id, body.values, version=body.version, actor=principal.name)
    return PaperView.of(paper, lang, masked=False)


@router.post("/{paper_id}/send-back", responses=documented(404, 409))
def send_back(paper_id: PaperId, body: SendBackBody, sohoa: Product, principal: MayReview, lang: Lang) -> PaperView:
    """Give up a paper that waits for confirmation: a wrong or spoilt scan. Its bytes stay; a better one is a new file."""
    paper = ReviewDesk(sohoa, principal.reach).send_back(paper_id, reason=body.reason, version=body.version, actor=principal.name)
    return PaperView.of(paper, lang, masked=False)


@router.get("/{paper_id}/pages/{index}.jpg", response_class=Response, responses={200: PICTURE, **documented(404)})
def picture(
    request: Request,
    paper_id: PaperId,
    index: PageIndex,
    sohoa: Product,
    principal: MayReadPaper,
    width: Annotated[int, Query(ge=40, le=4000, description="width of the picture, pixels; never more than stored")] = 1200,
    purpose: Purpose = "",
) -> Response:
    """The page as a JPEG, upright. The entity tag changes with the page's turn, so a picture can be kept and asked again."""
    row = page_row(sohoa, paper_id, index, principal.reach, secret=principal.may(Action.SECRECY_JUDGE))
    turn = upright_turn(row, page_text(sohoa, row))
    readable_paper(sohoa, paper_id, principal, purpose)
    asked = PagePicture(row, turn, min(width, request.app.state.web_options.max_page_width_px))
    headers = {"ETag": asked.etag, "Cache-Control": "no-store"}
    if etag_matches(request.headers.get("if-none-match", ""), asked.etag):
        return Response(status_code=304, headers=headers)
    paper_for(sohoa, paper_id, principal, purpose, "page.viewed", page=index)
    return Response(draw(sohoa, request.app.state.viewer, asked), media_type="image/jpeg", headers=headers)


@router.get("/{paper_id}/pages/{index}/words", responses=documented(404))
def words(paper_id: PaperId, index: PageIndex, sohoa: Product, principal: MayReadPaper, purpose: Purpose = "") -> PageWordsView:
    """Every word of the page with its box; without words as long as the page has not been read. Recorded in the ledger."""
    row = page_row(sohoa, paper_id, index, principal.reach, secret=principal.may(Action.SECRECY_JUDGE))
    text = page_text(sohoa, row)
    paper_for(sohoa, paper_id, principal, purpose, "page.viewed", page=index, words=True)
    facts = PageView.of(row)
    return PageWordsView(
        width_px=facts.width_px,
        height_px=facts.height_px,
        turn_deg=upright_turn(row, text),
        skew_deg=text.skew_deg if text else 0.0,
        engine=text.engine if text else "",
        text=text.text if text else "",
        words=WordView.all_of(text) if text else (),
    )
