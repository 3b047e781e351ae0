"""Địa danh and ngày ban hành from the head's date line; the issuing body from its left column."""

from __future__ import annotations

import re
from datetime import date

from ocr.fields import checks
from ocr.fields.confidence import DOUBT, KNOWN, all_right
from ocr.fields.dates import ReadDate
from ocr.fields.found import field
from ocr.fields.head import Head
from ocr.fields.kinds import is_known_body, province_like, starts_organ
from ocr.fields.layout import Cell, evidence, evidence_of
from ocr.fields.words import fold, letters
from ocr.model import Field

_REPAIRED = 0.6
_SEEN_AGAIN = 0.3
"""Share of the doubt that is left when a name stands spelt the same way elsewhere in the paper."""
_UNCONFIRMED = 0.93
"""Strength of a body's name that nothing else confirms: names are where a lost tone mark goes unnoticed."""


def find_date(head: Head, today: date) -> Field | None:
    """Ngày ban hành; empty and unsure when a part cannot be read, doubtful when parts look written by hand."""
    if head.date is None or head.read_date is None:
        return None
    return date_field(head.date, head.read_date, today)


def date_field(cell: Cell, read: ReadDate, today: date) -> Field:
    """`issued_on` from a line with a worded date."""
    first = _day_word(cell)
    words = cell.part(first, len(cell.words))
    confidence = all_right(words.confidences)
    if read.repaired:
        confidence *= _REPAIRED
    if written_by_hand(words):
        confidence = min(confidence, DOUBT)
    judged = (checks.issue_date(read.iso, today), checks.leading_zero(read.day, read.month)) if read.iso else ()
    where = evidence(words.words, cell.page)
    return field("issued_on", words.text, read.iso, confidence, where=where, checks=judged)


def find_place(head: Head) -> Field | None:
    """Địa danh: what stands before the comma of the date line."""
    cell, read = head.date, head.read_date
    if cell is None or read is None or not read.place:
        return None
    words = cell.part(0, max(1, _day_word(cell)))
    strength = 1.0 if read.place[:1].isupper() and not re.search(r"[0-9]", read.place) else 0.5
    confidence = all_right(words.confidences) * strength
    alike = province_like(read.place)
    if alike == read.place:
        confidence = max(confidence, KNOWN)
    elif alike:
        confidence = min(confidence, DOUBT)
    return field("place", words.text, read.place, confidence, where=evidence(words.words, cell.page), candidates=(alike,))


def written_by_hand(words: Cell) -> bool:
    """Whether day or month look written into a gap: dots left, specks beside digits, digits taller than the printed words."""
    printed = [
        place.y1 - place.y0 for place, word in zip(words.places, words.words, strict=True) if word.text.strip(".,").isalpha()
    ]
    tallest = max(printed, default=0.0)
    for place, word in zip(words.places, words.words, strict=True):
        digits = re.search(r"[0-9]", word.text) is not None
        glued = fold(word.text).startswith(("ngay", "nga")) and len(letters(word.text)) > 4
        if digits and tallest and place.y1 - place.y0 > 1.05 * tallest:
            return True
        if glued or re.search(r"[.…_]{2,}", word.text) or (digits and re.search(r"[^0-9,.;]", word.text)):
            return True
    return False


def find_issuer(head: Head, body: str = "") -> tuple[Field, ...]:
    """The issuing body and, above it, the body it belongs to (`issuer_parent`).

    `body` is the paper's running text: a name that is spelt the same way there is trusted more. A line beginning like
    a body's name starts a new body; any other line goes on with the one above. The last body is the issuing one.
    """
    groups: list[list[Cell]] = []
    for cell in head.issuer:
        if not groups or starts_organ(_clean(cell.text)):
            groups.append([cell])
        else:
            groups[-1].append(cell)
    if not groups:
        return ()
    strength = 1.0 if head.nation is not None else 0.7
    issuer = _organ("issuer", groups[-1], strength, body)
    if len(groups) == 1:
        return (issuer,)
    above = [cell for group in groups[:-1] for cell in group]
    return (issuer, _organ("issuer_parent", above, strength, body))


def _organ(name: str, cells: list[Cell], strength: float, body: str) -> Field:
    value = " ".join(_clean(cell.text) for cell in cells)
    confidence = all_right(confidence for cell in cells for confidence in cell.confidences) * strength
    if is_known_body(value):
        confidence = max(confidence, KNOWN)
    elif re.search(rf"\b{re.escape(value.casefold())}\b", body):
        confidence = 1 - (1 - confidence) * _SEEN_AGAIN
    else:
        confidence *= _UNCONFIRMED if starts_organ(value) else _UNCONFIRMED * 0.8
    raw = " ".join(cell.text for cell in cells)
    return field(name, raw, value, confidence, where=evidence_of(cells))


def _clean(text: str) -> str:
    """The text without specks read as punctuation at its ends."""
    return re.sub(r"^(?:[^\w(“\"]|_)+|(?:[^\w)”\"]|_)+$", "", text)


def _day_word(cell: Cell) -> int:
    """Index of the word `ngày`; 0 when there is none."""
    return next((index for index, word in enumerate(cell.words) if re.match(r"\W*nga[yuv]", fold(word.text))), 0)
