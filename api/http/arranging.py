"""A wanted change of a paper's pages as both doors take it, and how arranged pages are shown."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field

from api.errors import BadRequest
from api.pages.arranging import arrangement_of
from api.pages.desk import PageDesk
from api.pages.pictures import page_text, upright_turn
from api.pipeline.facts import page_image
from api.views import NoteView, PaperView, View
from api.views.base import ReasonView
from api.wiring import Sohoa
from ingest.model import Note
from ocr.model import PageText
from ocr.page_numbers import gaps
from storage.arranging import Arrangement, Aside, Change, OrderKind, Placed, WhyOut
from storage.model import PageRow, Paper, StepKind, StepState

DEGREES = (90, 180, 270)
MOST_PAGES = 2000


class ChangeBody(BaseModel):
    """One change. `pages` are ids of pages of the paper; the other parts belong to certain changes only."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"change": "turn", "arrangement": 0, "pages": ["5b1f0f1c2a3d4e5f"], "degrees": 90}]},
    )

    change: Literal["turn", "order", "leave_out", "bring_back", "move", "split", "merge", "same_sheet"]
    arrangement: int = Field(ge=0, le=2**31 - 1, description="the version that was looked at; a newer one is a conflict (409)")
    pages: list[str] = Field(default=[], max_length=MOST_PAGES, description="ids of pages")
    degrees: Literal[90, 180, 270] = Field(default=90, description="turn: clockwise")
    to: int = Field(default=0, ge=0, le=100_000, description="order: the place among the other pages, from 0")
    paper: str = Field(default="", max_length=64, description="move, merge: id of the other paper")
    reason: str = Field(default="", max_length=500, description="leave_out: why; kept in the ledger, no personal data")
    yes: bool = Field(default=True, description="same_sheet: the pages show the sheet before them once more")


def apply(desk: PageDesk, paper_id: str, body: ChangeBody, actor: str) -> str:
    """Do it; returns the id of the paper to look at next (split: the new one). Raises what `PageDesk` raises."""
    seen, pages = body.arrangement, body.pages
    match Change(body.change):
        case Change.TURN:
            desk.turn(paper_id, pages, body.degrees, seen=seen, actor=actor)
        case Change.ORDER:
            desk.order(paper_id, pages, body.to, seen=seen, actor=actor)
        case Change.LEAVE_OUT:
            desk.leave_out(paper_id, pages, body.reason, seen=seen, actor=actor)
        case Change.BRING_BACK:
            desk.bring_back(paper_id, pages, seen=seen, actor=actor)
        case Change.SAME_SHEET:
            desk.same_sheet(paper_id, pages, yes=body.yes, seen=seen, actor=actor)
        case Change.SPLIT:
            return desk.split(paper_id, pages, seen=seen, actor=actor).id
        case Change.MOVE:
            desk.move(paper_id, pages, body.paper, seen=seen, actor=actor)
        case Change.MERGE:
            desk.merge(paper_id, body.paper, seen=seen, actor=actor)
            return body.paper
        case _:
            raise BadRequest(where="change")
    return paper_id


class MarkView(NoteView):
    """A remark about a page, with the place that shows it: left, top, right, bottom in parts of the stored image (0–1)."""

    box: tuple[float, float, float, float] | None = None

    @classmethod
    def of(cls, note: Note, lang: str = "vi") -> Self:
        """The note; its place stands in its parameters, as tenths of a per cent."""
        shown = NoteView.of(note, lang)
        sides = [note.params.get(side) for side in ("x0", "y0", "x1", "y1")]
        known = [float(side) / 1000 for side in sides if isinstance(side, int | float)]
        box = (known[0], known[1], known[2], known[3]) if len(known) == 4 else None
        return cls(code=shown.code, message=shown.message, box=box)


class StripPageView(View):
    """One page on the strip."""

    id: str
    number: int
    """Place in the paper, from 1; 0 when it is left out."""
    width_px: int
    height_px: int
    dpi: float
    colour: str
    turn_deg: int
    read: bool
    blank: bool
    same_sheet: bool
    failed: ReasonView | None
    marks: tuple[MarkView, ...]
    why_out: WhyOut | None = None
    reason: str = ""


class VersionView(View):
    """One earlier or present arrangement."""

    version: int
    change: Change | None
    pages: int
    reason: str
    by: str
    at: datetime


class ComingView(View):
    """A file on its way to a place in the paper."""

    file_id: str
    page: str
    kind: OrderKind


class GapView(View):
    """Neighbours whose printed page numbers do not follow each other."""

    after: int
    """Place of the first of the two, from 1."""
    said: int
    next_said: int


class StripView(View):
    """The pages of one paper as they are arranged today, what is left out, what is coming, and every version."""

    paper: PaperView
    held: bool
    version: int
    pages: tuple[StripPageView, ...]
    left_out: tuple[StripPageView, ...]
    gaps: tuple[GapView, ...]
    coming: tuple[ComingView, ...]
    versions: tuple[VersionView, ...]


def strip_of(sohoa: Sohoa, paper: Paper, lang: str) -> StripView:
    """The strip of a paper."""
    with sohoa.database.read() as uow:
        current = arrangement_of(uow, paper)
        versions = uow.arrangements.of_paper(paper.id)
        rows = {row.id: row for row in (*uow.pages.of_paper(paper.id), *uow.pages.left_out(paper.id))}
        coming = uow.arrangements.coming(paper.id)
        steps = [step for step in uow.steps.of_paper(paper.id) if step.kind is StepKind.READ]
    stuck = [step for step in steps if step.state is StepState.FAILED]
    failed = {step.subject: ReasonView.of(step.error_code, step.error_params, lang) for step in stuck}
    texts = {page: page_text(sohoa, row) for page, row in rows.items()}
    out = [one for one in current.left_out if one.why in {WhyOut.EXCLUDED, WhyOut.REPLACED}]
    return StripView(
        paper=PaperView.of(paper, lang),
        held=paper.held,
        version=current.version,
        pages=tuple(
            _page(rows[one.page], texts[one.page], lang, place + 1, one, failed.get(one.page))
            for place, one in enumerate(current.pages)
        ),
        left_out=tuple(_page(rows[one.page], texts[one.page], lang, 0, one, None) for one in out),
        gaps=tuple(
            GapView(after=one.after, said=one.said, next_said=one.next_said) for one in gaps([texts[x] for x in current.ids])
        ),
        coming=tuple(ComingView(file_id=one.file_id, page=one.page_id, kind=one.kind) for one in coming),
        versions=tuple(_version(one) for one in versions),
    )


def _version(one: Arrangement) -> VersionView:
    return VersionView(version=one.version, change=one.change, pages=len(one.pages), reason=one.reason, by=one.by, at=one.at)


def _page(
    row: PageRow, text: PageText | None, lang: str, number: int, one: Placed | Aside, failed: ReasonView | None
) -> StripPageView:
    image = page_image(row, Path())
    return StripPageView(
        id=row.id,
        number=number,
        width_px=image.width_px,
        height_px=image.height_px,
        dpi=image.dpi,
        colour=image.colour.value,
        turn_deg=upright_turn(row, text),
        read=row.text is not None,
        blank=image.quality.blank,
        same_sheet=isinstance(one, Placed) and one.same_sheet,
        failed=failed,
        marks=tuple(MarkView.of(note, lang) for note in image.quality.notes),
        why_out=one.why if isinstance(one, Aside) else None,
        reason=one.reason if isinstance(one, Aside) else "",
    )
