"""Use case: what a machine could not finish becomes a line a person can act on: retry, replace the file, give up.

The paper is locked before its steps, as everywhere. A failed index step is about the index only: its paper is done and
stays done.
"""

from __future__ import annotations

import contextlib
from typing import BinaryIO

from api.access.permissions import Action
from api.access.secrecy_errors import SecretMarked
from api.certification.desk import void_in
from api.certification.errors import NotReplaceable
from api.dossiers.errors import FiledByHand
from api.errors import Forbidden
from api.intake.receiving import Intake, add_file
from api.refusals import AlreadyGivenUp, ReasonMissing, ReplaceWouldDouble, SameFile
from api.units import step_within
from api.wiring import Sohoa
from ingest.names import safe_name
from storage.errors import Conflict
from storage.model import ASIDE, CERTIFYING, Attention, FileRow, FileState, PaperState, Step, StepKind, StepState
from storage.records.unit_of_work import UnitOfWork


class AttentionDesk:
    """The list of failures and the three things a person can press."""

    def __init__(self, sohoa: Sohoa, unit: str = "") -> None:
        """`unit` is that of whoever acts; failures of other units are not there. Empty: all."""
        self._sohoa, self._unit = sohoa, unit

    def lines(self, batch_id: str = "", limit: int = 200, offset: int = 0) -> tuple[Attention, ...]:
        """What needs a person, oldest first; of one batch, or of all."""
        with self._sohoa.database.read() as uow:
            return uow.steps.attention(batch_id, limit, offset, unit=self._unit)

    def retry(self, step_id: str, *, actor: str) -> None:
        """Try again from the start; of a paper, every failed step. Raises NotFound, Conflict, AlreadyGivenUp."""
        with self._sohoa.database.transaction() as uow:
            step = _failed(uow, step_id, self._unit)
            if step.kind is StepKind.FILE:
                raise FiledByHand
            _again(uow, step, actor)
        self._sohoa.wake_workers()

    def clear(self, step_id: str, *, reason: str, actor: str) -> None:
        """Say that the paper behind the failure is no state secret after all: it goes on, and is shown as any other.

        Raises ReasonMissing, NotFound, Conflict (it was not stopped for that, or somebody acted meanwhile), AlreadyGivenUp.
        """
        if not reason.strip():
            raise ReasonMissing
        with self._sohoa.database.transaction() as uow:
            step = _failed(uow, step_id, self._unit)
            if step.error_code != SecretMarked.code or not uow.secrecy.clear(step.paper_id, actor, reason.strip()):
                raise Conflict
            uow.ledger.append("paper.secret_cleared", step.paper_id, actor, {"reason": reason.strip()})
            _again(uow, step, actor)
        self._sohoa.wake_workers()

    def replace(self, step_id: str, name: str, stream: BinaryIO, *, actor: str) -> FileRow:
        """Receive a better scan in place of the file behind the failure; the old one is kept and marked as replaced.

        Raises SameFile, ReplaceWouldDouble, Conflict (somebody acted meanwhile), NotFound, and what `receive` raises.
        """
        with self._sohoa.database.read() as uow:
            if _failed(uow, step_id, self._unit, lock=False).kind in CERTIFYING | {StepKind.RENEW, StepKind.RECOVER}:
                raise NotReplaceable
        ref = Intake(self._sohoa).keep(stream)
        with self._sohoa.database.transaction() as uow:
            step = _failed(uow, step_id, self._unit)
            if uow.files.get(step.file_id).object.sha256 == ref.sha256:
                raise SameFile
            papers = uow.papers.of_file(step.file_id)
            if any(paper.state is PaperState.DONE for paper in papers):
                raise ReplaceWouldDouble
            for paper in papers:
                close_paper(uow, paper.id)
            if not papers:
                uow.steps.give_up(step.id)
            row = add_file(uow, uow.batches.get(step.batch_id), safe_name(name), ref, actor=actor)
            uow.files.set_state(step.file_id, FileState.REPLACED)
            uow.ledger.append("file.replaced", step.file_id, actor, {"by": row.id})
        self._sohoa.wake_workers()
        return row

    def give_up(self, step_id: str, *, reason: str, actor: str, may_void: bool = True) -> None:
        """Stop working on the paper (or file) behind the failure; its bytes stay. A certification's number becomes void.

        Raises ReasonMissing, NotFound, Conflict; Forbidden when a number would become void and the actor may not void one.
        """
        if not reason.strip():
            raise ReasonMissing
        with self._sohoa.database.transaction() as uow:
            step = _failed(uow, step_id, self._unit)
            if step.kind in CERTIFYING:
                if not may_void:
                    raise Forbidden(action=Action.CERTIFICATION_ATTEST)
                void_in(uow, step.subject, reason, actor)
            elif step.paper_id and step.kind not in ASIDE:
                close_paper(uow, step.paper_id)
            else:
                uow.steps.give_up(step.id)
                if not step.paper_id:
                    uow.files.set_state(step.file_id, FileState.GIVEN_UP)
            details: dict[str, object] = {"step": step.kind, "reason": reason.strip()}
            uow.ledger.append("step.given_up", _subject(step), actor, details)


def _again(uow: UnitOfWork, step: Step, actor: str) -> None:
    """Every failed step of the paper is tried again; of a file, this one."""
    failed = [step]
    if step.paper_id and step.kind not in ASIDE:
        failed = [other for other in uow.steps.of_paper(step.paper_id) if other.state is StepState.FAILED]
        uow.papers.update(step.paper_id, state=PaperState.WORKING, reason_code="", reason_params={})
    elif not step.paper_id and step.kind not in CERTIFYING:
        uow.files.set_state(step.file_id, FileState.ACCEPTED if step.kind is StepKind.SPLIT else FileState.RECEIVED)
    for other in failed:
        uow.steps.retry(other.id)
    uow.ledger.append("step.retried", _subject(step), actor, {"step": step.kind, "steps": len(failed)})


def _subject(step: Step) -> str:
    """What the ledger says was acted on."""
    return step.subject if step.kind in CERTIFYING else step.paper_id or step.file_id


def close_paper(uow: UnitOfWork, paper_id: str) -> None:
    """Give the paper up: nobody works on any step of it any more, and whoever does loses the lease."""
    uow.papers.lock(paper_id)
    for step in uow.steps.of_paper(paper_id):
        with contextlib.suppress(Conflict):  # done meanwhile
            uow.steps.give_up(step.id)
    uow.papers.update(paper_id, state=PaperState.GIVEN_UP)


def _failed(uow: UnitOfWork, step_id: str, unit: str, *, lock: bool = True) -> Step:
    """The step of the unit, still failed, its paper locked and not given up."""
    step = step_within(uow, step_id, unit)
    if step.paper_id and lock and uow.papers.lock(step.paper_id).state is PaperState.GIVEN_UP:
        raise AlreadyGivenUp
    if uow.steps.get(step_id).state is not StepState.FAILED:
        raise Conflict
    return step
