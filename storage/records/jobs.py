"""Recurring jobs: when each is due, who runs it now, how it went. A lease in the row lets exactly one process run each."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import or_, select

from ingest.errors import CodedError
from storage.errors import LeaseLost
from storage.lasting import JobRow
from storage.records.tables import jobs
from storage.records.work import Work


def _job(row: Any) -> JobRow:
    return JobRow(**{name: getattr(row, name) for name in JobRow.__slots__})


class Jobs:
    """Jobs."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def ensure(self, name: str, due_at: datetime | None = None) -> None:
        """The row of a job, first due at `due_at` (at once if absent), if there is none."""
        values = {"name": name, "due_at": due_at or self._work.now(), "lease": "", "runs": 0, "failures": 0, "error_code": ""}
        self._work.insert_once(jobs, values | {"error_params": {}, "report": {}}, ("name",))

    def all(self) -> tuple[JobRow, ...]:
        """Every job that was ever scheduled, by name."""
        return tuple(_job(row) for row in self._work.connection.execute(select(jobs).order_by(jobs.c.name)))

    def lease(self, name: str, worker: str, seconds: int, *, now_due: bool = False) -> JobRow | None:
        """The job, now held by `worker`, if it is due (or `now_due` says so) and nobody holds it; else None."""
        now = self._work.now()
        free = or_(jobs.c.lease == "", jobs.c.lease_until <= now)
        statement = jobs.update().where(jobs.c.name == name, free)
        if not now_due:
            statement = statement.where(jobs.c.due_at <= now)
        values = {"lease": f"{worker}/{uuid.uuid4().hex}", "lease_until": now + timedelta(seconds=seconds), "started_at": now}
        row = self._work.connection.execute(statement.values(runs=jobs.c.runs + 1, **values).returning(*jobs.c)).one_or_none()
        return None if row is None else _job(row)

    def keep(self, job: JobRow, seconds: int) -> None:
        """Hold the job longer. Raises LeaseLost when another process has taken it over."""
        self._held(job, lease_until=self._work.now() + timedelta(seconds=seconds))

    def succeeded(self, job: JobRow, due_at: datetime, report: Mapping[str, object]) -> None:
        """The run ended well. Raises LeaseLost."""
        now = self._work.now()
        ended = {"lease": "", "lease_until": None, "finished_at": now, "succeeded_at": now, "due_at": due_at}
        self._held(job, failures=0, error_code="", error_params={}, report=dict(report), **ended)

    def failed(self, job: JobRow, due_at: datetime, error: CodedError) -> None:
        """The run failed; it is tried again at `due_at`. Raises LeaseLost."""
        ended = {"lease": "", "lease_until": None, "finished_at": self._work.now(), "due_at": due_at}
        self._held(job, failures=job.failures + 1, error_code=error.code, error_params=error.params, **ended)

    def _held(self, job: JobRow, **values: Any) -> None:
        statement = jobs.update().where(jobs.c.name == job.name, jobs.c.lease == job.lease).values(**values)
        if not self._work.connection.execute(statement).rowcount:
            raise LeaseLost
