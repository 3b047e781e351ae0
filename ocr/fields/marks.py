"""Độ mật and độ khẩn: short stamped words in capitals near the head."""

from __future__ import annotations

from ocr.fields.found import field
from ocr.fields.kinds import lists
from ocr.fields.layout import Sheet, evidence_of
from ocr.fields.words import letters
from ocr.model import Field


def find_marks(sheet: Sheet) -> tuple[Field, ...]:
    """`secrecy` and `urgency` when a mark stands alone in a cell of the upper 45 % of the page.

    A secrecy mark stops processing by machine, so a doubtful one is reported too, with low confidence.
    """
    found = [_find(sheet, "secrecy", lists().secrecy), _find(sheet, "urgency", lists().urgency)]
    return tuple(made for made in found if made is not None)


def _find(sheet: Sheet, name: str, marks: tuple[str, ...]) -> Field | None:
    for cell in sheet.cells:
        if sheet.y(cell) > 0.45 or cell.caps < 0.9:
            continue
        for mark in marks:
            if letters(cell.text) == letters(mark):
                return field(name, cell.text, mark, min(cell.confidences), where=evidence_of([cell]))
    return None
