"""Six kinds of tampering by somebody who owns the database: found and named, chain and head recomputed by him or not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import create_engine

from ingest.model import Sha256
from storage.ledger import GENESIS, LedgerHead, link
from storage.model import LedgerEntry
from storage.records.database import Database
from storage.records.tables import ledger, ledger_head
from storage.trail import LedgerFault, LedgerVerdict, Witness
from tests.contract.conftest import HandClock

ANCHORED = (5, 12)
ENTRIES = 14
"""Two more than the last anchor knows."""
PLACES = (1, 3, 5, 6, 9, 12)
Rows = list[LedgerEntry]


def _fill(database: Database, clock: HandClock) -> list[Witness]:
    witnesses: list[Witness] = []
    start = LedgerHead(0, GENESIS)
    for number in range(1, ENTRIES + 1):
        clock.forward(60)
        with database.transaction() as unit:
            unit.ledger.append("file.received", f"file-{number}", "an.nguyen", {"n": number})
        if number in ANCHORED:
            with database.read() as unit:
                grown = unit.ledger.since(start)
            assert grown.head_at is not None
            witnesses.append(Witness(grown.head.entries, grown.head.hash, start.entries, grown.marks, grown.head_at))
            start = grown.head
    return witnesses


def _edit(rows: Rows, place: int) -> Rows:
    at = place - 1
    return [*rows[:at], replace(rows[at], actor="ke.gian"), *rows[at + 1 :]]


def _delete(rows: Rows, place: int) -> Rows:
    return [*rows[: place - 1], *rows[place:]]


def _insert(rows: Rows, place: int) -> Rows:
    return [*rows[: place - 1], replace(rows[place - 1], subject="file-x"), *rows[place - 1 :]]


def _swap(rows: Rows, place: int) -> Rows:
    return [*rows[: place - 1], rows[place], rows[place - 1], *rows[place + 1 :]]


def _move_to_the_end(rows: Rows, place: int) -> Rows:
    return [*_delete(rows, place), rows[place - 1]]


def _cut(rows: Rows, place: int) -> Rows:
    return rows[: place - 1]


KINDS: dict[str, tuple[Callable[[Rows, int], Rows], LedgerFault]] = {
    "edit": (_edit, LedgerFault.EDITED),
    "delete": (_delete, LedgerFault.REMOVED),
    "insert": (_insert, LedgerFault.INSERTED),
    "swap": (_swap, LedgerFault.REORDERED),
    "move": (_move_to_the_end, LedgerFault.REORDERED),
    "truncate": (_cut, LedgerFault.TRUNCATED),
    "roll back": (_cut, LedgerFault.ROLLED_BACK),
}


def _recomputed(rows: Rows) -> Rows:
    last, done = GENESIS, []
    for row in rows:
        made = link(last, row.at, row.actor, row.event, row.subject, row.details)
        done.append(replace(row, previous=last, hash=made))
        last = made
    return done


def _write(url: str, rows: Rows, head: Sha256 | None) -> None:
    """Everything rewritten by somebody who owns the database; the head too, if given."""
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
    names = ("at", "actor", "event", "subject", "details", "previous", "hash")
    with engine.begin() as connection:
        connection.execute(ledger.delete())
        if rows:
            values = [{"seq": at, **{name: getattr(row, name) for name in names}} for at, row in enumerate(rows, start=1)]
            connection.execute(ledger.insert(), values)
        if head is not None:
            connection.execute(ledger_head.update().values(entries=len(rows), hash=head))
    engine.dispose()


def _rows(database: Database) -> Rows:
    with database.read() as unit:
        return list(unit.ledger.entries(limit=1000))


def _verdict(database: Database, witnesses: list[Witness]) -> LedgerVerdict:
    with database.read() as unit:
        return unit.ledger.verify(witnesses)


def test_an_honest_ledger_agrees_with_its_anchors(database: Database, clock: HandClock) -> None:
    witnesses = _fill(database, clock)
    assert _verdict(database, witnesses) == LedgerVerdict(ok=True, entries=ENTRIES)
    assert _verdict(database, witnesses[:1]).ok


@pytest.mark.parametrize("recomputed", [True, False], ids=["recomputed", "as it was"])
@pytest.mark.parametrize("kind", KINDS)
def test_tampering_is_named(database: Database, database_url: str, clock: HandClock, kind: str, recomputed: bool) -> None:
    honest = _fill(database, clock)
    rows = _rows(database)
    change, fault = KINDS[kind]
    witnesses = [replace(one, ours=kind != "roll back") for one in honest]
    for place in PLACES:
        done = change(rows, place)
        if recomputed or kind == "roll back":
            done = _recomputed(done)
        head = done[-1].hash if done else GENESIS
        _write(database_url, done, head if recomputed or kind == "roll back" else None)
        found = _verdict(database, witnesses)
        assert (found.ok, found.bad_seq, found.fault) == (False, place, fault), place
    _write(database_url, rows, rows[-1].hash)
    assert _verdict(database, witnesses).ok


def test_without_an_anchor_a_recomputed_ledger_looks_whole(database: Database, database_url: str, clock: HandClock) -> None:
    """Why anchors are needed at all."""
    _fill(database, clock)
    done = _recomputed(_edit(_rows(database), 3))
    _write(database_url, done, done[-1].hash)
    assert _verdict(database, []).ok


def test_an_old_state_that_went_another_way_is_named(database: Database, database_url: str, clock: HandClock) -> None:
    witnesses = _fill(database, clock)
    rows = _rows(database)
    other = [replace(row, subject=f"other-{row.seq}") for row in rows[7:]]
    done = _recomputed([*rows[:7], *other])
    _write(database_url, done, done[-1].hash)
    found = _verdict(database, witnesses)
    assert (found.bad_seq, found.fault) == (8, LedgerFault.ROLLED_BACK)


def test_a_lone_anchor_names_the_range_it_does_not_describe(database: Database, database_url: str, clock: HandClock) -> None:
    (_, last) = _fill(database, clock)
    rows = _rows(database)
    for change, place in ((_edit, 2), (_delete, 2), (_insert, 4), (_swap, 1)):
        done = _recomputed(change(rows, place))
        _write(database_url, done, done[-1].hash)
        found = _verdict(database, [last])
        assert (found.ok, found.bad_seq, found.fault) == (False, 1, LedgerFault.CHANGED)
        assert found.last_seq is not None
        assert place <= found.last_seq <= 6
