"""Does one step after the other: lease, work outside any transaction, write result and next step in one transaction.

Whatever fails becomes a later try or, for good, a line on the attention list; it never stops another paper.
"""

from __future__ import annotations

import logging
import os
import socket
import threading
from dataclasses import dataclass
from time import perf_counter
from uuid import uuid4

from api.dossiers.held_papers import by_hand
from api.intake.receiving import NO_SPACE
from api.pipeline.certifying import certify_copy, countersign
from api.pipeline.deciding import classify_paper, confirm, find_fields, issue_code
from api.pipeline.facts import texts
from api.pipeline.files import identify_file, split_file
from api.pipeline.leases import LeaseKeeper
from api.pipeline.outcome import MACHINE, Context, Handler, Outcome, Successor
from api.pipeline.pages import read
from api.pipeline.records import index_record, store_record
from api.pipeline.recovery import recover_object
from api.pipeline.renewal import renew_seal
from api.pipeline.sealing import seal_paper
from api.pipeline.signs import Signs
from api.refusals import ServerStopping, StepUnexpected, WorkerLost
from api.watch.logs import about
from api.watch.measures import LEASES_LOST, PAGES, STEP_FAILURES, STEP_SECONDS
from api.wiring import Sohoa
from api.workspace import Workspace
from ingest.errors import CodedError
from storage.errors import LeaseLost, StoreFull
from storage.model import ASIDE, CERTIFYING, FileState, PaperState, Step, StepKind, StepState
from storage.records.unit_of_work import UnitOfWork

log = logging.getLogger(__name__)

HANDLERS: dict[StepKind, Handler] = {
    StepKind.IDENTIFY: identify_file,
    StepKind.SPLIT: split_file,
    StepKind.FILE: by_hand,
    StepKind.READ: read,
    StepKind.SEAL: seal_paper,
    StepKind.CLASSIFY: classify_paper,
    StepKind.FIELDS: find_fields,
    StepKind.CONFIRM: confirm,
    StepKind.CODE: issue_code,
    StepKind.STORE: store_record,
    StepKind.INDEX: index_record,
    StepKind.CERTIFY: certify_copy,
    StepKind.COUNTERSIGN: countersign,
    StepKind.RENEW: renew_seal,
    StepKind.RECOVER: recover_object,
}
LONGEST_PAUSE_S = 60.0
"""However often the store was away: when it is back, work goes on within a minute."""


@dataclass(slots=True)
class _Finished:
    """What one transaction wrote."""

    done: list[tuple[Step, Outcome]]
    following: Step | None = None
    """The next step, leased."""
    hints: bool = False
    """Whether hints for others are waiting to be sent."""


