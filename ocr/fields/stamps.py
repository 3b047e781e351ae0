"""What others put on a paper later: certification, incoming-mail and copy stamps. Their numbers and dates are not the paper's."""

from __future__ import annotations

import re

from ocr.fields.layout import Cell, Sheet
from ocr.fields.words import contains, letters

_CERTIFICATION = ("chứng thực bản sao đúng với bản chính", "số chứng thực", "SCT/BS", "người thực hiện chứng thực")
_BOOK = re.compile(r"quyen so[\s:.…]*[0-9]")
_REACH_LINES = 4.0
"""A certification stamp is at most this many line heights below or above one of its phrases."""


def stamped(sheet: Sheet) -> frozenset[Cell]:
    """Cells that belong to a later stamp, the whole block around each of its phrases."""
    seeds = [cell for cell in sheet.cells if _certifies(cell)]
    reach = _REACH_LINES * sheet.line_height
    near = {cell for cell in sheet.cells for seed in seeds if _beside(cell, seed, reach)}
    arrivals = {cell for cell in sheet.cells if _arrival(cell)}
    return frozenset(near | set(seeds) | arrivals)


def _certifies(cell: Cell) -> bool:
    return _BOOK.search(cell.fold) is not None or any(contains(cell.text, phrase) for phrase in _CERTIFICATION)


def _beside(cell: Cell, seed: Cell, reach: float) -> bool:
    overlap = min(cell.box.x1, seed.box.x1) - max(cell.box.x0, seed.box.x0)
    return overlap > 0 and abs(cell.mid_y - seed.mid_y) <= reach and _stamp_words(cell)


def _stamp_words(cell: Cell) -> bool:
    text = letters(cell.text)
    return text.startswith(("ngay", "so ", "quyen", "chung thuc", "chu tich", "pho chu tich", "cong chung")) or "sct" in text


def _arrival(cell: Cell) -> bool:
    """The incoming-mail stamp: ĐẾN, Số, Ngày, Chuyển."""
    text = letters(cell.text)
    return text in {"den", "cong van den", "cv den"} or text.startswith(("cong van den", "so den", "ngay den", "da den "))
