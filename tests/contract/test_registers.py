"""Registers on both databases: one open book, numbers to the end of the year and over books, void entries, the yearly lock."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from storage.errors import Conflict, NotFound
from storage.records.database import Database
from storage.records.unit_of_work import UnitOfWork
from storage.register_entries import unchanged
from storage.register_errors import BookAlreadyOpen, ClockBehind, NoOpenBook, YearLocked, YearNotOver, YearUnfinished
from storage.registers import (
    Annulment,
    Attestation,
    BookState,
    Certification,
    CertificationState,
    Ending,
    Entry,
    RegisterKind,
    RegisterQuery,
    Request,
    Signed,
)
from tests.contract import facts
from tests.contract.conftest import HandClock

UNIT, KIND, SIGN = "H56.12", RegisterKind.ELECTRONIC, "SCTĐT/BS"
NEW_YEARS_EVE = datetime(2026, 12, 31, 16, 59, 59, tzinfo=UTC)
"""One second before midnight in Vietnam."""


def take(unit: UnitOfWork, kind: RegisterKind = KIND) -> Entry:
    return unit.registers.next_number(UNIT, kind, SIGN, "an")


def fail(unit: UnitOfWork) -> None:
    assert take(unit).number == 3
    take(unit, RegisterKind.PAPER)


def certification(unit: UnitOfWork, **changes: Any) -> Certification:
    batch, _, paper, _ = facts.put_paper(unit)
    asked = Request("Nguyễn Văn Thử", "000000000001", "", 2, 3, 5000, date(2026, 3, 2))
    made = Certification(
        facts.new_id(), UNIT, KIND, batch.id, paper.id, "generic-1", "Thông báo", CertificationState.REQUESTED, asked,
        facts.WHEN, "binh",
    )  # fmt: skip
    made = replace(made, **changes)
    unit.certifications.add(made)
    return made


def attested(unit: UnitOfWork, **changes: Any) -> Certification:
    said = Attestation("an", facts.WHEN, "Trần Thị Thử", "CHỦ TỊCH", "0" * 64, {"R1": False}, "e-copy-2020")
    made = certification(unit)
    return unit.certifications.save(
        made, state=CertificationState.ATTESTED, attestation=said, entry=take(unit), token=facts.new_id(), **changes
    )


def issue(unit: UnitOfWork, made: Certification) -> Certification:
    signed = Signed(facts.ref(made.id), "Cơ quan", facts.WHEN)
    return unit.certifications.save(made, state=CertificationState.ISSUED, personal=signed, issued=signed)


def test_a_certification_comes_back_as_it_was_written(database: Database) -> None:
    with database.transaction() as unit:
        unit.registers.open(UNIT, KIND, SIGN, "an")
        made = issue(unit, attested(unit))
        annulment = Annulment("12/QĐ-UBND", date(2026, 4, 1), "giả", "an", facts.WHEN)
        gone = unit.certifications.save(made, state=CertificationState.ANNULLED, annulment=annulment)
        refused = certification(unit, state=CertificationState.REFUSED, ending=Ending("mờ", "an", facts.WHEN, ("R2",)))
    with database.read() as unit:
        assert unit.certifications.get(made.id) == gone
        assert unit.certifications.by_token(gone.token) == gone
        assert unit.certifications.of_paper(refused.paper_id) == (refused,)
        assert unit.certifications.latest(UNIT) == (refused, gone)
        assert unit.certifications.latest(UNIT, frozenset({CertificationState.REFUSED})) == (refused,)
        assert unit.certifications.by_token("") is None
        with pytest.raises(NotFound):
            unit.certifications.get("nothing")


def test_whoever_read_an_older_version_cannot_overwrite(database: Database) -> None:
    with database.transaction() as unit:
        made = certification(unit)
        unit.certifications.save(made, state=CertificationState.REFUSED)
    with pytest.raises(Conflict), database.transaction() as unit:
        unit.certifications.save(made, state=CertificationState.WITHDRAWN)


def test_no_number_without_an_open_book_and_never_two_open_books(database: Database) -> None:
    with pytest.raises(NoOpenBook), database.transaction() as unit:
        take(unit)
    with database.transaction() as unit:
        unit.registers.open(UNIT, KIND, SIGN, "an")
        unit.registers.open(UNIT, RegisterKind.PAPER, "SCT/BS", "an")
        unit.registers.open("H56.13", KIND, SIGN, "an")
    with pytest.raises(BookAlreadyOpen), database.transaction() as unit:
        unit.registers.open(UNIT, KIND, SIGN, "an")


def test_numbers_go_on_over_books_and_a_rollback_gives_them_back(database: Database) -> None:
    with database.transaction() as unit:
        unit.registers.open(UNIT, KIND, SIGN, "an")
        assert [take(unit).text for _ in range(2)] == ["01", "02"]
    with pytest.raises(NoOpenBook), database.transaction() as unit:
        fail(unit)
    with database.transaction() as unit:
        unit.registers.close(UNIT, KIND, "an")
    with pytest.raises(NoOpenBook), database.transaction() as unit:
        take(unit)
    with database.transaction() as unit:
        assert unit.registers.open(UNIT, KIND, SIGN, "an").label == "02/2026-SCTĐT/BS"
        taken = take(unit)
    assert (taken.number, taken.book) == (3, "02/2026-SCTĐT/BS")
    with database.transaction() as unit:
        assert [book.state for book in unit.registers.books(UNIT)] == [BookState.CLOSED, BookState.OPEN]


def test_each_unit_and_kind_counts_for_itself(database: Database) -> None:
    with database.transaction() as unit:
        unit.registers.open(UNIT, KIND, SIGN, "an")
        unit.registers.open(UNIT, RegisterKind.PAPER, "SCT/BS", "an")
        assert [take(unit).number, take(unit, RegisterKind.PAPER).number, take(unit).number] == [1, 1, 2]


def test_the_year_turns_at_midnight_in_vietnam(database: Database, clock: HandClock) -> None:
    clock.now = NEW_YEARS_EVE
    with database.transaction() as unit:
        unit.registers.open(UNIT, KIND, SIGN, "an")
        last = take(unit)
    clock.forward(1)
    with database.transaction() as unit:
        first, second = take(unit), take(unit)
    assert (last.number, last.on, last.book) == (1, date(2026, 12, 31), "01/2026-SCTĐT/BS")
    assert (first.number, first.on, first.book) == (1, date(2027, 1, 1), "01/2027-SCTĐT/BS")
    assert second.number == 2
    clock.now = NEW_YEARS_EVE
    with pytest.raises(ClockBehind), database.transaction() as unit:
        take(unit)


def test_a_year_is_locked_with_its_figures_and_takes_nothing_more(database: Database, clock: HandClock) -> None:
    with database.transaction() as unit:
        unit.registers.open(UNIT, KIND, SIGN, "an")
        issue(unit, attested(unit))
        void = attested(unit)
        unit.certifications.save(void, state=CertificationState.VOID, ending=Ending("không đến nhận", "an", facts.WHEN))
    with pytest.raises(YearNotOver), database.transaction() as unit:
        unit.registers.lock_year(UNIT, KIND, 2026, "an")
    clock.now = NEW_YEARS_EVE
    with database.transaction() as unit:
        pending = attested(unit)
    with pytest.raises(YearUnfinished), database.transaction() as unit:
        unit.registers.lock_year(UNIT, KIND, 2026, "an")
    with database.transaction() as unit:
        done = issue(unit, pending)
        locked = unit.registers.lock_year(UNIT, KIND, 2026, "an")
    assert locked.statistics == {
        "numbers": 3, "last_number": 3, "certified": 2, "copies": 4, "pages": 6, "fees_vnd": 10000, "void": 1, "annulled": 0,
    }  # fmt: skip
    for act in (
        take,
        lambda unit: unit.registers.open(UNIT, KIND, SIGN, "an"),
        lambda unit: unit.registers.lock_year(UNIT, KIND, 2026, "an"),
    ):
        with pytest.raises(YearLocked), database.transaction() as unit:
            act(unit)
    with database.transaction() as unit:
        assert [book.state for book in unit.registers.books(UNIT)] == [BookState.LOCKED]
        annulment = Annulment("1/QĐ", date(2027, 1, 5), "giả", "an", locked.locked_at + timedelta(seconds=1))
        unit.certifications.save(done, state=CertificationState.ANNULLED, annulment=annulment)
    clock.forward(1)
    with database.transaction() as unit:
        assert take(unit).book == "01/2027-SCTĐT/BS", "people who come on 2 January are not sent away"
        assert unit.registers.locked_year(UNIT, KIND, 2026) == locked
        entries = unit.certifications.entries(RegisterQuery(UNIT, KIND, 2026))
        assert unchanged(locked, entries), "an annulment after the lock is no change of the entry"
        assert not unchanged(locked, entries[:-1])


def test_a_month_of_the_register(database: Database, clock: HandClock) -> None:
    for moment in (datetime(2026, 10, 31, 16, 59, tzinfo=UTC), datetime(2026, 10, 31, 17, 0, tzinfo=UTC)):
        clock.now = moment
        with database.transaction() as unit:
            if not unit.registers.books(UNIT):
                unit.registers.open(UNIT, KIND, SIGN, "an")
            attested(unit)
    found = {}
    with database.read() as unit:
        for month in (10, 11, 12):
            entries = unit.certifications.entries(RegisterQuery(UNIT, KIND, 2026, month))
            found[month] = [one.entry.number for one in entries if one.entry]
    assert found == {10: [1], 11: [2], 12: []}


def test_a_number_cannot_be_written_twice(database: Database) -> None:
    with database.transaction() as unit:
        unit.registers.open(UNIT, KIND, SIGN, "an")
        one = attested(unit)
    with pytest.raises(Conflict), database.transaction() as unit:
        unit.certifications.save(certification(unit), entry=one.entry)
