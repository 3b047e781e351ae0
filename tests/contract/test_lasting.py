"""Seals, anchors and jobs: lines of renewals, what ends soon, one runner for each job; what was there before gets its rows."""

from __future__ import annotations

import json
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ingest.model import Sha256
from signing.errors import TimestampPending
from signing.model import Level, Role, SealKind
from storage import snapshot
from storage.errors import Conflict, LeaseLost, NotFound
from storage.lasting import AnchorRow, SealRow, SealState
from storage.records.database import Database
from storage.records.unit_of_work import UnitOfWork
from tests.contract import facts
from tests.contract.conftest import HandClock
from tests.contract.old_versions import fill

END = datetime(2030, 1, 1, tzinfo=UTC)


def _seal(unit: UnitOfWork, **changes: object) -> SealRow:
    _, _, paper, _ = facts.put_paper(unit)
    made = facts.new_id()
    row = SealRow(
        made, paper.id, SealKind.DIGITISED_COPY, facts.ref(f"sealed {made}"), "Cán bộ", "a" * 64, Role.PERSONAL, Level.B_LT,
        facts.WHEN, time_stamped=True, evidence_until=END, origin=made,
    )  # fmt: skip
    return replace(row, **changes)  # type: ignore[arg-type]


def _next(old: SealRow, **changes: object) -> SealRow:
    made = facts.new_id()
    fresh = replace(
        old, id=made, object=facts.ref(made), previous=old.id, level=Level.B_LTA, evidence_until=END.replace(year=2050)
    )
    return replace(fresh, **changes)  # type: ignore[arg-type]


def test_a_seal_is_written_once_and_found_by_its_bytes(database: Database) -> None:
    with database.transaction() as unit:
        seal = _seal(unit)
        assert unit.seals.add(seal)
        assert not unit.seals.add(replace(seal, id=facts.new_id()))
    with database.read() as unit:
        assert unit.seals.get(seal.id) == seal == unit.seals.of_object(seal.object.sha256)
        assert unit.seals.of_paper(seal.paper_id) == (seal,)
        assert unit.seals.newest(seal.object.sha256) == seal
        assert unit.seals.newest("0" * 64) is None
        with pytest.raises(NotFound):
            unit.seals.get("nothing")


def test_a_line_of_renewals_leads_to_the_newest(database: Database) -> None:
    with database.transaction() as unit:
        first = _seal(unit)
        unit.seals.add(first)
        second, third = _next(first), None
        unit.seals.supersede(first.id, second)
        third = _next(second)
        unit.seals.supersede(second.id, third)
    with database.read() as unit:
        assert [one.state for one in unit.seals.line(first.id)] == [SealState.SUPERSEDED, SealState.SUPERSEDED, SealState.CURRENT]
        for one in (first, second, third):
            assert unit.seals.newest(one.object.sha256) == third


def test_only_one_takes_the_place_of_a_seal(database: Database) -> None:
    with database.transaction() as unit:
        first = _seal(unit)
        unit.seals.add(first)
        unit.seals.supersede(first.id, _next(first))
    with pytest.raises(Conflict), database.transaction() as unit:
        unit.seals.supersede(first.id, _next(first))
    with pytest.raises(Conflict), database.transaction() as unit:  # noqa: PT012 - fails after work
        stranger = _seal(unit)
        unit.seals.add(stranger)
        unit.seals.supersede(stranger.id, _next(first))


def test_what_ends_soon_or_was_never_looked_at(database: Database) -> None:
    with database.transaction() as unit:
        rows = [_seal(unit, evidence_until=end) for end in (END, END.replace(year=2040), None)]
        for row in rows:
            unit.seals.add(row)
    soon = END + timedelta(seconds=1)
    with database.transaction() as unit:
        assert {one.id for one in unit.seals.ending(soon)} == {rows[0].id, rows[2].id}
        assert unit.seals.count_ending(soon) == 2
        assert unit.seals.count_ending(END) == 1
        first, second = unit.seals.ending(soon)
        assert unit.seals.ending(soon, after=first.id) == (second,)
        unit.seals.set_evidence_until(rows[2].id, END.replace(year=2040))
        unit.seals.supersede(rows[0].id, _next(rows[0]))
        assert unit.seals.ending(soon) == ()


