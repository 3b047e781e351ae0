"""The audit trail: whole after honest work, and every kind of tampering found with the place."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection, create_engine, text

from storage.model import LedgerEntry
from storage.records.database import Database
from storage.trail import LedgerFault, LedgerVerdict
from tests.contract import facts

COLUMNS = "at, actor, event, subject, details, previous, hash"


def _fill(database: Database, entries: int = 6) -> tuple[LedgerEntry, ...]:
    for number in range(entries):
        with database.transaction() as unit:
            unit.ledger.append("file.received", f"file-{number}", "an.nguyen", {"số": number, "tỉ lệ": 0.5})
    with database.read() as unit:
        return unit.ledger.entries()


def _verdict(database: Database) -> LedgerVerdict:
    with database.read() as unit:
        return unit.ledger.verify()


def test_entries_are_chained_in_order(database: Database) -> None:
    entries = _fill(database, 3)
    with database.transaction() as unit:
        unit.ledger.append("paper.sealed", "paper-1", "worker")
        unit.ledger.append("paper.done", "paper-1", "worker")
    with database.read() as unit:
        of_paper = unit.ledger.entries(subject="paper-1")
        after = unit.ledger.entries(after=2, limit=2)
    assert [entry.seq for entry in entries] == [1, 2, 3]
    assert entries[0].details == {"số": 0, "tỉ lệ": 0.5}
    assert entries[0].previous == "0" * 64
    assert entries[1].previous == entries[0].hash
    assert [entry.event for entry in of_paper] == ["paper.sealed", "paper.done"]
    assert [entry.seq for entry in after] == [3, 4]
    assert _verdict(database) == LedgerVerdict(ok=True, entries=5)


def test_an_empty_ledger_is_whole(database: Database) -> None:
    assert _verdict(database) == LedgerVerdict(ok=True, entries=0)


def test_nothing_is_noted_of_a_transaction_that_fails(database: Database) -> None:
    with pytest.raises(ZeroDivisionError), database.transaction() as unit:  # noqa: PT012 - fails after work
        unit.ledger.append("file.received", "file-1", "an.nguyen")
        raise ZeroDivisionError
    assert _verdict(database).entries == 0


def test_details_that_are_not_json_are_refused_at_once(database: Database) -> None:
    with pytest.raises(TypeError), database.transaction() as unit:
        unit.ledger.append("file.received", "file-1", "an.nguyen", {"x": object()})


def test_it_can_be_verified_inside_a_transaction(database: Database) -> None:
    _fill(database, 2)
    with database.transaction() as unit:
        assert unit.ledger.verify().ok


def _swap(connection: Connection) -> None:
    connection.execute(text("UPDATE ledger SET seq = -1 WHERE seq = 3"))
    connection.execute(text("UPDATE ledger SET seq = 3 WHERE seq = 4"))
    connection.execute(text("UPDATE ledger SET seq = 4 WHERE seq = -1"))


def _delete_and_close_the_gap(connection: Connection) -> None:
    connection.execute(text("DELETE FROM ledger WHERE seq = 3"))
    for seq in (4, 5, 6):
        connection.execute(text(f"UPDATE ledger SET seq = {seq - 1} WHERE seq = {seq}"))


def _insert_copy(connection: Connection) -> None:
    for seq in (6, 5, 4, 3):
        connection.execute(text(f"UPDATE ledger SET seq = {seq + 1} WHERE seq = {seq}"))
    connection.execute(text(f"INSERT INTO ledger (seq, {COLUMNS}) SELECT 3, {COLUMNS} FROM ledger WHERE seq = 2"))


TAMPERING = {
    "edited subject": ("UPDATE ledger SET subject = 'file-x' WHERE seq = 3", 3, LedgerFault.EDITED),
    "edited details": ("UPDATE ledger SET details = '{}' WHERE seq = 3", 3, LedgerFault.EDITED),
    "edited actor": ("UPDATE ledger SET actor = 'binh' WHERE seq = 1", 1, LedgerFault.EDITED),
    "edited time": ("UPDATE ledger SET at = '2020-01-01 00:00:00.000000' WHERE seq = 2", 2, LedgerFault.EDITED),
    "edited hash of the last": (f"UPDATE ledger SET hash = '{'a' * 64}' WHERE seq = 6", 6, LedgerFault.EDITED),
    "deleted": ("DELETE FROM ledger WHERE seq = 3", 3, LedgerFault.REMOVED),
    "deleted first": ("DELETE FROM ledger WHERE seq = 1", 1, LedgerFault.REMOVED),
    "truncated": ("DELETE FROM ledger WHERE seq > 4", 5, LedgerFault.TRUNCATED),
    "emptied": ("DELETE FROM ledger", 1, LedgerFault.TRUNCATED),
    "deleted and closed up": (_delete_and_close_the_gap, 3, LedgerFault.REMOVED),
    "inserted": (_insert_copy, 3, LedgerFault.INSERTED),
    "appended past the head": (
        f"INSERT INTO ledger (seq, {COLUMNS}) SELECT 7, {COLUMNS} FROM ledger WHERE seq = 6", 7, LedgerFault.INSERTED,
    ),
    "reordered": (_swap, 3, LedgerFault.REORDERED),
    "head lost": ("DELETE FROM ledger_head", 7, LedgerFault.REMOVED),
    "head of another chain": (f"UPDATE ledger_head SET hash = '{'b' * 64}'", 6, LedgerFault.EDITED),
}  # fmt: skip


@pytest.mark.parametrize("how", TAMPERING)
def test_tampering_is_found_with_its_place(database: Database, database_url: str, how: str) -> None:
    _fill(database)
    change, place, fault = TAMPERING[how]
    engine = create_engine(database_url.replace("postgresql://", "postgresql+psycopg://"))
    with engine.begin() as connection:
        if callable(change):
            change(connection)
        else:
            connection.execute(text(change.replace(":", r"\:")))
    engine.dispose()
    verdict = _verdict(database)
    assert (verdict.ok, verdict.bad_seq, verdict.fault) == (False, place, fault)


def test_the_journal_of_a_paper_has_its_file_and_pages_too(database: Database) -> None:
    with database.transaction() as unit:
        batch, file, paper, (page, *_) = facts.put_paper(unit, pages=2)
        _, _, other, _ = facts.put_paper(unit, batch)
        unit.papers.update(paper.id, code="K-1")
        unit.ledger.append("file.received", file.id, "an.nguyen")
        unit.ledger.append("page.read", page.id, "worker")
        unit.ledger.append("paper.sealed", other.id, "worker")
        unit.ledger.append("paper.sealed", paper.id, "worker")
        unit.ledger.append("record.kept", "K-1", "worker")
    with database.read() as unit:
        journal = unit.journal.of_paper(paper.id)
    assert [entry.event for entry in journal] == ["file.received", "page.read", "paper.sealed", "record.kept"]
