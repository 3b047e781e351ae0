"""Recurring jobs: daily and hourly work that must be done by exactly one process, whoever lives.

The table `jobs` says when each is due and who holds it; a lease that is kept alive while the job runs lets another process
take over from a dead one. Daily jobs are due at a time of day in Vietnam. A job that fails is tried again with growing
pauses, and `sohoa jobs` and `sohoa doctor` say so.
"""

from __future__ import annotations

import logging
import os
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from api.keeping.errors import JobBusy, JobUnexpected, UnknownJob
from api.wiring import Sohoa
from ingest.errors import CodedError
from signing.report import VIETNAM
from storage.errors import LeaseLost
from storage.lasting import JobRow

log = logging.getLogger(__name__)

LEASE_SECONDS = 120
_LOOK_SECONDS = 30.0
_FIRST_PAUSE = timedelta(minutes=1)
_LONGEST_PAUSE = timedelta(hours=1)

Report = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Job:
    """One kind of recurring work. `run` may be killed anywhere and done again."""

    name: str
    vi: str
    en: str
    run: Callable[[Sohoa], Report]
    """Gives what the run says of itself (plain JSON); raises CodedError when it must be tried again soon."""
    at: time | None = None
    """Vietnamese time of day, for a daily job."""
    every: timedelta = timedelta(days=1)
    """Pause between runs, for a job without a time of day."""

    def following(self, now: datetime) -> datetime:
        """When it is due after a run at `now`."""
        if self.at is None:
            return now + self.every
        here = now.astimezone(VIETNAM)
        today = datetime.combine(here.date(), self.at, VIETNAM)
        return today if today > here else today + timedelta(days=1)


class Scheduler:
    """Looks every half minute for a job that is due. One thread in each worker process; looking twice is harmless."""

    def __init__(self, sohoa: Sohoa, jobs: tuple[Job, ...]) -> None:
        self._sohoa, self._jobs = sohoa, jobs
        self._name = f"{socket.gethostname()}/{os.getpid()}"
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="schedule", daemon=True)

    def start(self) -> None:
        """Look now, then every so often; nothing to do without jobs."""
        if self._jobs:
            self._thread.start()

    def stop(self) -> None:
        """Start no further job; the one that runs is finished, or taken over when this process ends."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(timeout=10)

    def look(self) -> int:
        """Run every job that is due and free; returns how many were run."""
        return sum(self._attempt(job) for job in self._jobs if not self._stop.is_set())

    def run_now(self, name: str) -> Report:
        """Run one job at once, due or not. Raises UnknownJob, JobBusy, and what the job raises."""
        job = next((one for one in self._jobs if one.name == name), None)
        if job is None:
            raise UnknownJob(name=name, known=", ".join(one.name for one in self._jobs))
        held = self._lease(job, now_due=True)
        if held is None:
            raise JobBusy(name=name)
        return self._perform(job, held)

    def _attempt(self, job: Job) -> bool:
        held = self._lease(job, now_due=False)
        if held is None:
            return False
        try:
            self._perform(job, held)
        except CodedError as error:
            log.warning("job %s failed, tried again later: %s", job.name, error.code)
        return True

    def _lease(self, job: Job, *, now_due: bool) -> JobRow | None:
        with self._sohoa.database.read() as uow:
            known = {row.name: row for row in uow.jobs.all()}.get(job.name)
            if known is not None and not now_due and known.due_at > uow.now():
                return None  # looked at without the write lock: most looks end here
        with self._sohoa.database.transaction() as uow:
            # A daily job waits for its time of day; if the machine is off then, it is due at the next start.
            uow.jobs.ensure(job.name, None if job.at is None else job.following(uow.now()))
            return uow.jobs.lease(job.name, self._name, LEASE_SECONDS, now_due=now_due)

    def _perform(self, job: Job, held: JobRow) -> Report:
        try:
            with self._kept(held):
                report = job.run(self._sohoa)
        except CodedError as error:
            self._failed(held, error)
            raise
        except Exception as error:
            log.exception("job %s failed unexpectedly", job.name)
            unexpected = JobUnexpected(name=job.name, kind=type(error).__name__)
            self._failed(held, unexpected)
            raise unexpected from error
        with self._sohoa.database.transaction() as uow:
            uow.jobs.succeeded(held, job.following(uow.now()), report)
        return report

    def _failed(self, held: JobRow, error: CodedError) -> None:
        pause = min(_LONGEST_PAUSE, _FIRST_PAUSE * 2 ** min(held.failures, 10))
        try:
            with self._sohoa.database.transaction() as uow:
                uow.jobs.failed(held, uow.now() + pause, error)
        except CodedError as second:  # the database is away, or the job was taken over
            log.warning("failure %s of job %s not written: %s", error.code, held.name, second.code)

    @contextmanager
    def _kept(self, held: JobRow) -> Iterator[None]:
        """Hold the lease while the block runs, however long it takes."""
        done = threading.Event()

        def keep() -> None:
            while not done.wait(LEASE_SECONDS / 4):
                try:
                    with self._sohoa.database.transaction() as uow:
                        uow.jobs.keep(held, LEASE_SECONDS)
                except LeaseLost:
                    return
                except CodedError as error:
                    log.warning("lease of job %s not prolonged: %s", held.name, error.code)

        keeper = threading.Thread(target=keep, name=f"job-{held.name}", daemon=True)
        keeper.start()
        try:
            yield
        finally:
            done.set()
            keeper.join(timeout=10)

    def _run(self) -> None:
        while True:
            try:
                self.look()
            except CodedError as error:
                log.warning("schedule not looked at: %s", error.code)
            if self._stop.wait(_LOOK_SECONDS):
                return
