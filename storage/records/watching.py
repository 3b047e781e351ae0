"""What a deployment is watched by: heartbeats, the queue in one aggregate, free space over time."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Integer, bindparam, case, func, select

from storage.model import Priority, StepKind, StepState
from storage.records.batches import RANKS
from storage.records.tables import anchors, outbox, steps
from storage.records.watch_tables import disk_samples, workers
from storage.records.work import Work
from storage.watching import DiskSample, Failed, Waiting, WorkerRow

FORGOTTEN = timedelta(days=1)
"""A worker that was silent so long is gone."""
KEPT_SAMPLES = timedelta(days=30)
_TOLD = (str(StepState.FAILED), str(StepState.READY))
_OPEN = tuple(str(one) for one in (StepState.READY, StepState.LEASED, StepState.WAITING, StepState.FAILED))
_READY = select(steps.c.seq).where(
    steps.c.due_at.is_not(None), steps.c.state == str(StepState.READY), steps.c.rank <= bindparam("before")
)
_MOST = bindparam("most", type_=Integer)
_AHEAD = select(func.count()).select_from(_READY.limit(_MOST).subquery())
_UNIT_AHEAD = select(func.count()).select_from(_READY.where(steps.c.unit == bindparam("whose")).limit(_MOST).subquery())


class Watching:
    """Figures for whoever runs the place; nothing here tells of a person."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def beat(self, row: WorkerRow) -> None:
        """Write what a worker says of itself; rows of workers silent for a day are forgotten."""
        values: dict[str, Any] = {name: getattr(row, name) for name in WorkerRow.__slots__}
        values["written_at"] = self._work.now()
        if not self._work.insert_once(workers, values, ("name",)):
            self._work.connection.execute(workers.update().where(workers.c.name == row.name).values(**values))
        self._work.connection.execute(workers.delete().where(workers.c.written_at < self._work.now() - FORGOTTEN))

    def leave(self, name: str) -> None:
        """The worker ended in order."""
        self._work.connection.execute(workers.delete().where(workers.c.name == name))

    def workers(self) -> tuple[WorkerRow, ...]:
        """Every worker that has not ended in order, by name."""
        rows = self._work.connection.execute(select(workers).order_by(workers.c.name))
        return tuple(WorkerRow(**{name: getattr(row, name) for name in WorkerRow.__slots__}) for row in rows)

    def queue(self) -> tuple[Waiting, ...]:
        """All steps that are not done, by unit, kind, state and reason: one aggregate."""
        reason = case((steps.c.state.in_(_TOLD), steps.c.error_code), else_="").label("reason")
        ran_out = (steps.c.state == str(StepState.LEASED)) & (steps.c.due_at <= self._work.now())
        groups = select(
            steps.c.unit, steps.c.kind, steps.c.state, reason, steps.c.changed_at, case((ran_out, 1), else_=0).label("expired")
        ).where(steps.c.state.in_(_OPEN))
        inner = groups.subquery()
        by = (inner.c.unit, inner.c.kind, inner.c.state, inner.c.reason)
        statement = select(*by, func.count(), func.min(inner.c.changed_at), func.sum(inner.c.expired)).group_by(*by).order_by(*by)
        return tuple(
            Waiting(unit, StepKind(kind), StepState(state), code, int(count), since, int(expired))
            for unit, kind, state, code, count, since, expired in self._work.connection.execute(statement)
        )

    def waits_behind(self, priority: Priority, most: int, *, unit: str = "") -> bool:
        """Whether `most` steps or more of this priority, or one before it, are ready and not taken; of one unit if named."""
        values = {"before": RANKS[priority], "most": most} | ({"whose": unit} if unit else {})
        return int(self._work.connection.execute(_UNIT_AHEAD if unit else _AHEAD, values).scalar_one()) >= most

    def failed_since(self, moment: datetime) -> tuple[Failed, ...]:
        """What went to the attention list since then and is still there, by unit, step and reason, most first."""
        by = (steps.c.unit, steps.c.kind, steps.c.error_code)
        statement = select(*by, func.count().label("n")).where(
            steps.c.state == str(StepState.FAILED), steps.c.changed_at >= moment
        )
        rows = self._work.connection.execute(statement.group_by(*by).order_by(func.count().desc(), *by))
        return tuple(Failed(unit, StepKind(kind), code, int(count)) for unit, kind, code, count in rows)

    def outbox(self) -> tuple[int, datetime | None]:
        """How many hints were not sent yet, and since when the oldest waits."""
        count, oldest = self._work.connection.execute(select(func.count(), func.min(outbox.c.created_at))).one()
        return int(count), oldest

    def anchored_at(self) -> datetime | None:
        """When the ledger was anchored last."""
        moment: datetime | None = self._work.connection.execute(select(func.max(anchors.c.stamped_at))).scalar_one()
        return moment

    def sample_disk(self, host: str, free: int, total: int) -> None:
        """Remember the free bytes of a machine's data folder now; what is older than a month is forgotten."""
        now = self._work.now()
        self._work.insert_once(disk_samples, {"host": host, "at": now, "free": free, "total": total}, ("host", "at"))
        self._work.connection.execute(disk_samples.delete().where(disk_samples.c.at < now - KEPT_SAMPLES))

    def disk_before(self, host: str, earliest: datetime) -> DiskSample | None:
        """The first sample of a machine since `earliest`."""
        where = (disk_samples.c.host == host) & (disk_samples.c.at >= earliest)
        row = self._work.connection.execute(select(disk_samples).where(where).order_by(disk_samples.c.at).limit(1)).one_or_none()
        return None if row is None else DiskSample(row.at, row.free, row.total)
