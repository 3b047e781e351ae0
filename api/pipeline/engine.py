"""Does one step after the other: lease, work outside any transaction, write result and next step in one transaction.

Whatever fails becomes a later try or, for good, a line on the attention list; it never stops another paper.
"""

from __future__ import annotations

import logging
import os
import socket
from uuid import uuid4

from api.pipeline.files import identify_file, refusal, split_file
from api.pipeline.leases import LeaseKeeper
from api.pipeline.outcome import MACHINE, Context, Handler, Outcome, Successor
from api.pipeline.pages import read
from api.pipeline.papers import classify_paper, confirm, find_fields, seal_paper
from api.pipeline.records import index_record, issue_code, store_record
from api.pipeline.workspace import Workspace
from api.refusals import StepUnexpected
from api.wiring import Sohoa
from ingest.errors import CodedError, IngestError
from storage.errors import LeaseLost
from storage.model import FileState, PaperState, Step, StepKind, StepState
from storage.records.unit_of_work import UnitOfWork

log = logging.getLogger(__name__)

HANDLERS: dict[StepKind, Handler] = {
    StepKind.IDENTIFY: identify_file,
    StepKind.SPLIT: split_file,
    StepKind.READ: read,
    StepKind.SEAL: seal_paper,
    StepKind.CLASSIFY: classify_paper,
    StepKind.FIELDS: find_fields,
    StepKind.CONFIRM: confirm,
    StepKind.CODE: issue_code,
    StepKind.STORE: store_record,
    StepKind.INDEX: index_record,
}
ON_A_FILE = frozenset({StepKind.IDENTIFY, StepKind.SPLIT})


class Pipeline:
    """Works on what the database says is ready. One per process; `work` may run in many threads."""

    def __init__(self, sohoa: Sohoa) -> None:
        self._sohoa = sohoa
        self._options = sohoa.settings.pipeline
        self._context = Context(sohoa, Workspace(sohoa.objects, sohoa.settings.data_dir / "tmp"))
        self._keeper = LeaseKeeper(sohoa.database, self._options.lease_seconds)
        self._name = f"{socket.gethostname()}/{os.getpid()}"

    def work(self) -> bool:
        """Take the best ready step and everything that follows from it directly; False if nothing was ready."""
        with self._sohoa.database.transaction() as uow:
            step = uow.steps.lease_next(self._name, self._options.lease_seconds)
        if step is None:
            return False
        while step is not None:
            step = self._perform(step)
        return True

    def close(self) -> None:
        """Stop keeping leases and remove scratch files."""
        self._keeper.close()
        self._context.workspace.close()

    def _perform(self, step: Step) -> Step | None:
        try:
            with self._keeper.holding(step):
                outcome = HANDLERS[step.kind](self._context, step)
                following = self._finish(step, outcome)
        except LeaseLost:
            log.warning("step %s %s was taken over by another worker", step.kind, step.id)
            return None
        except CodedError as error:
            self._failed(step, error)
            return None
        except Exception as error:
            log.exception("step %s %s failed unexpectedly", step.kind, step.id)
            self._failed(step, StepUnexpected(kind=type(error).__name__, step=step.id))
            return None
        self._sohoa.wake_workers()
        return following

    def _finish(self, step: Step, outcome: Outcome) -> Step | None:
        with self._sohoa.database.transaction() as uow:
            if outcome.waits:
                uow.steps.wait(step)
            else:
                uow.steps.done(step)
            following = outcome.apply(uow)
            return self._hold(uow, step, following) if following else None

    def _hold(self, uow: UnitOfWork, step: Step, following: Successor) -> Step | None:
        """Add the next step already leased: this worker has the paper in hand. If the worker dies, the lease runs out."""
        return uow.steps.add(
            following.kind,
            following.subject,
            batch=uow.batches.get(step.batch_id),
            file_id=following.file_id,
            paper_id=following.paper_id,
            state=StepState.LEASED,
            lease=f"{self._name}/{uuid4().hex}",
            lease_seconds=self._options.lease_seconds,
        )

    def _failed(self, step: Step, error: CodedError) -> None:
        """Try again later, or hand the step to a person; a file that keeps failing at the door is refused."""
        try:
            with self._sohoa.database.transaction() as uow:
                if error.retryable and step.attempts < self._options.max_attempts:
                    uow.steps.again(step, error, self._options.backoff_seconds * 2 ** (step.attempts - 1))
                elif step.kind in ON_A_FILE and isinstance(error, IngestError):
                    uow.steps.done(step)
                    refusal(uow.files.get(step.subject), error).apply(uow)
                else:
                    self._hand_over(uow, step, error)
        except CodedError as second:
            # The database itself is away: the lease runs out and the sweeper gives the step to somebody.
            log.warning("step %s: failure %s not written: %s", step.id, error.code, second.code)

    def _hand_over(self, uow: UnitOfWork, step: Step, error: CodedError) -> None:
        uow.steps.failed(step, error)
        if step.kind in ON_A_FILE:
            uow.files.set_state(step.subject, FileState.ATTENTION)
        elif step.kind is not StepKind.INDEX:
            uow.papers.update(step.paper_id, state=PaperState.ATTENTION, reason_code=error.code, reason_params=error.params)
        uow.ledger.append("step.failed", step.paper_id or step.file_id, MACHINE, {"step": step.kind, "code": error.code})
