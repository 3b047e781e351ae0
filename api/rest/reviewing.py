"""Review over HTTP: the worklist, leases on papers, the paper's type, a region read again, error rates."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, ConfigDict, Field

from api.http.identity import Lang, MayReadFigures, MayReview, Product, Purpose
from api.http.lookups import MaybeDate, paper_for
from api.http.problems import documented
from api.http.worklists import WorklistForm
from api.pages.pictures import page_row, region_text
from api.review.desk import ReviewDesk
from api.review.figures import figures
from api.review.leases import LeaseDesk
from api.review.worklist import WorklistDesk
from api.views import PaperView
from api.views.review import BatchStopView, FiguresView, LeaseView, RateView, RegionView, WaitingView, WorklistView
from ocr.model import Box
from storage.reach import narrowed

router = APIRouter(prefix="/v1", tags=["review"])

PaperId = Annotated[str, Path(max_length=64, description="Id of the paper")]


class LeaseBody(BaseModel):
    """How a paper is taken."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"reason": ""}]})

    reason: str = Field(default="", max_length=500, description="given: take the paper over from whoever holds it")


class TypeBody(BaseModel):
    """Which paper type it is."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"version": 3, "paper_type": "generic"}]})

    version: int = Field(ge=0, description="the paper's version that was looked at; a newer one is a conflict (409)")
    paper_type: str = Field(max_length=60, description="code of the paper type")


class RegionBody(BaseModel):
    """A part of a page in pixels of the stored image: left, top, right, bottom."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"x0": 100, "y0": 200, "x1": 400, "y1": 240}]})

    x0: float = Field(ge=0, le=100_000)
    y0: float = Field(ge=0, le=100_000)
    x1: float = Field(ge=0, le=100_000)
    y1: float = Field(ge=0, le=100_000)


@router.get("/review/worklist", responses=documented())
def worklist(
    form: Annotated[WorklistForm, Query()],
    sohoa: Product,
    principal: MayReview,
    lang: Lang,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    offset: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
) -> WorklistView:
    """What waits for a person: counter work and the oldest first, why, and who holds it."""
    found, total = WorklistDesk(sohoa, principal.name, principal.reach).find(form.query(), limit, offset)
    return WorklistView(total=total, waiting=tuple(WaitingView.of(one, lang) for one in found))


@router.post("/papers/{paper_id}/lease", responses=documented(404, 409))
def take(paper_id: PaperId, body: LeaseBody, sohoa: Product, principal: MayReview) -> LeaseView:
    """Open a waiting paper: nobody else decides upon it for a while. 409 tells who holds it; a reason takes it over."""
    desk = LeaseDesk(sohoa, principal.reach)
    given = desk.take_over(paper_id, principal.name, body.reason) if body.reason else desk.take(paper_id, principal.name)
    return LeaseView.of(given, own=True)


@router.put("/papers/{paper_id}/lease", responses=documented(404, 409))
def keep(paper_id: PaperId, sohoa: Product, principal: MayReview) -> LeaseView:
    """Say that the paper is still open. 409 when somebody took it over or it does not wait any more."""
    return LeaseView.of(LeaseDesk(sohoa, principal.reach).keep(paper_id, principal.name), own=True)


@router.delete("/papers/{paper_id}/lease", status_code=204, responses=documented(404))
def release(paper_id: PaperId, sohoa: Product, principal: MayReview, token: Annotated[str, Query(max_length=64)] = "") -> None:
    """Leave the paper; harmless when it has gone on to somebody else."""
    LeaseDesk(sohoa, principal.reach).release(paper_id, token)


@router.post("/papers/{paper_id}/type", responses=documented(404, 409))
def retype(paper_id: PaperId, body: TypeBody, sohoa: Product, principal: MayReview, lang: Lang) -> PaperView:
    """Correct the paper type of a waiting paper; its fields are extracted anew and it comes back to review."""
    desk = ReviewDesk(sohoa, principal.reach)
    paper = desk.retype(paper_id, body.paper_type, version=body.version, actor=principal.name)
    return PaperView.of(paper, lang, masked=False)


@router.post("/papers/{paper_id}/pages/{index}/region", responses=documented(404))
def region(
    paper_id: PaperId,
    index: Annotated[int, Path(ge=0, le=100_000)],
    body: RegionBody,
    sohoa: Product,
    principal: MayReview,
    purpose: Purpose = "",
) -> RegionView:
    """Read a part of a page again, for a field whose words the machine did not see. Recorded in the ledger."""
    row = page_row(sohoa, paper_id, index, principal.reach)
    paper_for(sohoa, paper_id, principal, purpose, "page.viewed", page=index, region=True)
    box = Box(min(body.x0, body.x1), min(body.y0, body.y1), max(body.x0, body.x1), max(body.y0, body.y1))
    found = region_text(sohoa, row, box)
    return RegionView(text=found.text, confidence=found.confidence)


@router.get("/review/figures", responses=documented())
def rates(
    sohoa: Product,
    principal: MayReadFigures,
    unit: Annotated[str, Query(max_length=50)] = "",
    since: MaybeDate = None,
    until: MaybeDate = None,
) -> FiguresView:
    """Error rates by step, person and field in a span of days (Vietnam; the last 30 by default), and stopped batches."""
    found = figures(sohoa, reach=narrowed(principal.reach, unit), since=since, until=until)
    return FiguresView(
        by_step=tuple(map(RateView.of, found.by_step)),
        by_person=tuple(map(RateView.of, found.by_person)),
        by_field=tuple(map(RateView.of, found.by_field)),
        stops=tuple(map(BatchStopView.of, found.stops)),
    )
