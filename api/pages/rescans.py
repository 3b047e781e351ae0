"""Use case: a page is scanned again, or a forgotten one later: a file is received for a place in a paper.

The file goes the way of every file (received, identified, split in child processes); when its pages are made they are laid where
they were wanted. Until then the paper is held. A paper that cannot take pages any more loses nothing: they become a paper.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import BinaryIO

from api.errors import ApiError
from api.intake.receiving import Intake, add_file
from api.pages.arranging import added, aside, hold, lay, taken
from api.pages.desk import reason_given
from api.refusals import SameFile
from api.wiring import Sohoa
from ingest.model import ObjectRef
from ingest.names import safe_name
from storage.arranging import Change, OrderKind, OrderState, PageOrder, Placed, WhyOut
from storage.errors import NotFound
from storage.model import FileRow, PageRow
from storage.reach import EVERYTHING, Reach
from storage.records.unit_of_work import UnitOfWork

CHANGES = {OrderKind.REPLACE: Change.REPLACE, OrderKind.AFTER: Change.INSERT, OrderKind.SAME_SHEET: Change.INSERT}


class Rescans:
    """Files sent for places in papers."""

    def __init__(self, sohoa: Sohoa, reach: Reach = EVERYTHING) -> None:
        """`reach` is that of whoever acts."""
        self._sohoa, self._reach = sohoa, reach

    def receive(
        self, paper_id: str, page_id: str, kind: OrderKind, name: str, stream: BinaryIO, *, reason: str, actor: str, seen: int
    ) -> FileRow:
        """Receive a file whose pages replace the page, or come after it. Durable when it returns.

        Raises what `Intake.receive` raises, SameFile, PageReasonMissing, and what `taken` raises.
        """
        why = reason_given(reason) if kind is OrderKind.REPLACE else reason.strip()
        with self._sohoa.database.read() as uow:  # nothing is taken in for a page that is not there
            taken(uow, paper_id, self._reach, seen).placed([page_id])
        ref = Intake(self._sohoa).keep(stream)
        with self._sohoa.database.transaction() as uow:
            row = self._order(uow, paper_id, page_id, kind, safe_name(name), ref, why, actor, seen)
        self._sohoa.wake_workers()
        return row

    def _order(
        self,
        uow: UnitOfWork,
        paper_id: str,
        page_id: str,
        kind: OrderKind,
        name: str,
        ref: ObjectRef,
        why: str,
        actor: str,
        seen: int,
    ) -> FileRow:
        stack = taken(uow, paper_id, self._reach, seen)
        stack.placed([page_id])
        batch = uow.batches.get(stack.paper.batch_id)
        if uow.files.find(batch.id, ref.sha256, name) is not None:
            raise SameFile
        row = add_file(uow, batch, name, ref, actor=actor)
        now = datetime.now(UTC)
        uow.arrangements.order(PageOrder(row.id, paper_id, page_id, kind, why, actor, OrderState.OPEN, now))
        hold(uow, stack.paper, stack.before)  # what is there is not what will be sealed
        uow.ledger.append("page.rescan_asked", paper_id, actor, {"page": page_id, "file": row.id, "kind": str(kind)})
        return row


def insert(uow: UnitOfWork, order: PageOrder, rows: Sequence[PageRow]) -> bool:
    """Lay the pages that were made of a file where they were wanted; False if the paper cannot take them any more."""
    try:
        stack = taken(uow, order.paper_id, EVERYTHING)
    except (ApiError, NotFound):
        uow.arrangements.settle(order.file_id, OrderState.VOID)
        return False
    fresh = [added(uow, stack.paper, row) for row in rows]
    same = order.kind is OrderKind.SAME_SHEET
    new = [Placed(row.id, same_sheet=same) for row in fresh]
    at = next((place for place, one in enumerate(stack.before.pages) if one.page == order.page_id), len(stack.before.pages))
    before, after, out = stack.before.pages[:at], stack.before.pages[at + 1 :], stack.before.left_out
    old = stack.before.pages[at : at + 1]
    if order.kind is OrderKind.REPLACE:
        out = aside(stack, [one.page for one in old], WhyOut.REPLACED, order.reason)
        old = ()
    uow.arrangements.settle(order.file_id, OrderState.DONE)
    lay(uow, stack, (*before, *old, *new, *after), out, CHANGES[order.kind], actor=order.by, reason=order.reason)
    return True
