"""The work queue's truth: steps, leases with fencing tokens, failures that wait for a person.

A worker may write results only while its token is the one in the row; whoever takes over an expired lease puts a new one
there. Every change of state is one guarded UPDATE.
"""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

from sqlalchemy import bindparam, func, select
from sqlalchemy.sql.dml import ReturningUpdate

from ingest.errors import CodedError
from storage.errors import Conflict, LeaseLost, NotFound
from storage.model import Attention, Batch, Priority, Step, StepKind, StepState
from storage.records import fair
from storage.records.batches import RANKS
from storage.records.outbox import Outbox
from storage.records.tables import files, steps
from storage.records.within import within
from storage.records.work import Work

_PRIORITIES = {rank: priority for priority, rank in RANKS.items()}

# Made once: putting a statement together costs more than running it.
_HELD = steps.update().where(
    steps.c.id == bindparam("step"), steps.c.state == str(StepState.LEASED), steps.c.lease == bindparam("token")
)
_HELD_TILL_NOW = _HELD.values(changed_at=func.clock_timestamp()).returning(steps.c.changed_at)
_FREE = (
    steps.update()
    .where(steps.c.due_at <= bindparam("by"))
    .values(state=str(StepState.LEASED), attempts=steps.c.attempts + 1)
    .returning(*steps.c)
)
_FREE_AT = _FREE.where(steps.c.seq == bindparam("place"))
_FREE_STEP = _FREE.where(steps.c.id == bindparam("step"))
_BY_ID = select(steps).where(steps.c.id == bindparam("step"))
_OF_SUBJECT = select(steps).where(steps.c.kind == bindparam("which"), steps.c.subject == bindparam("what"))


def _step(row: Any) -> Step:
    state = StepState(row.state)
    return Step(
        id=row.id,
        kind=StepKind(row.kind),
        subject=row.subject,
        batch_id=row.batch_id,
        file_id=row.file_id,
        paper_id=row.paper_id,
        unit=row.unit,
        priority=_PRIORITIES[row.rank],
        state=state,
        attempts=row.attempts,
        lease=row.lease,
        lease_until=row.due_at if state is StepState.LEASED else None,
        not_before=row.not_before,
        error_code=row.error_code,
        error_params=row.error_params,
    )


def _token(worker: str) -> str:
    return f"{worker}/{uuid.uuid4().hex}"


