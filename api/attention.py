"""Use case: what a machine could not finish becomes a line a person can act on: retry, replace the file, give up."""

from __future__ import annotations

from typing import BinaryIO

from api.intake import Intake
from api.refusals import ReasonMissing
from api.wiring import Sohoa
from storage.model import Attention, FileRow, FileState, PaperState, Step
from storage.records.unit_of_work import UnitOfWork


class AttentionDesk:
    """The list of failures and the three things a person can press."""

    def __init__(self, sohoa: Sohoa) -> None:
        self._sohoa = sohoa

    def lines(self, batch_id: str = "") -> tuple[Attention, ...]:
        """What needs a person, oldest first; of one batch, or of all."""
        with self._sohoa.database.read() as uow:
            return uow.steps.attention(batch_id)

    def retry(self, step_id: str, *, actor: str) -> None:
        """Try the failed step again from the start. Raises NotFound."""
        with self._sohoa.database.transaction() as uow:
            step = uow.steps.get(step_id)
            uow.steps.retry(step_id)
            if step.paper_id:
                uow.papers.update(step.paper_id, state=PaperState.WORKING, reason_code="", reason_params={})
            elif step.file_id:
                uow.files.set_state(step.file_id, FileState.RECEIVED)
            uow.ledger.append("step.retried", step.paper_id or step.file_id, actor, {"step": step.kind})
        self._sohoa.wake_workers()

    def replace(self, step_id: str, name: str, stream: BinaryIO, *, actor: str) -> FileRow:
        """Receive a better scan in place of the file behind the failure; the old one is kept and marked as replaced."""
        with self._sohoa.database.read() as uow:
            step = uow.steps.get(step_id)
        row = Intake(self._sohoa).receive(step.batch_id, name, stream, actor=actor)
        with self._sohoa.database.transaction() as uow:
            _close(uow, step)
            uow.files.set_state(step.file_id, FileState.REPLACED)
            uow.ledger.append("file.replaced", step.file_id, actor, {"by": row.id})
        return row

    def give_up(self, step_id: str, *, reason: str, actor: str) -> None:
        """Stop working on the paper (or file) behind the failure; its bytes stay. Raises ReasonMissing, NotFound."""
        if not reason.strip():
            raise ReasonMissing
        with self._sohoa.database.transaction() as uow:
            step = uow.steps.get(step_id)
            _close(uow, step)
            if not step.paper_id:
                uow.files.set_state(step.file_id, FileState.GIVEN_UP)
            uow.ledger.append(
                "step.given_up", step.paper_id or step.file_id, actor, {"step": step.kind, "reason": reason.strip()}
            )


def _close(uow: UnitOfWork, step: Step) -> None:
    uow.steps.give_up(step.id)
    if step.paper_id:
        uow.papers.update(step.paper_id, state=PaperState.GIVEN_UP)
