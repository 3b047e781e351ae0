"""Fields of labelled papers that no label names: the date over the signature, the body that signs, a form's subject."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from ocr.fields import dates
from ocr.fields.found import from_cells
from ocr.fields.head import Head
from ocr.fields.issued import date_field
from ocr.fields.kinds import starts_organ
from ocr.fields.layout import Cell, Sheet
from ocr.fields.stamps import stamped
from ocr.fields.title import find_subject
from ocr.fields.titles import title_cells
from ocr.fields.words import fold
from ocr.model import Field

_BODY_STRENGTH = 0.9


def foot_date(sheets: Sequence[Sheet], today: date) -> Field | None:
    """`Địa danh, ngày … tháng … năm …` on a line of its own in the right half: the last one of the paper."""
    for sheet in reversed(sheets):
        found = _date_line(sheet)
        if found is not None:
            read = dates.worded(found.text)
            return date_field(found, read, today) if read is not None else None
    return None


def foot_issuer(sheets: Sequence[Sheet]) -> Field | None:
    """The body named in capitals right under the date line, above the position of the signer."""
    for sheet in reversed(sheets):
        line = _date_line(sheet)
        below = [cell for cell in sheet.cells if line is not None and cell.mid_y > line.mid_y + 0.5 * line.height]
        taken: list[Cell] = []
        for cell in below:
            right = sheet.x(cell) > 0.45 and cell.caps > 0.8
            near = cell.mid_y - (taken[-1] if taken else line or cell).mid_y < 3.0 * cell.height
            if not right or not near or len(taken) == 3:
                break
            if not taken and not starts_organ(cell.text):
                break
            if taken and not _goes_on(cell.text):
                break
            taken.append(cell)
        if taken:
            return from_cells("issuer", taken, factor=_BODY_STRENGTH)
    return None


def subject_under_title(head: Head, sheet: Sheet) -> Field | None:
    """The centred lines under a form's title."""
    groups = title_cells(sheet)
    return find_subject(head, groups[0][-1]) if groups else None


def _date_line(sheet: Sheet) -> Cell | None:
    later = stamped(sheet)
    for cell in reversed(sheet.cells):
        read = dates.worded(cell.text) if cell not in later and sheet.x(cell) > 0.5 else None
        if (
            read is not None
            and len(read.place) <= 45
            and not re.search(r"[0-9/;:]", read.place)
            and read.end >= len(cell.text) - 3
        ):
            return cell
    return None


def _goes_on(text: str) -> bool:
    """Whether a line of capitals goes on with a body's name: it begins with a unit, not with a position."""
    return re.match(r"\W*(tinh|thanh pho|huyen|quan|xa|phuong|thi|dac khu|va|khu vuc)(?!\w)", fold(text)) is not None
