from __future__ import annotations

from datetime import date

import pytest

from ocr.fields import checks
from ocr.fields.dossier import DossierForm, OwnerIdKind, check_owner_id, parse_dossier_code
from ocr.fields.errors import BadDossierCode, BadOwnerId

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("text", "form", "received_on"),
    [
        ("000.00.00.H56-230101-0001", DossierForm.OLD, date(2023, 1, 1)),
        ("H56.12.3-251101-0001", DossierForm.NEW, date(2025, 11, 1)),
        ("H56-251101-00012", DossierForm.NEW, date(2025, 11, 1)),
        ("G15.1-260125-150001", DossierForm.CENTRAL, date(2026, 1, 25)),
        (" h56.12-240229-0007 ", DossierForm.NEW, date(2024, 2, 29)),
    ],
)
def test_the_three_grammars(text: str, form: DossierForm, received_on: date) -> None:
    code = parse_dossier_code(text)
    assert (code.form, code.received_on) == (form, received_on)
    assert code.text == text.strip().upper()


@pytest.mark.parametrize(
    "text",
    ["", "H56-230230-0001", "H56-230101-001", "Z56-230101-0001", "00.00.H56-230101-0001", "H56-23010١-0001", "H56-251301-0001"],
)
def test_wrong_dossier_codes_are_refused(text: str) -> None:
    with pytest.raises(BadDossierCode):
        parse_dossier_code(text)


@pytest.mark.parametrize(
    ("text", "kind", "normal"),
    [
        ("087084000999", OwnerIdKind.PERSONAL, "087084000999"),
        ("087 084 000 999", OwnerIdKind.PERSONAL, "087084000999"),
        ("012345678", OwnerIdKind.OLD_CARD, "012345678"),
        ("0100109106", OwnerIdKind.TAX_CODE, "0100109106"),
        ("0100109106001", OwnerIdKind.TAX_CODE, "0100109106-001"),
        ("0100109106-001", OwnerIdKind.TAX_CODE, "0100109106-001"),
        ("b1234567", OwnerIdKind.PASSPORT, "B1234567"),
    ],
)
def test_owner_ids(text: str, kind: OwnerIdKind, normal: str) -> None:
    found = check_owner_id(text, TODAY)
    assert (found.kind, found.text) == (kind, normal)


@pytest.mark.parametrize(
    "text", ["", "0100109107", "003084000999", "087284000999", "0100109106-000", "12345", "ABCDEFG", "٠" * 12]
)
def test_wrong_owner_ids_are_refused_without_repeating_them(text: str) -> None:
    with pytest.raises(BadOwnerId) as caught:
        check_owner_id(text, TODAY)
    assert caught.value.params == {}


@pytest.mark.parametrize("code", ["0100109106", "0100686209", "0301464823", "0100112437"])
def test_tax_code_check_digit(code: str) -> None:
    assert checks.no_failure(checks.tax_code(code))
    wrong = code[:9] + str((int(code[9]) + 1) % 10)
    assert not checks.no_failure(checks.tax_code(wrong))


def test_personal_number_tells_birth_year_and_sex() -> None:
    assert checks.birth_year("087084000999") == 1984
    assert checks.is_male("087084000999")
    assert checks.birth_year("001305012345") == 2005
    assert not checks.is_male("001305012345")


@pytest.mark.parametrize(
    ("day", "month", "ok"), [("05", "3", True), ("5", "3", False), ("15", "1", False), ("15", "3", None), ("15", "01", True)]
)
def test_leading_zero_rule(day: str, month: str, ok: bool | None) -> None:
    assert checks.leading_zero(day, month).ok is ok


def test_dates_of_issue() -> None:
    assert checks.issue_date("2024-02-29", TODAY).ok
    assert not checks.issue_date("2023-02-29", TODAY).ok
    assert not checks.issue_date("2026-11-23", TODAY).ok
    assert not checks.issue_date("1820-01-01", TODAY).ok


@pytest.mark.parametrize(
    ("number", "title", "ok"),
    [
        ("12/QĐ-UBND", "QUYẾT ĐỊNH", True),
        ("12/TB-UBND", "QUYẾT ĐỊNH", False),
        ("12/UBND-NC", "CÔNG VĂN", None),
        ("12/QyĐ-BYT", "QUY ĐỊNH", True),
    ],
)
def test_number_against_title(number: str, title: str, ok: bool | None) -> None:
    assert checks.number_kind(number, title).ok is ok


def test_number_against_year_of_date() -> None:
    assert checks.number_year("30/2020/NĐ-CP", "2020-03-05").ok
    assert checks.number_year("30/2020/NĐ-CP", "2021-03-05").ok is False
    assert checks.number_year("30/QĐ-UBND", "2021-03-05").ok is None