class Pipeline:
    """Works on what the database says is ready. One per process; `work` may run in many threads."""

    def __init__(self, sohoa: Sohoa) -> None:
        self._sohoa = sohoa
        self._options = sohoa.settings.pipeline
        workspace = Workspace(sohoa.objects, sohoa.settings.data_dir / "tmp")
        self._context = Context(sohoa, workspace, texts(sohoa.objects), self._go_on)
        self._keeper = LeaseKeeper(sohoa.database, self._options.lease_seconds)
        self._name = f"{socket.gethostname()}/{os.getpid()}"
        self._stopping = threading.Event()
        self.signs = Signs()
        """What the heartbeat of this worker goes by."""
        self._waits: dict[str, int] = {}
        """How often each step had to wait in a row for something outside its paper."""

    def work(self, kinds: frozenset[StepKind] | None = None) -> bool:
        """Take the best ready step and everything that follows from it directly; False if nothing was ready.

        Only a step of one of `kinds` is taken, if they are given.
        """
        if self._stopping.is_set():
            return False
        with self._sohoa.database.transaction() as uow:
            step = uow.steps.lease_next(self._name, self._options.lease_seconds, kinds=kinds)
        self.signs.polled()
        if step is None:
            return False
        if step.attempts > self._options.max_attempts:
            # A try is counted when the step is taken: one that kills its worker must come to an end too.
            self._failed(step, WorkerLost(attempts=self._options.max_attempts))
            return True
        while step is not None:
            with self.signs.taking(), about(step):
                step = self._perform(step)
        return True

    def look(self) -> None:
        """Look whether work is ready, and take none: the proof that this thread could. Raises what the database raises."""
        with self._sohoa.database.read() as uow:
            uow.steps.overdue(0, 1)
        self.signs.polled()

    def stop(self) -> None:
        """Take nothing new: steps in hand are finished, or given up between two parts, and what follows is left ready."""
        self._stopping.set()

    def _go_on(self) -> None:
        if self._stopping.is_set():
            raise ServerStopping

    def close(self) -> None:
        """Stop keeping leases and remove scratch files."""
        self.stop()
        self._keeper.close()
        self._context.workspace.close()

    def _perform(self, step: Step) -> Step | None:
        begun = perf_counter()
        try:
            with self._keeper.holding(step):
                outcome = HANDLERS[step.kind](self._context, step)
                finished = self._finish(step, outcome)
        except LeaseLost:
            LEASES_LOST.labels(step.kind).inc()
            log.warning("step %s %s was taken over by another worker", step.kind, step.id)
            return None
        except CodedError as error:
            self._failed(step, error)
            return None
        except OSError as error:
            full = error.errno in NO_SPACE
            if not full:
                log.exception("step %s %s failed unexpectedly", step.kind, step.id)
            self._failed(step, StoreFull() if full else StepUnexpected(kind=type(error).__name__, step=step.id))
            return None
        except Exception as error:
            log.exception("step %s %s failed unexpectedly", step.kind, step.id)
            self._failed(step, StepUnexpected(kind=type(error).__name__, step=step.id))
            return None
        seconds = (perf_counter() - begun) / len(finished.done)
        for done, came_to in finished.done:
            _done(done, came_to, seconds)
        if finished.hints:  # most steps leave none: their worker goes on with the paper itself
            self._sohoa.wake_workers()
        return finished.following

    def _finish(self, step: Step, outcome: Outcome) -> _Finished:
        """Write what the step came to, and what the next ones came to, where that is known already."""
        finished = _Finished([])
        try:
            self._write(step, outcome, finished)
        except LeaseLost:
            raise
        except Exception as error:
            if len(finished.done) < 2:
                raise
            # Nothing of it is written. Each by itself, the one with the fault fails alone.
            log.info("steps after %s are done one by one: %s", step.kind, type(error).__name__)
            finished = _Finished([])
            self._write(step, outcome, finished, alone=True)
        return finished

    def _write(self, step: Step, outcome: Outcome, finished: _Finished, *, alone: bool = False) -> None:
        with self._sohoa.database.transaction() as uow:
            if self._waits.pop(step.id, 0) or step.error_code:
                waits_no_more(uow, step)
            if outcome.fails is not None:
                hand_over(uow, step, outcome.fails)
            elif outcome.waits:
                uow.steps.wait(step)
            else:
                uow.steps.done(step)
            finished.done.append((step, outcome))
            following = outcome.apply(uow)
            while following and following.outcome and not alone:
                worked_out = following.outcome
                state = StepState.WAITING if worked_out.waits else StepState.DONE
                added = _add(uow, step, following, state)
                if added is None:  # somebody is at it
                    following = None
                    break
                finished.done.append((added, worked_out))
                following = worked_out.apply(uow)
            finished.following = self._hold(uow, step, following) if following else None
            finished.hints = bool(uow.outbox.hints)

    def _hold(self, uow: UnitOfWork, step: Step, following: Successor) -> Step | None:
        """Add the next step already leased: this worker has the paper in hand. If the worker dies, the lease runs out."""
        stopping = self._stopping.is_set()
        state = StepState.READY if stopping else StepState.LEASED
        lease = "" if stopping else f"{self._name}/{uuid4().hex}"
        added = _add(uow, step, following, state, lease, self._options.lease_seconds)
        return None if stopping else added

    def _longer_pause(self, step: Step) -> float:
        """Seconds to wait for what is outside: longer each time, up to a minute, though no try is counted."""
        times = self._waits.get(step.id, 0)
        self._waits[step.id] = times + 1
        return float(min(LONGEST_PAUSE_S, self._options.backoff_seconds * (1 << min(times, 16))))

    def _failed(self, step: Step, error: CodedError) -> None:
        """Try again later, or hand the step to a person. What is nobody's fault (store away, we are stopping) is no try."""
        STEP_FAILURES.labels(step.kind, error.code).inc()
        log.info("step failed: %s %s", step.kind, error.code)
        pause_s = min(LONGEST_PAUSE_S, self._options.backoff_seconds * 2 ** max(0, step.attempts - 1))
        try:
            with self._sohoa.database.transaction() as uow:
                if error.retryable and self._stopping.is_set():
                    uow.steps.again(step, error, 0, counted=False)
                elif error.retryable and error.environment:
                    waits(uow, step, error)
                    uow.steps.again(step, error, self._longer_pause(step), counted=False)
                elif error.retryable and step.attempts < self._options.max_attempts:
                    uow.steps.again(step, error, pause_s)
                else:
                    hand_over(uow, step, error)
        except LeaseLost:
            log.warning("step %s %s was taken over by another worker", step.kind, step.id)
        except CodedError as second:
            # The database itself is away: the lease runs out and the sweeper gives the step to somebody.
            log.warning("step %s: failure %s not written: %s", step.id, error.code, second.code)