def test_anchors_are_kept_in_order(database: Database) -> None:
    with database.transaction() as unit:
        assert unit.anchors.latest() is None
        rows = [AnchorRow(count, Sha256("a" * 64), facts.ref(f"anchor {count}"), facts.WHEN, "TSA") for count in (20, 7)]
        assert [unit.anchors.add(row) for row in rows] == [True, True]
        assert not unit.anchors.add(rows[0])
        assert unit.anchors.all() == (rows[1], rows[0])
        assert unit.anchors.latest() == rows[0]


def test_a_job_is_run_by_one_and_again_when_due(database: Database, clock: HandClock) -> None:
    with database.transaction() as unit:
        unit.jobs.ensure("renewal")
        unit.jobs.ensure("renewal")
        held = unit.jobs.lease("renewal", "a", 60)
        assert held is not None
        assert unit.jobs.lease("renewal", "b", 60) is None
    with database.transaction() as unit:
        unit.jobs.succeeded(held, clock.now + timedelta(days=1), {"renewed": 3})
        assert unit.jobs.lease("renewal", "a", 60) is None
        (row,) = unit.jobs.all()
        assert (row.runs, row.failures, row.report, row.succeeded_at) == (1, 0, {"renewed": 3}, clock.now)
    clock.forward(86400)
    with database.transaction() as unit:
        held = unit.jobs.lease("renewal", "b", 60)
        assert held is not None
        unit.jobs.failed(held, clock.now + timedelta(hours=1), TimestampPending(tried="0/2"))
        (row,) = unit.jobs.all()
        assert (row.failures, row.error_code, row.error_params) == (1, "signing.timestamp_pending", {"tried": "0/2"})
        assert unit.jobs.lease("renewal", "b", 60, now_due=True) is not None


def test_a_job_of_a_killed_process_is_taken_over(database: Database, clock: HandClock) -> None:
    with database.transaction() as unit:
        unit.jobs.ensure("anchor")
        dead = unit.jobs.lease("anchor", "a", 60)
    assert dead is not None
    clock.forward(61)
    with database.transaction() as unit:
        assert unit.jobs.lease("anchor", "b", 60) is not None
    with pytest.raises(LeaseLost), database.transaction() as unit:
        unit.jobs.succeeded(dead, clock.now, {})
    with pytest.raises(LeaseLost), database.transaction() as unit:
        unit.jobs.keep(dead, 60)


def test_many_processes_want_one_job(timed_database: Database) -> None:
    with timed_database.transaction() as unit:
        unit.jobs.ensure("anchor")
    got: list[object] = []

    def want(name: str) -> None:
        with timed_database.transaction() as unit:
            got.append(unit.jobs.lease("anchor", name, 60))

    threads = [threading.Thread(target=want, args=(str(number),)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len([one for one in got if one is not None]) == 1


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_papers_sealed_before_get_their_rows(empty_url: str, tmp_path: Path) -> None:
    today = Database(f"sqlite:///{tmp_path / 'today.db'}")
    today.migrate()
    with today.transaction() as unit:
        batch = facts.batch()
        papers = [_old_paper(unit, batch, number) for number in range(3)]
    database = Database(empty_url)
    with database.connection(writes=True) as connection, today.connection(writes=False) as source:
        snapshot.make_tables(connection, "0001")
        assert {"papers", "ledger"} <= fill(source, connection, set())
    today.close()
    database.migrate()
    with database.read() as unit:
        (row,) = unit.seals.of_paper(papers[0])
        assert (row.object, row.signer, row.kind, row.level) == (facts.ref("sealed 0"), "Ông Thử", "digitised_copy", "B-LT")
        assert (row.signed_at, row.evidence_until, row.origin) == (facts.WHEN, None, row.id)
        assert unit.seals.of_paper(papers[2]) == (), "its ledger speaks of another object"
        assert unit.seals.count_ending(facts.WHEN) == 2
    database.close()


def _old_paper(unit: UnitOfWork, batch: object, number: int) -> str:
    _, _, paper, _ = facts.put_paper(unit)
    ref = facts.ref(f"sealed {number}")
    unit.papers.update(paper.id, sealed=ref)
    told = {
        "kind": "digitised_copy", "role": "personal", "level": "B-LT", "signer": "Ông Thử", "certificate_sha256": "c" * 64,
        "signed_at": facts.WHEN.isoformat(), "time_stamped": True, "sha256": "0" * 64 if number == 2 else ref.sha256,
    }  # fmt: skip
    unit.ledger.append("paper.sealed", paper.id, "an", json.loads(json.dumps(told)))
    return paper.id
