"""Leases, worklist and rounds of review on SQLite and PostgreSQL."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from ocr.model import Box, Decision, DecisionKind, Evidence
from storage.model import Paper, PaperState, Priority
from storage.records.database import Database
from storage.review import CheckedValue, ErrorStep, Round, RoundState, WorklistQuery
from tests.contract.conftest import HandClock
from tests.contract.facts import WHEN, batch, put_paper

HOUR_S = 3600


def waiting(database: Database, *, bulk: bool = False, **changes: object) -> Paper:
    with database.transaction() as uow:
        made = batch(priority=Priority.BULK if bulk else Priority.COUNTER)
        uow.batches.add(made)
        _, _, paper, _ = put_paper(uow, made)
        return uow.papers.update(paper.id, state=PaperState.REVIEW, **changes)


def ids(database: Database, who: str = "lan", **query: object) -> list[str]:
    with database.read() as uow:
        return [line.paper.id for line in uow.worklist.find(WorklistQuery(**query), who)]  # type: ignore[arg-type]


def test_a_lease_keeps_others_out_until_it_ends(database: Database, clock: HandClock) -> None:
    paper = waiting(database)
    with database.transaction() as uow:
        first = uow.review_leases.take(paper.id, "lan", 60)
        assert first is not None
        assert uow.review_leases.take(paper.id, "minh", 60) is None
        again = uow.review_leases.take(paper.id, "lan", 60)
        assert again is not None
        assert again.token != first.token
        assert not uow.review_leases.release(paper.id, first.token), "an old page gives nothing up"
    clock.forward(50)
    with database.transaction() as uow:
        assert uow.review_leases.renew(paper.id, "minh", 60) is None
        assert uow.review_leases.renew(paper.id, "lan", 60) is not None
    clock.forward(59)
    with database.transaction() as uow:
        assert uow.review_leases.live([paper.id])[paper.id].holder == "lan"
        assert uow.review_leases.take(paper.id, "minh", 60) is None
    clock.forward(2)
    with database.transaction() as uow:
        assert uow.review_leases.live([paper.id]) == {}
        taken = uow.review_leases.take(paper.id, "minh", 60)
        assert taken is not None
        assert uow.review_leases.renew(paper.id, "lan", 60) is None
        over = uow.review_leases.take(paper.id, "lan", 60, over=True)
        assert over is not None
        assert uow.review_leases.release(paper.id, over.token)
        assert uow.review_leases.live([paper.id]) == {}


def test_of_many_at_once_one_gets_the_lease(timed_database: Database) -> None:
    paper = waiting(timed_database)

    def take(who: int) -> bool:
        with timed_database.transaction() as uow:
            return uow.review_leases.take(paper.id, f"clerk-{who}", HOUR_S) is not None

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(take, range(8))) == 1


def test_counter_work_first_then_the_oldest_and_filters_narrow(database: Database) -> None:
    bulk = waiting(database, bulk=True, paper_type="contract", dossier="H56.1-260301-0001")
    old = waiting(database, paper_type="generic", reason_code="api.paper_blank")
    new = waiting(database, paper_type="generic")
    assert ids(database) == [old.id, new.id, bulk.id]
    assert ids(database, paper_type="contract") == [bulk.id]
    assert ids(database, dossier="260301-0001", paper_type="contract") == [bulk.id]
    assert ids(database, dossier="%") == []
    assert ids(database, reason="api.paper_blank") == [old.id]
    assert ids(database, reason="-") == [new.id, bulk.id]
    assert ids(database, unit="H99") == []
    with database.read() as uow:
        assert uow.worklist.count(WorklistQuery(unit="H56.12")) == 3
        assert uow.worklist.choices("H56.12")["reason"] == ("", "api.paper_blank")


def test_what_somebody_holds_is_shown_and_not_offered(database: Database) -> None:
    one, two = waiting(database), waiting(database)
    with database.transaction() as uow:
        uow.review_leases.take(one.id, "minh", 60)
    with database.read() as uow:
        first, second = uow.worklist.find(WorklistQuery(), "lan")
        assert first.lease is not None
        assert (first.lease.holder, second.lease) == ("minh", None)
        assert uow.worklist.free(WorklistQuery(), "lan") == (two.id,)
        assert uow.worklist.free(WorklistQuery(), "lan", keep=one.id) == (one.id, two.id)
        assert uow.worklist.free(WorklistQuery(), "minh") == (one.id, two.id)


def test_a_second_look_is_not_for_whoever_decided_first(database: Database) -> None:
    paper = waiting(database)
    with database.transaction() as uow:
        uow.fields.decide(paper.id, (Decision("title", "x", DecisionKind.ACCEPTED, "lan", WHEN),))
        uow.review_rounds.put(Round(paper.id, paper.batch_id, 2, RoundState.OPEN))
    with database.read() as uow:
        assert uow.worklist.free(WorklistQuery(), "lan") == ()
        assert uow.worklist.free(WorklistQuery(round=2), "minh") == (paper.id,)
        assert [line.mine_first for line in uow.worklist.find(WorklistQuery(), "lan")] == [True]
    with database.transaction() as uow:
        uow.review_rounds.put(Round(paper.id, paper.batch_id, 1, RoundState.HELD))
    assert ids(database) == []


def test_changing_the_type_makes_earlier_decisions_history(database: Database) -> None:
    paper = waiting(database)
    place = (Evidence(1, Box(1, 2, 3, 4)),)
    with database.transaction() as uow:
        uow.fields.decide(paper.id, (Decision("title", "x", DecisionKind.CORRECTED, "lan", WHEN, evidence=place),))
        assert uow.fields.current(paper.id)["title"].evidence == place
        uow.fields.decide(paper.id, (Decision("", "contract", DecisionKind.RETYPED, "lan", WHEN),))
        assert uow.fields.current(paper.id) == {}
        uow.fields.decide(paper.id, (Decision("number", "1", DecisionKind.CORRECTED, "lan", WHEN),))
        assert set(uow.fields.current(paper.id)) == {"number"}
        assert [decision.field for decision in uow.fields.decisions(paper.id)] == ["title", "", "number"]


@pytest.mark.parametrize("unit", ["", "H56.12"])
def test_error_rates_by_person_step_and_field(database: Database, clock: HandClock, unit: str) -> None:
    paper = waiting(database)

    def check(field: str, who: str, *, differs: bool, step: ErrorStep = ErrorStep.PERSON) -> CheckedValue:
        return CheckedValue(
            paper.id, paper.batch_id, "H56.12", "generic", field, 1 if step is ErrorStep.ENGINE else 2, step, who, "minh",
            differs, differs, clock.now,
        )  # fmt: skip

    with database.transaction() as uow:
        uow.review_rounds.add_checks(
            (
                check("title", "lan", differs=True),
                check("number", "lan", differs=False),
                check("number", "hoa", differs=False),
                check("number", "engine", differs=True, step=ErrorStep.ENGINE),
            )
        )
        persons = uow.review_rounds.rates("person", reach=unit, step=ErrorStep.PERSON)
        assert [(rate.key, rate.checked, rate.errors, rate.percent) for rate in persons] == [("lan", 2, 1, 50), ("hoa", 1, 0, 0)]
        steps = uow.review_rounds.rates("step", reach=unit)
        assert [(rate.key, rate.errors) for rate in steps] == [("engine", 1), ("person", 1)]
        assert {rate.key: rate.checked for rate in uow.review_rounds.rates("field", reach=unit)} == {"number": 3, "title": 1}
        assert uow.review_rounds.rates("field", reach="H99") == ()
        assert uow.review_rounds.rates("field", until=clock.now) == ()
        assert (uow.review_rounds.batch_rate(paper.batch_id).checked, uow.review_rounds.batch_rate(paper.batch_id).errors) == (
            3,
            1,
        )
    clock.forward(1)
    with database.transaction() as uow:
        assert uow.review_rounds.stop(paper.batch_id, 3, 1).times == 1
    clock.forward(1)
    with database.transaction() as uow:
        assert uow.review_rounds.batch_rate(paper.batch_id).checked == 0, "figures start anew after a stop"
        uow.review_rounds.add_checks((check("title", "lan", differs=True),))
        assert uow.review_rounds.batch_rate(paper.batch_id).errors == 1
        assert uow.review_rounds.stop(paper.batch_id, 1, 1).times == 2
        assert [stop.times for stop in uow.review_rounds.stops(WHEN, clock.now.replace(year=2027), reach="H56.12 H1")] == [2]
