"""The administrative document of Decree 30/2020, cell by cell; agreement between cells raises or lowers trust."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from ocr.fields import checks
from ocr.fields.confidence import DOUBT
from ocr.fields.head import Head, find_head
from ocr.fields.issued import find_date, find_issuer, find_place
from ocr.fields.kinds import kind_by_abbreviation
from ocr.fields.layout import Sheet
from ocr.fields.marks import find_marks
from ocr.fields.number import find_number
from ocr.fields.signature import find_foot
from ocr.fields.title import find_subject, find_title
from ocr.fields.validity import find_validity
from ocr.model import Field


def administrative(sheets: Sequence[Sheet], today: date) -> tuple[Field, ...]:
    """All fields found in an administrative document, one per name."""
    head = _head(sheets)
    number = find_number(head)
    title, title_cell = find_title(head, _kind_read(number))
    issued = find_date(head, today)
    made = [
        title,
        _agreeing(number, title, issued),
        issued,
        find_place(head),
        *find_issuer(head, _running_text(head, sheets)),
        find_subject(head, title_cell),
        *find_marks(head.sheet),
        *find_foot(sheets),
        *find_validity(sheets, issued),
    ]
    return tuple(field for field in made if field is not None)


def _head(sheets: Sequence[Sheet]) -> Head:
    """The head of the first of the first two pages that carries the nation's name; a cover may come before it."""
    heads = [find_head(sheet) for sheet in sheets[:2]]
    return next((head for head in heads if head.nation is not None), heads[0])


def _running_text(head: Head, sheets: Sequence[Sheet]) -> str:
    """All text below the head, case folded: where names are spelt a second time."""
    cells = [cell for sheet in sheets for cell in sheet.cells if sheet is not head.sheet or cell.mid_y > head.bottom]
    return " ".join(cell.text.casefold() for cell in cells)


def _kind_read(number: Field | None) -> str:
    """The kind's abbreviation in the number as read, empty for a công văn."""
    if number is None:
        return ""
    text = number.value or (number.candidates[0] if number.candidates else "")
    parts = checks.symbol_parts(text)
    return parts[0] if parts and kind_by_abbreviation(parts[0]) is not None else ""


def _agreeing(number: Field | None, title: Field | None, issued: Field | None) -> Field | None:
    """The number with its cross-field checks; a contradiction keeps it below every threshold."""
    if number is None or not number.value:
        return number
    against = (
        checks.number_kind(number.value, title.value if title else ""),
        checks.number_year(number.value, issued.value if issued else ""),
    )
    contradicted = any(check.ok is False for check in against)
    sure = min(number.confidence, DOUBT) if contradicted else number.confidence
    return replace(number, confidence=sure, checks=(*number.checks, *against))
