"""The scheduler, simulated: the real database decides who is next, a hand-moved clock says how long a page takes.

Every worker takes the best step the moment it is free, as `api.pipeline.engine` does; nothing else of a worker is needed.
"""

from __future__ import annotations

import heapq
import uuid
from dataclasses import fields
from datetime import timedelta

import pytest

from storage.model import Batch, Priority, Step, StepKind, StepState
from storage.records.batches import RANKS
from storage.records.database import Database
from storage.records.tables import batches, lanes, steps
from tests.contract import facts
from tests.contract.conftest import HandClock

PAGE_S = 2.0
WORKERS = 8
PROVINCES, COMMUNES = 34, 3_321


def vars_of(batch: Batch) -> dict[str, object]:
    return {one.name: getattr(batch, one.name) for one in fields(batch)}


class Office:
    """Workers on one database, in simulated time."""

    def __init__(self, database: Database, clock: HandClock) -> None:
        self.database, self.clock = database, clock
        self.busy: list[tuple[float, int, Step]] = []
        self.now = 0.0
        self.taken: list[Step] = []
        self.done_at: dict[str, list[float]] = {}

    def send(self, unit: str, pages: int, priority: Priority) -> Batch:
        """A file whose pages wait to be read, from now on."""
        return self.send_all([unit], pages, priority)[0]

    def send_all(self, units: list[str], pages: int, priority: Priority) -> list[Batch]:
        """The same from each of many units; written in bulk, since how rows come in is not what is tried here."""
        made = [facts.batch(unit=unit, priority=priority) for unit in units]
        with self.database.transaction() as work:
            connection, now = work.steps._work.connection, self.clock.now
            work.batches.add(made[0])
            if made[1:]:
                rows = [{**vars_of(batch), "priority": str(priority)} for batch in made[1:]]
                connection.execute(batches.insert(), rows)
                connection.execute(lanes.insert(), [{"rank": RANKS[priority], "unit": batch.unit} for batch in made[1:]])
            same = {
                "rank": RANKS[priority],
                "file_id": "",
                "paper_id": "",
                "kind": str(StepKind.READ),
                "attempts": 0,
                "lease": "",
            }
            same |= {"state": str(StepState.READY), "error_code": "", "error_params": {}}
            same |= {"not_before": now, "due_at": now, "changed_at": now}
            wait = [
                {**same, "unit": batch.unit, "batch_id": batch.id, "id": uuid.uuid4().hex, "subject": uuid.uuid4().hex}
                for batch in made
                for _ in range(pages)
            ]
            connection.execute(steps.insert(), wait)
        return made

    def work(self, until: float) -> None:
        """Let time pass: whoever is free takes a step, whoever is done writes it down."""
        while True:
            while len(self.busy) < WORKERS and (step := self.take()) is not None:
                heapq.heappush(self.busy, (self.now + PAGE_S, len(self.taken), step))
            if not self.busy or self.busy[0][0] > until:
                self.pass_to(until)
                return
            end, _, step = heapq.heappop(self.busy)
            self.pass_to(end)
            with self.database.transaction() as work:
                work.steps.done(step)
            self.done_at.setdefault(step.batch_id, []).append(end)

    def take(self) -> Step | None:
        with self.database.transaction() as work:
            step = work.steps.lease_next("worker", 60)
        if step is not None:
            self.taken.append(step)
        return step

    def pass_to(self, moment: float) -> None:
        self.clock.now += timedelta(seconds=moment - self.now)
        self.now = moment


@pytest.mark.parametrize("priority", [Priority.COUNTER, Priority.BULK])
def test_five_thousand_pages_of_one_unit_do_not_hold_back_three_of_another(
    database: Database, clock: HandClock, priority: Priority
) -> None:
    office = Office(database, clock)
    office.send("H56.12", 5_000, Priority.BULK)
    office.work(until=20.5)
    assert len(office.taken) == 11 * WORKERS, "all workers on the only work there is"
    small = office.send("H56.13", 3, priority)
    office.work(until=30)
    waited = max(office.done_at[small.id]) - 20.5
    assert len(office.done_at[small.id]) == 3
    assert waited <= 2 * PAGE_S, "all three are taken as soon as pages in hand are done"
    assert office.taken[-1].unit == "H56.12", "and then the large batch goes on"


def test_as_many_large_batches_as_workers_still_let_a_small_one_through(database: Database, clock: HandClock) -> None:
    office = Office(database, clock)
    office.send_all([f"H{number}" for number in range(WORKERS + 4)], 200, Priority.BULK)
    office.work(until=20.5)
    small = office.send("H56.13", 3, Priority.BULK)
    office.work(until=40)
    waited = max(office.done_at[small.id]) - 20.5
    assert waited <= 3 * ((WORKERS + 5) / WORKERS + 1) * PAGE_S, "a turn for each of its pages"


def test_large_batches_of_two_units_share_the_workers_evenly(database: Database, clock: HandClock) -> None:
    office = Office(database, clock)
    office.send("H56.12", 600, Priority.BULK)
    office.work(until=5)
    office.send("H56.13", 300, Priority.BULK)
    before = len(office.taken)
    office.work(until=45)
    units = [step.unit for step in office.taken[before:]]
    assert abs(units.count("H56.12") - units.count("H56.13")) <= WORKERS


def test_a_nation_of_units_is_served_in_turn(database: Database, clock: HandClock) -> None:
    """Every province and commune has work; one province poured in 5,000 pages before all of them."""
    office = Office(database, clock)
    office.send("H01", 5_000, Priority.BULK)
    office.pass_to(1)
    communes = [f"H{province:02}.{commune}" for commune in range(98) for province in range(1, PROVINCES + 1)]
    office.send_all(communes[:COMMUNES], 3, Priority.BULK)
    office.work(until=1 + 12 * PAGE_S)
    units = [step.unit for step in office.taken]
    assert len(units) == 13 * WORKERS
    assert len([unit for unit in units if unit != "H01"]) == len({unit for unit in units if unit != "H01"}), "nobody twice"
    assert units.count("H01") <= 2, "the one that poured in waits for its turn, as everybody"
