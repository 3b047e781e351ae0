"""The work queue's truth: leases, fencing, fairness, failures that wait for a person."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from storage.errors import Conflict, LeaseLost, NotFound, ObjectCorrupt
from storage.model import Batch, FileRow, Priority, Step, StepKind, StepState
from storage.records.database import Database
from storage.records.unit_of_work import UnitOfWork
from tests.contract import facts
from tests.contract.conftest import HandClock


def _work(work: UnitOfWork, /, count: int = 1, **changes: Any) -> tuple[Batch, FileRow, list[Step]]:
    batch = facts.batch(**changes)
    file = facts.file_of(batch)
    work.batches.add(batch)
    work.files.add(file)
    return batch, file, [_add(work, batch, file) for _ in range(count)]


def _add(unit: UnitOfWork, batch: Batch, file: FileRow, kind: StepKind = StepKind.READ) -> Step:
    step = unit.steps.add(kind, facts.new_id(), batch=batch, file_id=file.id)
    assert step is not None
    return step


def _lease(unit: UnitOfWork, seconds: int = 60) -> Step:
    step = unit.steps.lease_next("worker", seconds)
    assert step is not None
    return step


def test_a_step_is_added_once_with_one_hint(database: Database, clock: HandClock) -> None:
    with database.transaction() as unit:
        batch, file, _ = _work(unit, 0)
        step = unit.steps.add(StepKind.SEAL, "paper-1", batch=batch, file_id=file.id, paper_id="paper-1")
        assert step is not None
        assert unit.steps.add(StepKind.SEAL, "paper-1", batch=batch, file_id=file.id) is None
        assert unit.steps.add(StepKind.CLASSIFY, "paper-1", batch=batch, file_id=file.id, state=StepState.WAITING) is not None
        assert (step.state, step.attempts, step.lease, step.not_before) == (StepState.READY, 0, "", clock.now)
        assert (step.unit, step.priority, step.lease_until) == (batch.unit, batch.priority, None)
        assert unit.steps.find(StepKind.SEAL, "paper-1") == step == unit.steps.get(step.id)
        assert unit.steps.find(StepKind.INDEX, "paper-1") is None
        assert unit.steps.backlog() == {batch.unit: 1}
        assert not list(database.hints()), "nothing is said before the commit"
    assert list(database.hints()) == [{"priority": "counter", "unit": batch.unit}]
    assert not list(database.hints())


def test_what_is_rolled_back_leaves_no_hint(database: Database) -> None:
    with pytest.raises(ZeroDivisionError), database.transaction() as unit:  # noqa: PT012 - fails after work
        _work(unit)
        raise ZeroDivisionError
    assert not list(database.hints())


def test_a_step_added_leased_is_gone_on_with_and_gives_no_hint(database: Database, clock: HandClock) -> None:
    with database.transaction() as unit:
        batch, file, _ = _work(unit, 0)
        step = unit.steps.add(
            StepKind.SEAL, "p", batch=batch, file_id=file.id, state=StepState.LEASED, lease="mine", lease_seconds=30
        )
        assert step is not None
        assert (step.attempts, step.lease, step.lease_until) == (1, "mine", clock.now + timedelta(seconds=30))
        assert not unit.outbox.hints
        assert unit.steps.lease_next("other", 60) is None
        unit.steps.done(step)
        assert unit.steps.get(step.id).state is StepState.DONE


def test_a_lease_runs_out_and_its_old_holder_can_write_nothing(database: Database, clock: HandClock) -> None:
    with database.transaction() as unit:
        _work(unit)
        old = _lease(unit)
        assert (old.state, old.attempts, old.lease_until) == (StepState.LEASED, 1, clock.now + timedelta(seconds=60))
        assert unit.steps.lease_next("other", 60) is None
        assert unit.steps.lease(old.id, "other", 60) is None
        assert unit.steps.extend(old.id, old.lease, 90)
    clock.forward(89)
    with database.transaction() as unit:
        assert unit.steps.lease_next("other", 60) is None
    clock.forward(1)
    with database.transaction() as unit:
        new = _lease(unit)
        assert new.id == old.id
        assert new.attempts == 2
        assert new.lease != old.lease
        assert not unit.steps.extend(old.id, old.lease, 60)
        error = ObjectCorrupt(sha256="x")
        for write in (
            unit.steps.done,
            unit.steps.wait,
            lambda s: unit.steps.failed(s, error),
            lambda s: unit.steps.again(s, error, 0),
        ):
            with pytest.raises(LeaseLost):
                write(old)
        unit.steps.done(new)
        with pytest.raises(LeaseLost):
            unit.steps.done(new)


def test_a_late_worker_may_still_finish_while_nobody_took_over(database: Database, clock: HandClock) -> None:
    with database.transaction() as unit:
        _work(unit)
        step = _lease(unit)
    clock.forward(3600)
    with database.transaction() as unit:
        unit.steps.done(step)
        assert unit.steps.lease_next("other", 60) is None


def test_a_transaction_that_fails_gives_the_lease_back(database: Database) -> None:
    with database.transaction() as unit:
        _, _, (step,) = _work(unit)
    with pytest.raises(ZeroDivisionError), database.transaction() as unit:  # noqa: PT012 - fails after work
        _lease(unit)
        raise ZeroDivisionError
    with database.transaction() as unit:
        assert unit.steps.get(step.id).attempts == 0
        assert _lease(unit).id == step.id


def test_a_failed_try_comes_back_later_with_its_error(database: Database, clock: HandClock) -> None:
    with database.transaction() as unit:
        _work(unit)
        unit.steps.again(_lease(unit), ObjectCorrupt(sha256="abc"), 30)
        assert unit.steps.lease_next("worker", 60) is None
        assert len(unit.outbox.hints) == 1, "no hint for what is not due"
    clock.forward(30)
    with database.transaction() as unit:
        step = _lease(unit)
        assert (step.attempts, step.error_code, step.error_params) == (2, "storage.object_corrupt", {"sha256": "abc"})
        unit.steps.done(step)
        assert unit.steps.get(step.id).error_code == ""


def test_counter_work_goes_before_bulk_work(database: Database, clock: HandClock) -> None:
    with database.transaction() as unit:
        _, _, bulk = _work(unit, 2, priority=Priority.BULK)
    clock.forward(1)
    with database.transaction() as unit:
        _, _, counter = _work(unit, 2)
        taken = [_lease(unit).id for _ in range(4)]
    assert taken == [step.id for step in counter + bulk]


def test_the_unit_with_the_least_under_way_is_next_and_in_a_unit_the_oldest(database: Database, clock: HandClock) -> None:
    with database.transaction() as unit:
        _, _, big = _work(unit, 5, unit="H56.01")
    clock.forward(1)
    with database.transaction() as unit:
        _, _, small = _work(unit, 2, unit="H56.02")
        taken = [_lease(unit) for _ in range(5)]
        assert [step.id for step in taken] == [big[0].id, small[0].id, big[1].id, small[1].id, big[2].id]
        unit.steps.done(taken[0])
        unit.steps.done(taken[2])
        unit.steps.done(taken[4])
        batch = facts.batch(unit="H56.02")
        file = facts.file_of(batch)
        unit.batches.add(batch)
        unit.files.add(file)
        _add(unit, batch, file)
        assert _lease(unit).id == big[3].id, "the other unit holds two, this one none"


def test_expired_leases_do_not_count_as_under_way(database: Database, clock: HandClock) -> None:
    with database.transaction() as unit:
        _, _, first = _work(unit, 2, unit="A")
        _lease(unit, seconds=10)
    clock.forward(10)
    with database.transaction() as unit:
        _, _, second = _work(unit, 2, unit="B")
        unit.steps.done(_lease(unit))
    clock.forward(1)
    with database.transaction() as unit:
        assert _lease(unit).id == first[1].id, "served longest ago, and nothing of it under way"
        assert _lease(unit).id == second[1].id
        assert _lease(unit).id == first[0].id


def test_a_worker_may_ask_for_some_kinds_only(database: Database) -> None:
    with database.transaction() as unit:
        batch, file, _ = _work(unit, 3)
        seal = _add(unit, batch, file, StepKind.SEAL)
        found = unit.steps.lease_next("w", 60, kinds=frozenset({StepKind.SEAL, StepKind.INDEX}))
        assert found is not None
        assert found.id == seal.id
        assert unit.steps.lease_next("w", 60, kinds=frozenset({StepKind.SEAL})) is None


def test_what_failed_for_good_waits_for_a_person(database: Database, clock: HandClock) -> None:
    with database.transaction() as unit:
        batch, file, _ = _work(unit, 2)
        step, other = _lease(unit), _lease(unit)
        unit.steps.failed(step, ObjectCorrupt(sha256="abc"))
        clock_at_failure = clock.now
        (line,) = unit.steps.attention()
        assert (line.step_id, line.file_name, line.batch_id) == (step.id, file.name, batch.id)
        assert (line.error_code, line.error_params, line.since) == ("storage.object_corrupt", {"sha256": "abc"}, clock_at_failure)
        assert unit.steps.attention(batch.id) == (line,)
        assert unit.steps.attention("other") == ()
        assert unit.steps.attention(offset=1) == ()
        hints = len(unit.outbox.hints)
        unit.steps.retry(step.id)
        assert len(unit.outbox.hints) == hints + 1
        assert (unit.steps.get(step.id).state, unit.steps.get(step.id).attempts) == (StepState.READY, 0)
        with pytest.raises(Conflict):
            unit.steps.retry(other.id)
        with pytest.raises(NotFound):
            unit.steps.retry("nothing")
        again = _lease(unit)
        unit.steps.failed(again, ObjectCorrupt(sha256="abc"))
        unit.steps.give_up(step.id)
        assert unit.steps.attention() == ()
        assert unit.steps.lease_next("w", 60) is None


def test_a_step_waits_for_a_person_and_is_finished_by_one(database: Database) -> None:
    with database.transaction() as unit:
        _work(unit, 2)
        step, other = _lease(unit), _lease(unit)
        unit.steps.wait(step)
        assert unit.steps.get(step.id).state is StepState.WAITING
        unit.steps.finish_waiting(step.id)
        assert unit.steps.get(step.id).state is StepState.DONE
        with pytest.raises(Conflict):
            unit.steps.finish_waiting(step.id)
        with pytest.raises(Conflict):
            unit.steps.give_up(step.id)
        unit.steps.give_up(other.id)
        with pytest.raises(LeaseLost):
            unit.steps.done(other)


def test_the_sweeper_sees_what_nobody_took(database: Database, clock: HandClock) -> None:
    with database.transaction() as unit:
        _, _, (first, second, third) = _work(unit, 3)
        held, finished = _lease(unit, seconds=10), _lease(unit)
        unit.steps.done(finished)
        assert (held.id, finished.id) == (first.id, second.id)
    clock.forward(20)
    with database.read() as unit:
        assert [step.id for step in unit.steps.overdue(20)] == [third.id]
        assert [step.id for step in unit.steps.overdue(5)] == [third.id, first.id]
        assert [step.id for step in unit.steps.overdue(5, limit=1)] == [third.id]
        assert unit.steps.overdue(21) == ()
