"""Title lines of any paper: capitals, centred, in the upper part of the page; neighbours that go together are joined."""

from __future__ import annotations

from ocr.fields.head import MOTTO, NATION, number_line
from ocr.fields.layout import Cell, Sheet
from ocr.fields.stamps import stamped
from ocr.fields.words import letters, likeness

_LOWEST = 0.65


def title_cells(sheet: Sheet) -> tuple[tuple[Cell, ...], ...]:
    """Groups of title lines from top to bottom; lines of one group follow each other without a gap."""
    later = stamped(sheet)
    lines = [cell for cell in sheet.cells if cell not in later and _is_title(cell, sheet)]
    groups: list[list[Cell]] = []
    for cell in lines:
        if groups and cell.mid_y - groups[-1][-1].mid_y < 2.8 * max(cell.height, groups[-1][-1].height):
            groups[-1].append(cell)
        else:
            groups.append([cell])
    return tuple(tuple(group) for group in groups)


def _is_title(cell: Cell, sheet: Sheet) -> bool:
    if sheet.y(cell) > _LOWEST or cell.caps < 0.75 or len(letters(cell.text)) < 3:
        return False
    if number_line(cell.text):
        return False
    centred = abs(sheet.x(cell) - 0.5) < 0.2
    return centred and max(likeness(cell.text, NATION), likeness(cell.text, MOTTO)) < 0.75
