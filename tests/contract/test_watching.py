"""What a deployment is watched by, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from storage.errors import Conflict
from storage.model import StepKind, StepState
from storage.records.database import Database
from storage.watching import DiskSample, WorkerRow, days_left
from tests.contract import facts
from tests.contract.conftest import HandClock

LEASE = 60


def test_the_queue_in_one_aggregate(database: Database, clock: HandClock) -> None:
    batch = facts.batch()
    with database.transaction() as uow:
        uow.batches.add(batch)
        for number in range(4):
            uow.files.add(file := facts.file_of(batch, name=f"{number}.pdf"))
            uow.steps.add(StepKind.IDENTIFY, file.id, batch=batch, file_id=file.id)
            uow.outbox.add("work", {"priority": "counter"})
    clock.forward(30)
    with database.transaction() as uow:
        broken = uow.steps.lease_next("w", LEASE)
        assert broken is not None
        uow.steps.failed(broken, Conflict())
        assert uow.steps.lease_next("w", LEASE) is not None
    clock.forward(LEASE + 1)
    with database.read() as uow:
        found = {(one.state, one.error_code): one for one in uow.watching.queue()}
        recent, earlier = uow.watching.failed_since(clock.now - timedelta(hours=1)), uow.watching.failed_since(clock.now)
        hints, since = uow.watching.outbox()
    ready = found[StepState.READY, ""]
    assert (ready.unit, ready.kind, ready.count, clock.now - ready.since) == (
        batch.unit, StepKind.IDENTIFY, 2, timedelta(seconds=91),
    )  # fmt: skip
    held = found[StepState.LEASED, ""]
    assert (held.count, held.expired) == (1, 1), "a lease that ran out is seen before anybody takes it over"
    assert found[StepState.FAILED, Conflict.code].count == 1
    assert [(one.error_code, one.count) for one in recent] == [(Conflict.code, 1)]
    assert not earlier
    assert hints == 4
    assert since == clock.now - timedelta(seconds=91)


def test_a_worker_is_fresh_goes_silent_leaves_and_is_forgotten(database: Database, clock: HandClock) -> None:
    row = WorkerRow("scan-1/7", "scan-1", 7, clock.now, 2, alive_at=clock.now, polled_at=clock.now)
    with database.transaction() as uow:
        uow.watching.beat(row)
        uow.watching.beat(replace(row, name="scan-2/8", host="scan-2", pid=8))
        uow.watching.leave("scan-2/8")
        assert uow.watching.workers() == (row,)
    assert row.fresh(clock.now, 45)
    clock.forward(46)
    assert not row.fresh(clock.now, 45)
    with database.transaction() as uow:
        uow.watching.beat(replace(row, took_at=clock.now, busy=1))
        assert uow.watching.workers()[0].alive_at == row.alive_at, "writing a row is no proof"
    clock.forward(90_000)
    with database.transaction() as uow:
        uow.watching.beat(replace(row, name="scan-3/9"))
        assert [one.name for one in uow.watching.workers()] == ["scan-3/9"]


def test_days_left_of_a_disk(database: Database, clock: HandClock) -> None:
    for free in (1000, 900, 800):
        with database.transaction() as uow:
            uow.watching.sample_disk("scan-1", free, 2000)
        clock.forward(86_400)
    with database.read() as uow:
        before = uow.watching.disk_before("scan-1", clock.now - timedelta(days=7))
        assert uow.watching.disk_before("scan-2", clock.now - timedelta(days=7)) is None
    assert before is not None
    assert days_left(before, DiskSample(clock.now, 700, 2000)) == 7
    assert days_left(before, DiskSample(clock.now, 1100, 2000)) is None
    assert days_left(before, DiskSample(before.at + timedelta(hours=1), 10, 2000)) is None
    assert days_left(None, DiskSample(datetime.now(UTC), 10, 2000)) is None
