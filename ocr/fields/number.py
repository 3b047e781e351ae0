"""Số, ký hiệu: the digits as read, the symbol repaired only against the closed lists."""

from __future__ import annotations

import re

from ocr.fields import checks
from ocr.fields.confidence import DOUBT, all_right
from ocr.fields.found import field
from ocr.fields.head import Head
from ocr.fields.kinds import kind_by_abbreviation, lists, repaired_abbreviation
from ocr.fields.layout import Cell, evidence_of
from ocr.fields.words import fold
from ocr.model import Field

_LABEL = re.compile(r"^\W{0,3}s[oe60](?=[\W\d_])[^\w@#/]*")
_SHAPE = re.compile(
    r"^(?P<digits>.*?)\s*/\s*(?P<year>(?:19|20)[0-9]{2}\s*/\s*)?(?P<symbol>[A-Za-zĐđ0][\w&.]*(?:\s?[-–—/]\s?[\w&.,]+)*)"
)
_LOOKS = str.maketrans({"O": "0", "o": "0", "Ø": "0", "l": "1", "I": "1", "|": "1"})
_REPAIRED = 0.7
"""Strength of a value of which a sign was replaced by the one it looks like."""


def find_number(head: Head) -> Field | None:
    """The document number, None when the head has none.

    Digits that cannot be read, or a number written by hand into the printed line, keep the field below every
    threshold; without legible digits the value is empty and the symbol is offered as a candidate.
    """
    cell = head.number
    if cell is None:
        return None
    label = _LABEL.match(cell.fold)
    matched = _SHAPE.match(cell.text[label.end() :] if label else cell.text)
    if matched is None:
        return None
    raw_digits = matched["digits"].strip(" .…_,:;„”\"'-")
    digits = raw_digits.translate(_LOOKS)
    year = re.sub(r"\s", "", matched["year"] or "")
    read_symbol = re.sub(r"[–—]", "-", re.sub(r"\s", "", matched["symbol"])).strip(".,-")
    symbol = _repaired(read_symbol)
    tail = f"/{year}{symbol}"
    legible = re.fullmatch(r"[0-9]{1,6}[a-zA-Z]?", digits) is not None
    value = f"{digits}{tail}" if legible else ""
    strength = 1.0 if known_symbol(symbol) else 0.9
    strength *= _REPAIRED if digits != raw_digits or symbol != read_symbol else 1.0
    confidence = all_right(cell.confidences) * strength
    if filled_in(cell):
        confidence = min(confidence, DOUBT)
    judged = (checks.number_form(value), checks.number_zero(value)) if value else ()
    return field(
        "number",
        cell.text,
        value,
        confidence,
        where=evidence_of([cell]),
        candidates=(tail, f"{digits}/{year}{read_symbol}" if value else ""),
        checks=judged,
    )


def filled_in(cell: Cell) -> bool:
    """Whether the digits stand in a gap left for handwriting: a space before the slash, or a dotted line.

    In a printed number nothing stands between digits and slash. Measured on real scans this gap is there for most
    handwritten numbers, and the engine is often sure of a wrong digit in it.
    """
    return re.search(r"\s/|[.…_]{2,}\s*/|[.…]/", cell.text) is not None or _taller_digits(cell)


def _taller_digits(cell: Cell) -> bool:
    """Whether the digits stand taller than the printed label `Số:`, whose tone marks reach above any printed digit.

    Q and letters with a tail reach lower, so a word with them may be taller by a fifth.
    """
    heights = [place.y1 - place.y0 for place in cell.places]
    label = heights[0] if _LABEL.match(fold(cell.words[0].text) + " ") and not re.search(r"[0-9]", cell.words[0].text) else 0.0
    for height, word in zip(heights[1:], cell.words[1:], strict=True):
        tail = 1.2 if re.search(r"[Qgjpqy,;]", word.text) else 1.05
        if label and re.match(r"\W*[0-9]", word.text) and height > tail * label:
            return True
    return False


def known_symbol(symbol: str) -> bool:
    """Whether the first part of the symbol is a kind or a body of the closed lists."""
    first = re.split(r"[-/]", symbol)[0]
    return kind_by_abbreviation(first) is not None or first in lists().organs


def _repaired(symbol: str) -> str:
    parts = re.split(r"([-/])", symbol)
    return "".join(
        part if part in "-/" else repaired_abbreviation(part, first=position == 0) for position, part in enumerate(parts)
    )
