"""One change of a paper's pages, in one transaction: a new arrangement over untouched captures, and what hangs on it undone.

Invariants: no page row, stored image or earlier arrangement is ever changed; the paper is locked before its steps, as
everywhere; steps that depend on the pages are forgotten, so that they are done anew and whoever holds one loses it. The paper
is held until somebody lets it go on: nothing is signed between two changes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from uuid import uuid4

from api.options import NEEDS
from api.pages.errors import NoPageChosen, NoPageLeft, PagesChanged, PaperClosed, PaperStored
from api.units import paper_at_work
from signing.model import SealKind
from storage.arranging import Arrangement, Aside, Change, Placed, WhyOut
from storage.desk import SigningState
from storage.model import PageRow, Paper, PaperState, StepKind, StepState
from storage.reach import Reach
from storage.records.unit_of_work import UnitOfWork

DEPENDING = frozenset(NEEDS)
"""Steps on a paper that are done anew."""
_CLOSED = frozenset({PaperState.GIVEN_UP, PaperState.MERGED})
_SIGNED_BY_NOBODY = frozenset({SigningState.DONE, SigningState.GIVEN_UP})


@dataclass(frozen=True, slots=True)
class Stack:
    """The pages of one paper under change; `paper` is locked."""

    paper: Paper
    before: Arrangement
    rows: dict[str, PageRow]
    """Every page the paper ever had, by id."""

    def placed(self, page_ids: Iterable[str]) -> tuple[Placed, ...]:
        """Those of the chosen pages, in the order of the paper. Raises NoPageChosen for none, or one that stands elsewhere."""
        wanted = set(page_ids)
        found = tuple(one for one in self.before.pages if one.page in wanted)
        if not found or len(found) != len(wanted):
            raise NoPageChosen
        return found

    def without(self, page_ids: Iterable[str]) -> tuple[Placed, ...]:
        """The other pages."""
        gone = set(page_ids)
        return tuple(one for one in self.before.pages if one.page not in gone)


def as_scanned(paper: Paper, rows: Sequence[PageRow]) -> Arrangement:
    """Version 0: how the pages came out of the file."""
    return Arrangement(paper.id, 0, tuple(Placed(row.id) for row in rows), (), None, "", "", paper.created_at)


def arrangement_of(uow: UnitOfWork, paper: Paper) -> Arrangement:
    """How the pages are arranged today."""
    return uow.arrangements.current(paper.id) or as_scanned(paper, uow.pages.of_paper(paper.id))


def taken(uow: UnitOfWork, paper_id: str, reach: Reach, seen: int | None = None) -> Stack:
    """The pages of a paper, to be changed in this transaction; `seen` is the version that was looked at.

    Raises NotFound, PaperStored, PaperClosed, PagesChanged.
    """
    paper_at_work(uow, paper_id, reach)
    paper = uow.papers.lock(paper_id)
    if paper.state is PaperState.DONE or uow.records.of_paper(paper_id) is not None:
        raise PaperStored
    if paper.state in _CLOSED:
        raise PaperClosed
    before = arrangement_of(uow, paper)
    if seen is not None and seen != before.version:
        raise PagesChanged
    rows = (*uow.pages.of_paper(paper_id), *uow.pages.left_out(paper_id))
    return Stack(paper, before, {row.id: row for row in rows})


def added(uow: UnitOfWork, paper: Paper, row: PageRow, **changes: object) -> PageRow:
    """A further page of `paper` that shows the stored pixels of `row`; it stands nowhere until it is laid."""
    made = replace(row, id=uuid4().hex, paper_id=paper.id, **changes)  # type: ignore[arg-type]
    uow.pages.append(made)
    return made


def aside(stack: Stack, page_ids: Iterable[str], why: WhyOut, reason: str = "") -> tuple[Aside, ...]:
    """What is left out today, and these besides."""
    return (*stack.before.left_out, *(Aside(page, why, reason) for page in page_ids))


def lay(
    uow: UnitOfWork,
    stack: Stack,
    pages: Sequence[Placed],
    left_out: Sequence[Aside],
    change: Change,
    *,
    actor: str,
    reason: str = "",
    emptied: PaperState | None = None,
) -> Arrangement:
    """Write the new arrangement, undo what hung on the old one, hold the paper.

    Raises NoPageLeft when no page is left, unless the paper then ends in the state `emptied`.
    """
    if not pages and emptied is None:
        raise NoPageLeft
    if pages and pages[0].same_sheet:  # nothing stands before it
        pages = (replace(pages[0], same_sheet=False), *pages[1:])
    paper = stack.paper
    now = datetime.now(UTC)
    made = Arrangement(paper.id, stack.before.version + 1, tuple(pages), tuple(left_out), change, reason, actor, now)
    uow.arrangements.add(made)
    uow.pages.lay(paper.id, made.ids)
    hold(uow, paper, made, emptied)
    details: dict[str, object] = {
        "version": made.version,
        "change": str(change),
        "pages": len(made.pages),
        "left_out": [[one.page, str(one.why)] for one in made.left_out if one not in stack.before.left_out],
        "reason": reason,
    }
    uow.ledger.append("paper.arranged", paper.id, actor, details)
    return made


def hold(uow: UnitOfWork, paper: Paper, of: Arrangement, emptied: PaperState | None = None) -> None:
    """Undo what was made of the pages so far and hold the paper; without pages it ends in the state `emptied`."""
    failed = _steps_anew(uow, paper, of)
    _unsign(uow, paper)
    told = paper.type_confidence >= 1.0  # a person or a separator sheet said so
    uow.papers.update(
        paper.id,
        pages=len(of.pages),
        held=bool(of.pages),
        state=PaperState.ATTENTION if failed else PaperState.HELD if of.pages else emptied,
        sealed=None,
        paper_type=paper.paper_type if told else "",
        type_confidence=paper.type_confidence if told else 0.0,
    )
    if not failed:
        uow.papers.update(paper.id, reason_code="", reason_params={})


def _steps_anew(uow: UnitOfWork, paper: Paper, made: Arrangement) -> bool:
    """Forget what hangs on the pages, read those that were not read; whether reading one of them had failed."""
    uow.steps.drop(DEPENDING, paper.id)
    uow.review_rounds.forget(paper.id)
    uow.review_leases.drop(paper.id)
    batch = uow.batches.get(paper.batch_id)
    steps = {step.subject: step for step in uow.steps.of_paper(paper.id) if step.kind is StepKind.READ}
    live = set(made.ids)
    for subject, step in steps.items():
        if subject not in live and step.state is not StepState.DONE:
            uow.steps.drop(frozenset({StepKind.READ}), subject)
    for row in uow.pages.of_paper(paper.id):
        if row.text is None and row.id not in steps:
            uow.steps.add(StepKind.READ, row.id, batch=batch, file_id=row.file_id, paper_id=paper.id)
    return any(steps[page].state is StepState.FAILED for page in live & set(steps))


def _unsign(uow: UnitOfWork, paper: Paper) -> None:
    """A signature over other pages proves nothing about these."""
    uow.seals.withdraw(paper.id)
    request = uow.signing.find(SealKind.DIGITISED_COPY, paper.id)
    if request is not None and request.state not in _SIGNED_BY_NOBODY:
        uow.signing.give_up(request.id)
