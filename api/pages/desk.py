"""Use case: a clerk looks at the pages of papers and puts them right: turn, order, leave out, move, split, merge, let go on.

Every change names the arrangement it was made on, holds the paper, and stands in the ledger with who and why. Not possible
once the record is stored. Paper and pages of another unit are not there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from uuid import uuid4

from api.pages.arranging import Stack, added, arrangement_of, as_scanned, aside, lay, taken
from api.pages.errors import NoPageChosen, NoPageLeft, NotHeld, OtherBatch, PageComing, PageReasonMissing
from api.pages.pictures import page_text, upright_turn
from api.units import batch_within, paper_at_work
from api.wiring import Sohoa
from storage.arranging import Arrangement, Change, Placed, WhyOut
from storage.errors import Conflict
from storage.model import PageRow, Paper, PaperState, StepKind
from storage.reach import EVERYTHING, Reach
from storage.records.unit_of_work import UnitOfWork

REASON_LENGTH = 500


class PageDesk:
    """The pages of papers on their way."""

    def __init__(self, sohoa: Sohoa, reach: Reach = EVERYTHING) -> None:
        """`reach` is that of whoever acts."""
        self._sohoa, self._reach = sohoa, reach

    def turn(self, paper_id: str, pages: Sequence[str], degrees: int, *, seen: int, actor: str) -> Arrangement:
        """Turn pages clockwise by 90, 180 or 270 degrees; they are read again that way up."""
        now = self._turns(paper_id, pages)
        with self._sohoa.database.transaction() as uow:
            stack = taken(uow, paper_id, self._reach, seen)
            fresh: dict[str, str] = {}
            for one in stack.placed(pages):
                row = stack.rows[one.page]
                facts = row.facts | {"exif_turn_deg": (now[row.id] + degrees) % 360, "turn_fixed": True}
                fresh[row.id] = added(uow, stack.paper, row, facts=facts, text=None).id
            laid = [replace(one, page=fresh.get(one.page, one.page)) for one in stack.before.pages]
            made = lay(uow, stack, laid, aside(stack, fresh, WhyOut.TURNED), Change.TURN, actor=actor)
        self._sohoa.wake_workers()
        return made

    def order(self, paper_id: str, pages: Sequence[str], to: int, *, seen: int, actor: str) -> Arrangement:
        """Bring pages, in the order they have, before the place `to` (from 0, counted among the others)."""
        with self._sohoa.database.transaction() as uow:
            stack = taken(uow, paper_id, self._reach, seen)
            moved, rest = stack.placed(pages), stack.without(pages)
            at = max(0, min(to, len(rest)))
            return lay(uow, stack, (*rest[:at], *moved, *rest[at:]), stack.before.left_out, Change.ORDER, actor=actor)

    def leave_out(self, paper_id: str, pages: Sequence[str], reason: str, *, seen: int, actor: str) -> Arrangement:
        """Leave pages out with a reason; they stay in the store and can be brought back."""
        why = reason_given(reason)
        with self._sohoa.database.transaction() as uow:
            stack = taken(uow, paper_id, self._reach, seen)
            stack.placed(pages)
            out = aside(stack, pages, WhyOut.EXCLUDED, why)
            return lay(uow, stack, stack.without(pages), out, Change.LEAVE_OUT, actor=actor, reason=why)

    def bring_back(self, paper_id: str, pages: Sequence[str], *, seen: int, actor: str) -> Arrangement:
        """Bring pages that were left out, or replaced by a better capture, back to the end of the paper."""
        with self._sohoa.database.transaction() as uow:
            stack = taken(uow, paper_id, self._reach, seen)
            can = {one.page for one in stack.before.left_out if one.why in {WhyOut.EXCLUDED, WhyOut.REPLACED}}
            if not pages or set(pages) - can:
                raise NoPageChosen
            rest = tuple(one for one in stack.before.left_out if one.page not in pages)
            laid = (*stack.before.pages, *(Placed(page) for page in dict.fromkeys(pages)))
            made = lay(uow, stack, laid, rest, Change.BRING_BACK, actor=actor)
        self._sohoa.wake_workers()
        return made

    def same_sheet(self, paper_id: str, pages: Sequence[str], *, yes: bool, seen: int, actor: str) -> Arrangement:
        """Say that pages show, or do not show, the sheet before them once more (without its sticky note)."""
        with self._sohoa.database.transaction() as uow:
            stack = taken(uow, paper_id, self._reach, seen)
            chosen = {one.page for one in stack.placed(pages)}
            laid = [replace(one, same_sheet=yes) if one.page in chosen else one for one in stack.before.pages]
            return lay(uow, stack, laid, stack.before.left_out, Change.SAME_SHEET, actor=actor)

    def move(self, paper_id: str, pages: Sequence[str], to_paper: str, *, seen: int, actor: str) -> Arrangement:
        """Bring pages to the end of another paper of the batch; one that loses its last page is merged into it."""
        with self._sohoa.database.transaction() as uow:
            source, target = self._both(uow, paper_id, to_paper, seen)
            change = Change.MOVE if source.without(pages) else Change.MERGE
            self._carry(uow, source, source.placed(pages), target, change, actor)
            made = self._emptied(uow, source, pages, change, actor)
        self._sohoa.wake_workers()
        return made

    def merge(self, paper_id: str, into: str, *, seen: int, actor: str) -> Arrangement:
        """Bring all pages to the end of another paper of the batch."""
        with self._sohoa.database.read() as uow:
            pages = arrangement_of(uow, paper_at_work(uow, paper_id, self._reach)).ids
        return self.move(paper_id, pages, into, seen=seen, actor=actor)

    def split(self, paper_id: str, pages: Sequence[str], *, seen: int, actor: str) -> Paper:
        """Make a paper of its own of the chosen pages; returns it."""
        with self._sohoa.database.transaction() as uow:
            stack = taken(uow, paper_id, self._reach, seen)
            chosen = stack.placed(pages)
            if not stack.without(pages):
                raise NoPageLeft
            paper = _beside(uow, stack, chosen)
            fresh = Stack(paper, as_scanned(paper, ()), {})
            self._carry(uow, stack, chosen, fresh, Change.SPLIT, actor)
            self._emptied(uow, stack, pages, Change.SPLIT, actor)
            paper = uow.papers.get(paper.id)
        self._sohoa.wake_workers()
        return paper

    def release(self, paper_id: str, *, actor: str) -> Paper:
        """Somebody has looked at the pages: the paper goes on. Raises NotHeld, PageComing, NotFound."""
        with self._sohoa.database.transaction() as uow:
            paper = self._release(uow, paper_at_work(uow, paper_id, self._reach).id, actor)
        self._sohoa.wake_workers()
        return paper

    def release_batch(self, batch_id: str, *, actor: str) -> int:
        """Every paper of the batch that waits for a look goes on; returns how many. Those that cannot yet stay."""
        with self._sohoa.database.read() as uow:
            batch_within(uow, batch_id, self._reach)
            held = [paper.id for paper in uow.papers.of_batch(batch_id) if paper.held and paper.state is PaperState.HELD]
        gone = 0
        for paper_id in held:
            with self._sohoa.database.transaction() as uow:
                if not uow.arrangements.coming(paper_id):
                    self._release(uow, paper_id, actor)
                    gone += 1
        self._sohoa.wake_workers()
        return gone

    def _release(self, uow: UnitOfWork, paper_id: str, actor: str) -> Paper:
        paper = uow.papers.lock(paper_id)
        if not paper.held or paper.state not in {PaperState.HELD, PaperState.WORKING, PaperState.ATTENTION}:
            raise NotHeld
        if uow.arrangements.coming(paper_id):
            raise PageComing
        state = PaperState.WORKING if paper.state is PaperState.HELD else paper.state
        changed = uow.papers.update(paper_id, held=False, state=state)
        first = self._sohoa.settings.pipeline.after(None)
        if first is not None and paper.state is PaperState.HELD and not uow.pages.unread(paper_id):
            batch = uow.batches.get(paper.batch_id)
            uow.steps.add(StepKind(first), paper_id, batch=batch, file_id=paper.file_id, paper_id=paper_id)
        uow.ledger.append("paper.released", paper_id, actor, {"arrangement": arrangement_of(uow, paper).version})
        return changed

    def _turns(self, paper_id: str, pages: Sequence[str]) -> dict[str, int]:
        """How each page is shown today, read outside the transaction."""
        with self._sohoa.database.read() as uow:
            paper_at_work(uow, paper_id, self._reach)
            rows = [row for row in uow.pages.of_paper(paper_id) if row.id in pages]
        if len(rows) != len(set(pages)):
            raise NoPageChosen
        return {row.id: upright_turn(row, page_text(self._sohoa, row)) for row in rows}

    def _both(self, uow: UnitOfWork, paper_id: str, to_paper: str, seen: int) -> tuple[Stack, Stack]:
        """Both papers, locked in the order of their ids, so that two people who swap pages wait for each other only once."""
        if paper_id == to_paper or paper_at_work(uow, paper_id, self._reach).batch_id != _batch(uow, to_paper, self._reach):
            raise OtherBatch
        stacks = {one: taken(uow, one, self._reach, seen if one == paper_id else None) for one in sorted({paper_id, to_paper})}
        return stacks[paper_id], stacks[to_paper]

    @staticmethod
    def _carry(uow: UnitOfWork, source: Stack, chosen: Sequence[Placed], target: Stack, change: Change, actor: str) -> None:
        """The chosen pages at the end of the target, as pages of its own."""
        rows: list[PageRow] = [added(uow, target.paper, source.rows[one.page]) for one in chosen]
        laid = (
            *target.before.pages,
            *(replace(one, page=row.id) for one, row in zip(chosen, rows, strict=True)),
        )
        lay(uow, target, laid, target.before.left_out, change, actor=actor)

    @staticmethod
    def _emptied(uow: UnitOfWork, source: Stack, pages: Sequence[str], change: Change, actor: str) -> Arrangement:
        out = aside(source, pages, WhyOut.MOVED)
        return lay(uow, source, source.without(pages), out, change, actor=actor, emptied=PaperState.MERGED)


def _batch(uow: UnitOfWork, paper_id: str, reach: Reach) -> str:
    return paper_at_work(uow, paper_id, reach).batch_id


def _beside(uow: UnitOfWork, stack: Stack, chosen: Sequence[Placed]) -> Paper:
    """A new paper of the same file, without pages yet; what a person said of the other one is not said of it."""
    own = stack.paper
    last = max(paper.ordinal for paper in uow.papers.of_file(own.file_id))
    first = stack.rows[chosen[0].page]
    paper = replace(
        own,
        id=uuid4().hex,
        ordinal=last + 1,
        first_page=int(str(first.facts.get("index", 0))),
        pages=0,
        state=PaperState.HELD,
        paper_type="",
        type_confidence=0.0,
        code="",
        component="",
        sealed=None,
        evidence=None,
        reason_code="",
        reason_params={},
        version=1,
        created_at=datetime.now(UTC),
        held=True,
    )
    if not uow.papers.add(paper):
        raise Conflict
    return paper


def reason_given(reason: str) -> str:
    """The reason, trimmed; raises PageReasonMissing."""
    text = reason.strip()[:REASON_LENGTH]
    if not text:
        raise PageReasonMissing
    return text
