"""Fees, deadlines and the printed register: figures of the law as options, no cell a spreadsheet would run."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any

import pytest

from api.certification.options import CertificationOptions
from api.certification.registers import Register, as_csv, harmless, sheet_of
from api.cli.register import parse_month
from ingest.model import ObjectRef, Sha256
from ocr.typeset.document import build
from storage.register_columns import columns
from storage.register_entries import DIGESTED, digest_of, unchanged
from storage.register_errors import BadColumns
from storage.registers import (
    Annulment,
    Attestation,
    Certification,
    CertificationState,
    Ending,
    Entry,
    LockedYear,
    RegisterKind,
    RegisterQuery,
    Request,
    Signed,
)

WHEN = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
OPTIONS = CertificationOptions(holidays=(date(2026, 11, 24),))


def entry(number: int, **changes: object) -> Certification:
    name = str(changes.pop("name", "Nguyễn Văn Thử"))
    asked = Request(name, "000000000001", "", 2, 3, 5000, date(2026, 11, 23))
    place = Entry("b", "01/2026-SCTĐT/BS", 2026, number, date(2026, 11, 23))
    return Certification(
        f"c{number}", "H00", RegisterKind.ELECTRONIC, "b", "p", "r", "Giấy khai sinh", CertificationState.ISSUED, asked, WHEN,
        "an", entry=place, **changes,  # type: ignore[arg-type]
    )  # fmt: skip


@pytest.mark.parametrize(
    ("pages", "copies", "fee"), [(1, 1, 2000), (2, 1, 4000), (3, 1, 5000), (3, 2, 10000), (500, 1, 200_000), (500, 2, 400_000)]
)
def test_fees_of_circular_226(pages: int, copies: int, fee: int) -> None:
    assert CertificationOptions().fee_vnd(pages, copies) == fee


@pytest.mark.parametrize(
    ("hour_utc", "extra", "due"),
    [
        ((23, 7, 59), 0, date(2026, 11, 23)),  # 14:59 in Vietnam
        ((23, 8, 0), 0, date(2026, 11, 25)),  # 15:00: the next working day; the 24th is a holiday
        ((20, 8, 0), 0, date(2026, 11, 23)),  # a Friday afternoon
        ((21, 1, 0), 0, date(2026, 11, 23)),  # a Saturday
        ((22, 17, 30), 0, date(2026, 11, 23)),  # Monday 00:30 in Vietnam, still Sunday in UTC
        ((23, 1, 0), 2, date(2026, 11, 26)),
    ],
)
def test_deadlines(hour_utc: tuple[int, int, int], extra: int, due: date) -> None:
    assert OPTIONS.due_on(datetime(2026, 11, *hour_utc, tzinfo=UTC), extra) == due


@pytest.mark.parametrize("cell", ["=1+1", "+84", "-2", "@SUM(A1)", "\t=1", " =1", "＝1", "\u00a0=1"])
def test_a_cell_that_looks_like_a_formula_is_disarmed(cell: str) -> None:
    assert harmless(cell) == f"'{cell}"


def test_the_csv_opens_in_spreadsheets_and_runs_nothing() -> None:
    register = Register(
        RegisterQuery("H00", RegisterKind.ELECTRONIC, 2026, 11), (entry(1, name='=HYPERLINK("http://x","y")'),), None
    )
    text = as_csv(register, columns())
    assert text.startswith("\ufeff")
    rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))
    assert rows[0][0] == "Số chứng thực"
    assert rows[1][0] == "01"
    assert rows[1][2].startswith("'=HYPERLINK")


def test_void_and_annulled_entries_say_why() -> None:
    annulment = Annulment("12/QĐ-UBND", date(2026, 11, 30), "giả", "an", WHEN)
    void = replace(entry(2, ending=Ending("không đến nhận", "an", WHEN)), state=CertificationState.VOID)
    found = (entry(1, annulment=annulment), void)
    text = as_csv(Register(RegisterQuery("H00", RegisterKind.ELECTRONIC, 2026), found, None), columns())
    rows = list(csv.reader(io.StringIO(text)))
    assert rows[1][-1] == "Đã bị hủy theo QĐ số 12/QĐ-UBND, ngày 30/11/2026"
    assert rows[2][-1] == "Hủy số: không đến nhận"
    assert rows[2][5:7] == ["0", "0"], "a void number has neither copies nor fee"


def test_the_printed_register_repeats_for_the_same_entries() -> None:
    register = Register(RegisterQuery("H00", RegisterKind.ELECTRONIC, 2026, 11), tuple(entry(n) for n in range(1, 60)), None)
    sheet = sheet_of(register, columns(), "UBND xã Tân Phước", "SCTĐT/BS", WHEN)
    assert build(sheet) == build(sheet)
    empty = sheet_of(Register(register.query, (), None), columns(), "UBND xã Tân Phước", "SCTĐT/BS", WHEN)
    assert build(empty).startswith(b"%PDF-")


def test_an_office_brings_its_own_columns(tmp_path: Path) -> None:
    path = tmp_path / "columns.toml"
    path.write_text('verified = true\n[[column]]\nkey = "book"\nvi = "Quyển"\nen = "Book"\nwidth = 1\n', encoding="utf-8")
    register = Register(RegisterQuery("H00", RegisterKind.ELECTRONIC, 2026), (entry(1),), None)
    assert as_csv(register, columns(str(path))).splitlines() == ['\ufeff"Quyển"', '"01/2026-SCTĐT/BS"']
    path.write_text('verified = true\n[[column]]\nkey = "colour"\n', encoding="utf-8")
    with pytest.raises(BadColumns):
        columns(str(path))


@pytest.mark.parametrize(
    ("text", "month"), [("2026-11", (2026, 11)), ("11/2026", (2026, 11)), ("2026", (2026, 0)), ("2026-1", (2026, 1))]
)
def test_months_as_people_write_them(text: str, month: tuple[int, int]) -> None:
    assert parse_month(text) == month


@pytest.mark.parametrize("text", ["2026-13", "tháng 11", "2026-11-01", "", "26-11", "2026-00", "²⁰²⁶"])
def test_what_is_no_month(text: str) -> None:
    with pytest.raises(Exception, match="2026"):
        parse_month(text)


LOCKED_AT = datetime(2026, 12, 31, 3, 0, tzinfo=UTC)
LATER = LOCKED_AT + timedelta(days=5)


def full() -> Certification:
    """An entry in which everything is said."""
    signed = Signed(ObjectRef(Sha256("a" * 64), 1, "application/pdf"), "Cơ quan", WHEN)
    said = Attestation("an", WHEN, "Trần Thị Thử", "CHỦ TỊCH", "0" * 64, {"x": False}, "e-copy-2020")
    return replace(
        entry(1), issued=signed, personal=signed, attestation=said, ending=Ending("r", "an", WHEN),
        annulment=Annulment("1/QĐ", date(2026, 12, 1), "giả", "an", WHEN), state=CertificationState.ANNULLED,
    )  # fmt: skip


def altered(fact: Any) -> Iterator[tuple[str, Any]]:
    """The fact with each of its columns, and those of its parts, changed in turn."""
    for column in fields(fact):
        value = getattr(fact, column.name)
        if is_dataclass(value):
            yield from ((f"{column.name}.{name}", replace(fact, **{column.name: part})) for name, part in altered(value))
        elif column.name != "version":
            yield column.name, replace(fact, **{column.name: _another(value)})


def _another(value: Any) -> Any:
    if isinstance(value, StrEnum):
        return next(one for one in type(value) if one is not value)
    if isinstance(value, date):
        return value + timedelta(days=-1)
    if isinstance(value, int):
        return value + 1
    if isinstance(value, tuple):
        return ("x",)
    return {"x": True} if isinstance(value, dict) else f"{value}0"


ALTERED = dict(altered(full()))


@pytest.mark.parametrize("column", ALTERED)
def test_the_digest_of_a_locked_year_shows_a_change_of(column: str) -> None:
    assert digest_of((ALTERED[column],), LOCKED_AT) != digest_of((full(),), LOCKED_AT)


def test_what_ended_or_vanished_shows_though_the_file_stays() -> None:
    issued = replace(full(), state=CertificationState.ISSUED, ending=None, annulment=None)
    void = replace(issued, state=CertificationState.VOID, ending=Ending("", "z", LATER))
    unsaid = [
        replace(issued, attestation=None), replace(issued, entry=None),
        replace(issued, personal=None), replace(issued, issued=None),
    ]  # fmt: skip
    digests = {digest_of(rows, LOCKED_AT) for rows in ((issued,), (void,), (issued, issued), (), *((one,) for one in unsaid))}
    assert len(digests) == 8


def test_only_an_annulment_after_the_lock_is_an_addition() -> None:
    issued = replace(full(), state=CertificationState.ISSUED, annulment=None)
    before = full()
    assert before.annulment
    after = replace(before, annulment=replace(before.annulment, at=LATER), version=7)
    assert digest_of((after,), LOCKED_AT) == digest_of((issued,), LOCKED_AT)
    assert digest_of((before,), LOCKED_AT) not in {digest_of((after,), LOCKED_AT), digest_of((issued,), LOCKED_AT)}


def test_each_format_of_the_digest_covers_named_columns() -> None:
    """Who adds a column to one of these facts makes a new format: years locked in this one must stay checkable."""
    for fact, names in DIGESTED.items():
        assert set(names) == {one.name for one in fields(fact)} - {"version"}, fact


def test_years_locked_in_the_first_format_can_still_be_checked() -> None:
    digest = "45acdccf1e8173546619da58c810d0647ac8b9c56a17b9defd73e20ab1785271"
    locked = LockedYear("H00", RegisterKind.ELECTRONIC, 2026, {}, digest, LOCKED_AT, "an")
    assert unchanged(locked, (full(),))
    assert not unchanged(locked, (replace(full(), record_code="other"),))
    now = replace(locked, digest=digest_of((full(),), LOCKED_AT))
    assert unchanged(now, (full(),))
    assert not unchanged(now, (replace(full(), title="other"),))


def test_a_register_that_is_not_as_it_was_locked_says_so_in_print() -> None:
    locked = LockedYear("H00", RegisterKind.ELECTRONIC, 2026, {}, "2:0", LOCKED_AT, "an")
    register = Register(RegisterQuery("H00", RegisterKind.ELECTRONIC, 2026, 11), (entry(1),), locked, intact=False)
    assert "KHÔNG còn khớp" in repr(sheet_of(register, columns(), "UBND xã", "SCTĐT/BS", WHEN))
    assert "KHÔNG còn khớp" not in repr(sheet_of(replace(register, intact=True), columns(), "UBND xã", "SCTĐT/BS", WHEN))
