"""What one unit or person sent within a day is counted, and so is what waits before a new file."""

from __future__ import annotations

from datetime import timedelta

from storage.model import FileState, Priority, StepKind
from storage.records.database import Database
from tests.contract import facts
from tests.contract.conftest import HandClock


def test_what_came_within_a_day_is_counted_by_unit_and_by_person(database: Database, clock: HandClock) -> None:
    mine = facts.batch(unit="H56.12", actor="an")
    with database.transaction() as unit:
        for batch in (mine, facts.batch(unit="H56.13", actor="an"), facts.batch(unit="H56.12", actor="bình")):
            unit.batches.add(batch)
            unit.files.add(facts.file_of(batch, content="12345", created_at=clock.now))
        unit.files.add(facts.file_of(mine, name="old", content="old", created_at=clock.now - timedelta(hours=25)))
        unit.files.add(facts.file_of(mine, name="out of a ZIP", content="7", parent_id="zip", created_at=clock.now))
        since = clock.now - timedelta(hours=24)
        assert unit.files.received_since(since, unit="H56.12") == (2, 10)
        assert unit.files.received_since(since, actor="an") == (2, 10)
        assert unit.files.received_since(since, actor="bình") == (1, 5)
        assert unit.files.received_since(since) == (3, 15)
        assert unit.files.received_since(since, unit="H56") == (0, 0)


def test_refused_files_are_found_by_unit_until_somebody_acts(database: Database) -> None:
    mine, other = facts.batch(unit="H56.12"), facts.batch(unit="H56.13")
    with database.transaction() as unit:
        for batch in (mine, other):
            unit.batches.add(batch)
            for name in ("good", "first", "second"):
                row = facts.file_of(batch, name=name, content=name)
                unit.files.add(row)
                if name != "good":
                    unit.files.refused(row.id, "ingest.type_unknown", {})
        assert [row.name for row in unit.files.refused_within("H56.12", 10)] == ["second", "first"]
        assert len(unit.files.refused_within("", 10)) == 4
        newest = unit.files.refused_within("H56.12", 1)
        unit.files.settle_refused(newest[0].id, FileState.GIVEN_UP)
        assert [row.name for row in unit.files.refused_within("H56.12", 10)] == ["first"]


def test_bulk_that_waits_is_behind_counter_work_and_one_unit_s_before_nobody_else(database: Database) -> None:
    with database.transaction() as unit:
        for code, priority, count in (("A", Priority.BULK, 5), ("B", Priority.COUNTER, 2)):
            batch = facts.batch(unit=code, priority=priority)
            file = facts.file_of(batch)
            unit.batches.add(batch)
            unit.files.add(file)
            for _ in range(count):
                unit.steps.add(StepKind.READ, facts.new_id(), batch=batch, file_id=file.id)
        waits = unit.watching.waits_behind
        assert waits(Priority.BULK, 7)
        assert not waits(Priority.BULK, 8)
        assert waits(Priority.COUNTER, 2)
        assert not waits(Priority.COUNTER, 3)
        assert waits(Priority.BULK, 5, unit="A")
        assert not waits(Priority.BULK, 3, unit="B")
        assert unit.steps.lease_next("worker", 60) is not None
        assert not waits(Priority.COUNTER, 2), "what somebody works on waits no more"
