"""Validators: what can be said about a value without a database. Each returns a `Check`; none changes a value.

`ok` False is a contradiction and keeps a value from being decided automatically; None means the rule does not apply.
Sources: structure of the personal number, Decree 137/2015/NĐ-CP Art. 13, Circular 59/2021/TT-BCA Art. 4; tax code,
Circular 86/2024/TT-BTC; leading zeros and abbreviations, Decree 30/2020/NĐ-CP Annex I and III.
"""

from __future__ import annotations

import re
from datetime import date

from ocr.fields.kinds import kind_by_abbreviation, kind_by_name, provinces
from ocr.model import Check

OLDEST_YEAR = 1930
_TAX_WEIGHTS = (31, 29, 23, 19, 17, 13, 7, 5, 3)


def personal_id(text: str, today: date) -> tuple[Check, ...]:
    """Checks of a 12-digit personal number: form, province part, year of birth. A 9-digit CMND only has its form."""
    if re.fullmatch(r"[0-9]{9}", text):
        return (Check("personal_id.form", ok=True),)
    if not re.fullmatch(r"[0-9]{12}", text):
        return (Check("personal_id.form", ok=False),)
    part = text[:3]
    known = part in provinces()
    abroad = int(part) >= 100  # country codes of people registered abroad: a list of its own, not checked
    year = birth_year(text)
    return (
        Check("personal_id.form", ok=True),
        Check("personal_id.province", ok=True if known else None if abroad else False),
        Check("personal_id.birth_year", ok=year <= today.year, params={"year": year}),
    )


def birth_year(personal_number: str) -> int:
    """Year of birth in a 12-digit number: digit 4 names century and sex (0/1 = 1900s, 2/3 = 2000s, …)."""
    return 1900 + 100 * (int(personal_number[3]) // 2) + int(personal_number[4:6])


def is_male(personal_number: str) -> bool:
    """Sex in a 12-digit number: an even century digit is male."""
    return int(personal_number[3]) % 2 == 0


def tax_code(text: str) -> tuple[Check, ...]:
    """Checks of a tax code: 10 digits with check digit, or 13 with a branch other than 000."""
    matched = re.fullmatch(r"([0-9]{10})(?:-?([0-9]{3}))?", text)
    if matched is None:
        return (Check("tax_code.form", ok=False),)
    digits, branch = matched.group(1), matched.group(2)
    total = sum(weight * int(digit) for weight, digit in zip(_TAX_WEIGHTS, digits, strict=False))
    checks = [Check("tax_code.form", ok=True), Check("tax_code.check_digit", ok=10 - total % 11 == int(digits[9]))]
    if branch is not None:
        checks.append(Check("tax_code.branch", ok=branch != "000"))
    return tuple(checks)


def parse_iso(text: str) -> date | None:
    """The date of an ISO value, None when it is none."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def issue_date(value: str, today: date) -> Check:
    """A date of issue exists, is not before 1930 and not in the future."""
    found = parse_iso(value)
    return Check("date.plausible", ok=found is not None and found.year >= OLDEST_YEAR and found <= today)


def any_date(value: str) -> Check:
    """A date exists and lies in living memory or the near future."""
    found = parse_iso(value)
    return Check("date.plausible", ok=found is not None and OLDEST_YEAR - 30 <= found.year <= 2130)


def leading_zero(day: str, month: str) -> Check:
    """Decree 30/2020 Annex I: days below 10 and months 1 and 2 carry a leading 0.

    None when nothing needs one; False when one is missing: then a digit may be lost, or was written by hand.
    """
    needed = int(day) < 10 or int(month) < 3
    missing = (int(day) < 10 and len(day) < 2) or (int(month) < 3 and len(month) < 2)
    return Check("date.leading_zero", ok=not missing if needed else None)


def number_form(value: str) -> Check:
    """A document number has digits, a slash and a symbol."""
    return Check("number.form", ok=re.fullmatch(r"[0-9]{1,6}[a-zđ]?/[\w&.]+(?:[-/][\w&.,]+)*", value, re.IGNORECASE) is not None)


def number_zero(value: str) -> Check:
    """Numbers below 10 are written with a leading 0 (Decree 30/2020 Annex I)."""
    digits = re.match(r"[0-9]+", value)
    return Check("number.leading_zero", ok=None if digits is None or int(digits.group()) >= 10 else len(digits.group()) > 1)


def number_kind(value: str, title: str) -> Check:
    """The kind named by the abbreviation is the kind named by the title; None when either names none."""
    kind = kind_by_abbreviation(symbol_parts(value)[0]) if symbol_parts(value) else None
    named = kind_by_name(title) if title else None
    if kind is None or named is None:
        return Check("number.kind_matches_title", ok=None)
    return Check("number.kind_matches_title", ok=kind == named[0] or kind.family == "copy")


def number_year(value: str, issued_on: str) -> Check:
    """A year inside the symbol (12/2023/NĐ-CP) is the year of the date; None when there is none."""
    year = re.search(r"/((?:19|20)[0-9]{2})(?:/|$)", value)
    issued = parse_iso(issued_on)
    if year is None or issued is None:
        return Check("number.year_matches_date", ok=None)
    return Check("number.year_matches_date", ok=int(year.group(1)) == issued.year)


def symbol_parts(value: str) -> tuple[str, ...]:
    """The parts of a number's symbol: `12/QĐ-UBND` gives QĐ, UBND; a year after the first slash is left out."""
    _, _, symbol = value.partition("/")
    symbol = re.sub(r"^(?:19|20)[0-9]{2}/", "", symbol)
    return tuple(part for part in re.split(r"[-/]", symbol) if part)


def no_failure(checks: tuple[Check, ...]) -> bool:
    """Whether no check contradicts."""
    return all(check.ok is not False for check in checks)