class Steps:
    """Steps."""

    def __init__(self, work: Work, outbox: Outbox) -> None:
        self._work = work
        self._outbox = outbox

    def add(
        self,
        kind: StepKind,
        subject: str,
        *,
        batch: Batch | Step,
        file_id: str,
        paper_id: str = "",
        state: StepState = StepState.READY,
        lease: str = "",
        lease_seconds: int = 0,
        hint: bool = True,
    ) -> Step | None:
        """A new step in the batch (of another step) with a hint for workers; None if `subject` already has one of this kind.

        With `state` LEASED the caller goes on with it at once under the token `lease` (one is made if empty) and no hint is
        left; nor without `hint`, if somebody is about to look for work anyway.
        """
        now = self._work.now()
        leased = state is StepState.LEASED
        due_at = now + timedelta(seconds=lease_seconds) if leased else now if state is StepState.READY else None
        values = {
            "id": uuid.uuid4().hex,
            "kind": str(kind),
            "subject": subject,
            "batch_id": batch.batch_id if isinstance(batch, Step) else batch.id,
            "file_id": file_id,
            "paper_id": paper_id,
            "unit": batch.unit,
            "rank": RANKS[batch.priority],
            "state": str(state),
            "attempts": int(leased),
            "lease": (lease or _token("")) if leased else "",
            "not_before": now,
            "due_at": due_at,
            "error_code": "",
            "error_params": {},
            "changed_at": now,
        }
        if not self._work.insert_once(steps, values, ("kind", "subject")):
            return None
        if state is StepState.READY and hint:
            self._hint(batch.priority, batch.unit)
        return _step(SimpleNamespace(**values))

    def lease_next(self, worker: str, lease_seconds: int, *, kinds: frozenset[StepKind] | None = None) -> Step | None:
        """The best free step, now held by `worker`, or None.

        Free: ready and due, or held under a lease that ran out. Best: counter before bulk, then the unit with the fewest
        steps under way, then the one served longest ago, then the oldest. What another transaction is just taking is passed over.
        """
        found = fair.best(self._work, kinds)
        return self._take(_FREE_AT, {"place": found}, worker, lease_seconds) if found is not None else None

    def lease(self, step_id: str, worker: str, lease_seconds: int) -> Step | None:
        """This very step, now held by `worker`, or None if it is not free."""
        return self._take(_FREE_STEP, {"step": step_id}, worker, lease_seconds)

    def _take(self, statement: ReturningUpdate[Any], which: dict[str, Any], worker: str, lease_seconds: int) -> Step | None:
        now = self._work.now()
        values = {"lease": _token(worker), "due_at": now + timedelta(seconds=lease_seconds), "changed_at": now}
        row = self._work.connection.execute(statement, {**which, "by": now, **values}).one_or_none()
        return _step(row) if row is not None else None

    def extend(self, step_id: str, lease: str, lease_seconds: int) -> bool:
        """Hold on for `lease_seconds` from now; False if another worker took over or a person intervened."""
        due_at = self._work.now() + timedelta(seconds=lease_seconds)
        return bool(self._work.connection.execute(_HELD, {"step": step_id, "token": lease, "due_at": due_at}).rowcount)

    def done(self, step: Step) -> None:
        """The step's result is in this transaction; LeaseLost unless its token still holds."""
        self._release(step, StepState.DONE)

    def again(self, step: Step, error: CodedError, delay_seconds: float, *, counted: bool = True) -> None:
        """Back to ready after `delay_seconds`, the error remembered; LeaseLost unless its token still holds.

        With `counted` False this try does not count: the fault was not the paper's.
        """
        not_before = self._work.now() + timedelta(seconds=delay_seconds)
        self._release(step, StepState.READY, error, not_before)
        if not counted:
            fewer = steps.update().where(steps.c.id == step.id, steps.c.attempts > 0).values(attempts=steps.c.attempts - 1)
            self._work.connection.execute(fewer)
        if delay_seconds <= 0:
            self._hint(step.priority, step.unit)

    def failed(self, step: Step, error: CodedError) -> None:
        """Failed for good: a line of `attention`; LeaseLost unless its token still holds."""
        self._release(step, StepState.FAILED, error)

    def wait(self, step: Step) -> None:
        """A person must act first; LeaseLost unless its token still holds."""
        self._release(step, StepState.WAITING)

    def _release(self, step: Step, state: StepState, error: CodedError | None = None, not_before: datetime | None = None) -> None:
        values: dict[str, Any] = {
            "state": str(state),
            "lease": "",
            "due_at": not_before,
            "error_code": error.code if error else "",
            "error_params": error.params if error else {},
        }
        if not_before is not None:
            values["not_before"] = not_before
        values |= {"step": step.id, "token": step.lease}
        if self._work.asks_server:  # it tells its time in the same answer
            row = self._work.connection.execute(_HELD_TILL_NOW, values).one_or_none()
            if row is None:
                raise LeaseLost
            self._work.told(row.changed_at)
        elif not self._work.connection.execute(_HELD, values | {"changed_at": self._work.now()}).rowcount:
            raise LeaseLost

    def get(self, step_id: str) -> Step:
        """The step, or NotFound."""
        row = self._work.connection.execute(_BY_ID, {"step": step_id}).one_or_none()
        if row is None:
            raise NotFound(what="step", key=step_id)
        return _step(row)

    def of_paper(self, paper_id: str) -> tuple[Step, ...]:
        """Every step on a paper and on its pages, oldest first."""
        rows = self._work.connection.execute(select(steps).where(steps.c.paper_id == paper_id).order_by(steps.c.seq))
        return tuple(_step(row) for row in rows)

    def find(self, kind: StepKind, subject: str) -> Step | None:
        """The step of this kind on this subject, or None."""
        row = self._work.connection.execute(_OF_SUBJECT, {"which": str(kind), "what": subject}).one_or_none()
        return _step(row) if row is not None else None

    def retry(self, step_id: str) -> None:
        """A failed or waiting step is ready again, with all its tries; Conflict in any other state, or NotFound."""
        self._ready(step_id, {StepState.FAILED, StepState.WAITING})

    def revive(self, step_id: str) -> None:
        """A step that a person gave up is ready again, as `retry` does; Conflict in any other state, or NotFound."""
        self._ready(step_id, {StepState.GIVEN_UP})

    def redo(self, step_id: str) -> None:
        """A step that was done is ready again, with all its tries; Conflict in any other state, or NotFound."""
        self._ready(step_id, {StepState.DONE})

    def _ready(self, step_id: str, states: set[StepState]) -> None:
        now = self._work.now()
        self._move(step_id, states, StepState.READY, attempts=0, not_before=now, due_at=now)
        step = self.get(step_id)
        self._hint(step.priority, step.unit)

    def finish_waiting(self, step_id: str) -> None:
        """A person did what the step waited for; Conflict if it does not wait, or NotFound."""
        self._move(step_id, {StepState.WAITING}, StepState.DONE, due_at=None)

    def settle(self, step_id: str) -> None:
        """A person did what had failed; Conflict if it has not failed, or NotFound."""
        self._move(step_id, {StepState.FAILED}, StepState.DONE, due_at=None)

    def give_up(self, step_id: str) -> None:
        """Nobody works on it any more, and whoever holds it loses it; Conflict if it is done, or NotFound."""
        self._move(step_id, set(StepState) - {StepState.DONE}, StepState.GIVEN_UP, due_at=None, lease="")

    def drop(self, kinds: frozenset[StepKind], subject: str) -> None:
        """Forget the steps of these kinds on this subject, to be added anew; whoever holds one loses it."""
        which = (steps.c.subject == subject) & steps.c.kind.in_(sorted(map(str, kinds)))
        self._work.connection.execute(steps.delete().where(which))

    def _move(self, step_id: str, states: set[StepState], to: StepState, **values: Any) -> None:
        statement = (
            steps.update()
            .where(steps.c.id == step_id, steps.c.state.in_([str(state) for state in sorted(states)]))
            .values(state=str(to), changed_at=self._work.now(), **values)
        )
        if not self._work.connection.execute(statement).rowcount:
            self.get(step_id)
            raise Conflict

    def attention(self, batch_id: str = "", limit: int = 200, offset: int = 0, *, unit: str = "") -> tuple[Attention, ...]:
        """What failed for good and waits for a person, oldest first; of one batch or unit if named."""
        statement = (
            select(steps, files.c.name.label("file_name"))
            .outerjoin(files, files.c.id == steps.c.file_id)
            .where(steps.c.state == str(StepState.FAILED))
            .order_by(steps.c.changed_at, steps.c.seq)
            .limit(limit)
            .offset(offset)
        )
        if batch_id:
            statement = statement.where(steps.c.batch_id == batch_id)
        if unit:
            statement = statement.where(within(steps.c.unit, unit))
        return tuple(
            Attention(
                step_id=row.id,
                kind=StepKind(row.kind),
                batch_id=row.batch_id,
                file_id=row.file_id,
                file_name=row.file_name or "",
                paper_id=row.paper_id,
                error_code=row.error_code,
                error_params=row.error_params,
                since=row.changed_at,
            )
            for row in self._work.connection.execute(statement)
        )

    def overdue(self, older_than_seconds: float, limit: int = 500) -> tuple[Step, ...]:
        """Free steps nobody took for so long, longest first: the sweeper drives them again."""
        before = self._work.now() - timedelta(seconds=older_than_seconds)
        statement = select(steps).where(steps.c.due_at <= before).order_by(steps.c.due_at, steps.c.seq).limit(limit)
        return tuple(_step(row) for row in self._work.connection.execute(statement))

    def tally(self, kind: StepKind) -> dict[StepState, int]:
        """How many steps of one kind are in each state."""
        statement = select(steps.c.state, func.count()).where(steps.c.kind == str(kind)).group_by(steps.c.state)
        return {StepState(row[0]): row[1] for row in self._work.connection.execute(statement)}

    def backlog(self) -> dict[str, int]:
        """Ready steps of each unit that has any."""
        statement = select(steps.c.unit, func.count()).where(steps.c.state == str(StepState.READY)).group_by(steps.c.unit)
        return {row[0]: row[1] for row in self._work.connection.execute(statement)}

    def _hint(self, priority: Priority, unit: str) -> None:
        self._outbox.hint({"priority": str(priority), "unit": unit})
