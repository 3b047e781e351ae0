"""Recurring jobs: due at their time in Vietnam, run by one process, tried again after a failure, taken over from the dead."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest

from api.jobs import jobs
from api.keeping.errors import JobBusy, JobUnexpected, UnknownJob
from api.settings import Settings
from api.wiring import Sohoa
from api.worker.schedule import Job, Scheduler
from signing.errors import TimestampPending
from storage.records import tables
from tests.world.product import sohoa_in


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sohoa]:
    with sohoa_in(tmp_path_factory.mktemp("schedule") / "data") as one:
        yield one


@pytest.fixture
def sohoa(product: Sohoa) -> Sohoa:
    with product.database.transaction() as uow:
        uow.work.connection.execute(tables.jobs.delete())
    return product


class Counted:
    """A job that notes its runs and fails when told."""

    def __init__(self) -> None:
        self.runs = 0
        self.error: Exception | None = None

    def __call__(self, sohoa: Sohoa) -> Mapping[str, object]:
        del sohoa
        self.runs += 1
        if self.error is not None:
            raise self.error
        return {"runs": self.runs}


def row_of(sohoa: Sohoa, name: str = "tidy") -> object:
    with sohoa.database.read() as uow:
        return next(row for row in uow.jobs.all() if row.name == name)


def past(sohoa: Sohoa, **values: object) -> None:
    with sohoa.database.transaction() as uow:
        uow.work.connection.execute(tables.jobs.update().values(**values))


def hourly(run: Counted) -> Job:
    return Job("tidy", "Dọn", "Tidy", run, every=timedelta(hours=1))


@pytest.mark.parametrize(
    ("now", "due"),
    [
        ("2026-11-23T15:59:00+00:00", "2026-11-23T16:00:00+00:00"),
        ("2026-11-23T16:00:00+00:00", "2026-11-24T16:00:00+00:00"),
        ("2026-12-31T17:30:00+00:00", "2027-01-01T16:00:00+00:00"),
    ],
)
def test_a_daily_job_is_due_at_its_time_in_vietnam(now: str, due: str) -> None:
    job = Job("anchor", "Neo", "Anchor", Counted(), at=time(23, 0))
    assert job.following(datetime.fromisoformat(now)) == datetime.fromisoformat(due)


def test_a_job_runs_when_due_and_only_then(sohoa: Sohoa) -> None:
    run = Counted()
    scheduler = Scheduler(sohoa, (hourly(run),))
    assert scheduler.look() == 1
    assert scheduler.look() == 0
    row = row_of(sohoa)
    assert (row.report, row.failures, row.lease) == ({"runs": 1}, 0, "")  # type: ignore[attr-defined]
    past(sohoa, due_at=datetime.now(UTC))
    assert Scheduler(sohoa, (hourly(run),)).look() == 1
    assert run.runs == 2


def test_a_daily_job_waits_for_its_first_day(sohoa: Sohoa) -> None:
    run = Counted()
    Scheduler(sohoa, (Job("tidy", "Dọn", "Tidy", run, at=time(1, 0)),)).look()
    assert run.runs == 0
    assert row_of(sohoa).due_at > datetime.now(UTC)  # type: ignore[attr-defined]


def test_a_failure_is_told_and_tried_again_ever_later(sohoa: Sohoa) -> None:
    run = Counted()
    run.error = TimestampPending(tried="1/1", why="tsa.example: timeout")
    scheduler = Scheduler(sohoa, (hourly(run),))
    pauses = []
    for _ in range(3):
        past(sohoa, due_at=datetime.now(UTC))
        scheduler.look()
        row = row_of(sohoa)
        pauses.append(round((row.due_at - row.finished_at).total_seconds()))  # type: ignore[attr-defined]
    assert pauses == [60, 120, 240]
    assert (row.failures, row.error_code) == (3, "signing.timestamp_pending")  # type: ignore[attr-defined]
    run.error = ZeroDivisionError()
    with pytest.raises(JobUnexpected):
        scheduler.run_now("tidy")
    run.error = None
    assert scheduler.run_now("tidy") == {"runs": 5}
    assert row_of(sohoa).failures == 0  # type: ignore[attr-defined]


def test_two_processes_never_run_the_same_job(sohoa: Sohoa) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def slow(_: Sohoa) -> Mapping[str, object]:
        begun.set()
        go_on.wait(20)
        return {}

    job = Job("tidy", "Dọn", "Tidy", slow)
    first = threading.Thread(target=Scheduler(sohoa, (job,)).look)
    first.start()
    assert begun.wait(20)
    other = Scheduler(sohoa, (job,))
    assert other.look() == 0
    with pytest.raises(JobBusy):
        other.run_now("tidy")
    go_on.set()
    first.join(20)
    assert row_of(sohoa).runs == 1  # type: ignore[attr-defined]


def test_the_job_of_a_dead_process_is_taken_over(sohoa: Sohoa) -> None:
    run = Counted()
    scheduler = Scheduler(sohoa, (hourly(run),))
    scheduler.look()
    past(sohoa, lease="dead/1", lease_until=datetime.now(UTC) - timedelta(seconds=1), due_at=datetime.now(UTC))
    assert scheduler.look() == 1


def test_the_jobs_of_the_product_all_run(sohoa: Sohoa) -> None:
    known = jobs(sohoa.settings)
    assert [job.name for job in known] == [
        *("revocation", "signing", "accounts", "fixity", "replica", "disposal", "reconcile", "renewal", "search", "disk"),
        *("anchor", "samples"),
    ]
    scheduler = Scheduler(sohoa, known)
    for job in known:
        assert isinstance(dict(scheduler.run_now(job.name)), dict)
    with pytest.raises(UnknownJob):
        scheduler.run_now("nothing")


def test_times_are_settings(tmp_path: Path) -> None:
    made = Settings(data_dir=tmp_path, keep={"anchor_at": "06:30", "refresh_minutes": 5})
    known = {job.name: job for job in jobs(made)}
    assert known["anchor"].at == time(6, 30)
    assert known["revocation"].every == timedelta(minutes=5)
