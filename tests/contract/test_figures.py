"""The figures of the service, on both databases: formulas, months, units, and the dossiers behind each number."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from storage.dossiers import ComponentState, ReuseFlag
from storage.indicators import Part, Span, indicators
from storage.records.database import Database
from tests.contract import facts
from tests.contract.test_dossiers import component, dossier, reuse

MAY = Span(datetime(2031, 4, 30, 17, tzinfo=UTC), datetime(2031, 5, 31, 17, tzinfo=UTC))
"""May 2031 in Vietnam."""
IN_MAY = datetime(2031, 5, 10, 2, tzinfo=UTC)


@pytest.fixture
def unit(database: Database) -> str:
    """Ten dossiers of a unit of its own; number 9 was received a second before May, number 8 has no document to return."""
    name = f"H77.{facts.new_id()[:8]}"
    with database.transaction() as uow:
        for number in range(10):
            code = f"{name}-{number}"
            made = dossier(
                code=code, unit=name, received_at=IN_MAY + timedelta(hours=number), returns_document=number != 8,
                result_record="r" if number < 4 else "", result_link="https://x" if number == 4 else "",
                vneid=True if number < 3 else None if number == 3 else False, procedure=f"1.00000{number % 3}",
                due_at=IN_MAY + timedelta(days=1) if number < 6 else None,
                resolved_at=IN_MAY + timedelta(days=2 if number == 0 else 0, hours=number) if number < 2 else None,
                late_reason="chờ xác minh" if number == 0 else "",
            )  # fmt: skip
            if number == 9:
                made = dossier(code=code, unit=name, received_at=MAY.first - timedelta(seconds=1), result_record="r")
            parts = (
                component("TP.1", dossier=code, record="k" if number < 8 else "", state=ComponentState.DIGITISED),
                component("TP.2", 1, dossier=code, reuse=ReuseFlag.SUBSTITUTE if number < 2 else ReuseFlag.NO,
                          from_store=number == 5),
            )  # fmt: skip
            assert uow.dossiers.add(made, parts)
        uow.reuses.add(reuse("k", dossier=f"{name}-0", component="TP.2", unit=name, at=IN_MAY))
        uow.reuses.add(reuse("k", dossier=f"{name}-1", component="TP.2", unit=name, at=IN_MAY))
        gone = reuse("k", dossier=f"{name}-2", component="TP.2", unit=name, at=IN_MAY)
        uow.reuses.add(gone)
        uow.reuses.withdraw(gone.id, "an", "nhầm")
    return name


def test_each_indicator_counts_as_its_formula_says(database: Database, unit: str) -> None:
    with database.read() as uow:
        found = uow.figures.counts(indicators().indicators, MAY, unit)
    assert {one.indicator: (one.numerator, one.denominator) for one in found} == {
        "4.1": (5, 8),
        "4.2": (5, 9),
        "4.2b": (0, 1),
        "4.3": (2, 9),
        "4.4": (2, 9),
        "4.5a": (3, 3),
        "4.5b": (3, 9),
    }
    assert {one.unit for one in found} == {unit}


def test_the_dossiers_behind_each_number_are_those_counted(database: Database, unit: str) -> None:
    every = indicators()
    with database.read() as uow:
        counts = {one.indicator: one for one in uow.figures.counts(every.indicators, MAY, unit)}
        for one in every.indicators:
            if one.kind != "dossiers":
                continue
            numbers = {part: uow.figures.behind(one, part, MAY, unit) for part in Part}
            assert numbers[Part.COUNTED][0] == len(numbers[Part.COUNTED][1]) == counts[one.code].numerator
            assert numbers[Part.ALL][0] == counts[one.code].denominator
            together = sorted(numbers[Part.COUNTED][1] + numbers[Part.MISSING][1])
            assert together == sorted(numbers[Part.ALL][1])
        first = every.indicators[0]
        assert uow.figures.behind(first, Part.MISSING, MAY, unit) == (3, (f"{unit}-7", f"{unit}-6", f"{unit}-5"))
        assert uow.figures.behind(first, Part.MISSING, MAY, unit, limit=1, offset=1) == (3, (f"{unit}-6",))


def test_what_a_unit_did(database: Database, unit: str) -> None:
    now = IN_MAY + timedelta(days=20)
    with database.read() as uow:
        (did,) = uow.figures.activity(MAY, now, unit)
        late = uow.figures.late(MAY, now, unit)
    assert (did.dossiers, did.late, did.late_with_reason, did.reuses) == (9, 5, 1, 2)
    assert sorted(late) == [f"{unit}-{number}" for number in (0, 2, 3, 4, 5)]


def test_pages_a_person_and_day(database: Database) -> None:
    own = f"H78.{facts.new_id()[:8]}"
    with database.transaction() as uow:
        one, other = facts.batch(unit=own, actor="an"), facts.batch(unit=own, actor="bình")
        for made, days in ((one, (0, 0, 1)), (other, (0,))):
            uow.batches.add(made)
            for day in days:
                file = facts.file_of(made, name=facts.new_id())
                uow.files.add(file)
                uow.papers.add(facts.paper_of(file, pages=3, created_at=IN_MAY + timedelta(days=day)))
    with database.read() as uow:
        found = uow.figures.hands(MAY, own)
    assert [(one.actor, one.papers, one.pages, one.days) for one in found] == [("an", 3, 9, 2), ("bình", 1, 3, 1)]


@pytest.mark.parametrize(
    ("code", "numerator", "denominator", "points"),
    [
        ("4.1", 1, 3, 2.0),
        ("4.2", 80, 100, 4.0),
        ("4.2", 2, 5, 2.0),
        ("4.3", 79, 100, 1.98),
        ("4.3", 1, 0, None),
        ("4.5b", 3, 3, 2.0),
    ],
)
def test_points(code: str, numerator: int, denominator: int, points: float | None) -> None:
    one = indicators().named(code)
    assert one is not None
    assert one.score(numerator, denominator) == points