def _add(
    uow: UnitOfWork, step: Step, following: Successor, state: StepState, lease: str = "", lease_seconds: int = 0
) -> Step | None:
    return uow.steps.add(
        following.kind,
        following.subject,
        batch=step,
        file_id=following.file_id,
        paper_id=following.paper_id,
        state=state,
        lease=lease,
        lease_seconds=lease_seconds,
    )


def _done(step: Step, outcome: Outcome, seconds: float) -> None:
    """Count a step whose result is written."""
    if outcome.fails is not None:
        STEP_FAILURES.labels(step.kind, outcome.fails.code).inc()
        log.info("step failed: %s %s", step.kind, outcome.fails.code)
        return
    STEP_SECONDS.labels(step.kind).observe(seconds)
    if step.kind is StepKind.READ:
        PAGES.inc()
    log.info("step done: %s in %d ms", step.kind, seconds * 1000)


def waits(uow: UnitOfWork, step: Step, error: CodedError) -> None:
    """Everybody who looks at the paper sees what it waits for (a time-stamp, a token, revocation data)."""
    if not step.paper_id or step.kind in ASIDE | CERTIFYING:
        return
    paper = uow.papers.lock(step.paper_id)
    if paper.state is PaperState.WORKING and (paper.reason_code, paper.reason_params) != (error.code, error.params):
        uow.papers.update(paper.id, reason_code=error.code, reason_params=error.params)


def waits_no_more(uow: UnitOfWork, step: Step) -> None:
    """What the paper waited for has come."""
    if not step.paper_id or step.kind in ASIDE | CERTIFYING:
        return
    paper = uow.papers.lock(step.paper_id)
    if paper.state is PaperState.WORKING and paper.reason_code:
        uow.papers.update(paper.id, reason_code="", reason_params={})


def hand_over(uow: UnitOfWork, step: Step, error: CodedError) -> None:
    """The step has failed for good: a line on the attention list, and its paper (or file) says so."""
    paper = uow.papers.lock(step.paper_id) if step.paper_id else None
    uow.steps.failed(step, error)
    if step.kind in CERTIFYING:
        uow.ledger.append("step.failed", step.subject, MACHINE, {"step": step.kind, "code": error.code})
        return
    if paper is None:
        uow.files.set_state(step.subject, FileState.ATTENTION)
    elif step.kind not in ASIDE and paper.state is not PaperState.GIVEN_UP:
        uow.papers.update(paper.id, state=PaperState.ATTENTION, reason_code=error.code, reason_params=error.params)
    uow.ledger.append("step.failed", step.paper_id or step.file_id, MACHINE, {"step": step.kind, "code": error.code})
