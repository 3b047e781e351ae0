"""Use case: a file that was refused is a line a person can act on: send a better one in its place, or give it up."""

from __future__ import annotations

from dataclasses import replace
from typing import BinaryIO

from api.intake.receiving import Intake, add_file
from api.refusals import ReasonMissing, SameFile
from api.units import batch_within
from api.wiring import Sohoa
from ingest.names import safe_name
from storage.arranging import OrderState
from storage.errors import Conflict, NotFound
from storage.model import FileRow, FileState
from storage.reach import EVERYTHING, Reach
from storage.records.unit_of_work import UnitOfWork


class RefusedFiles:
    """Refused files of a reach."""

    def __init__(self, sohoa: Sohoa, reach: Reach = EVERYTHING) -> None:
        """`reach` is that of whoever acts."""
        self._sohoa, self._reach = sohoa, reach

    def lines(self, batch_id: str = "", limit: int = 200) -> tuple[FileRow, ...]:
        """Those nobody has acted on yet (of one batch), the newest first."""
        with self._sohoa.database.read() as uow:
            return uow.files.refused_within(self._reach, limit, batch_id)

    def replace(self, file_id: str, name: str, stream: BinaryIO, *, actor: str) -> FileRow:
        """Receive a better file; the refused one is kept and marked as replaced. One sent for a place in a paper goes there.

        Raises SameFile, Conflict (it is not refused, or somebody acted meanwhile), NotFound, and what `Intake.keep` raises.
        """
        with self._sohoa.database.read() as uow:
            self._refused(uow, file_id)
        ref = Intake(self._sohoa).keep(stream)
        with self._sohoa.database.transaction() as uow:
            old = self._refused(uow, file_id)
            if old.object.sha256 == ref.sha256:
                raise SameFile
            uow.files.settle_refused(file_id, FileState.REPLACED)
            row = add_file(uow, uow.batches.get(old.batch_id), safe_name(name), ref, actor=actor)
            order = uow.arrangements.order_of(file_id)
            if order is not None:
                uow.arrangements.settle(file_id, OrderState.VOID)
                uow.arrangements.order(replace(order, file_id=row.id, by=actor))
            uow.ledger.append("file.replaced", file_id, actor, {"by": row.id})
        self._sohoa.wake_workers()
        return row

    def give_up(self, file_id: str, *, reason: str, actor: str) -> None:
        """Nobody will send a better one; its bytes stay. Raises ReasonMissing, Conflict, NotFound."""
        if not reason.strip():
            raise ReasonMissing
        with self._sohoa.database.transaction() as uow:
            self._refused(uow, file_id)
            uow.files.settle_refused(file_id, FileState.GIVEN_UP)
            uow.arrangements.settle(file_id, OrderState.VOID)
            uow.ledger.append("file.given_up", file_id, actor, {"reason": reason.strip()})

    def _refused(self, uow: UnitOfWork, file_id: str) -> FileRow:
        row = uow.files.get(file_id)
        try:
            batch_within(uow, row.batch_id, self._reach)
        except NotFound as error:
            raise NotFound(what="file", key=file_id) from error
        if row.state is not FileState.REFUSED:
            raise Conflict
        return row
