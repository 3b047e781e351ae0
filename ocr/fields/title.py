"""Tên loại and trích yếu: centred under the head, or `V/v …` under the number of a công văn."""

from __future__ import annotations

import re

from ocr.fields.confidence import DOUBT, all_right
from ocr.fields.found import field, from_cells
from ocr.fields.head import Head
from ocr.fields.kinds import DocumentKind, kind_by_abbreviation, kind_by_name
from ocr.fields.layout import Cell, evidence_of, rows
from ocr.fields.words import fold, letters
from ocr.model import Check, Field

_LETTER = "Công văn"
_VV = re.compile(r"^\W{0,2}[vw]\W{0,2}[/il1|⁄]?\W{0,2}[vy](?=\W)|^\W{0,2}v[il1/]{1,2}(?=\s)", re.IGNORECASE)
_ABOUT = re.compile(r"^\W{0,2}v[ea]? viec\b", re.IGNORECASE)
_BODY_START = re.compile(
    r"^\W{0,2}(can cu|thuc hien|theo de nghi|kinh gui|xet de nghi|xet to trinh|ngay [0-9]|trong thoi gian|nham|"
    r"chuong\b|dieu 1|phan\b|[ivx]+\s*[.)]|[0-9]+\s*[.)]|hom nay|thi hanh|tiep theo)"
)
_NUMBER = re.compile(r"^\W{0,2}(hop dong )?so\s*[:.]?\s*[0-9.]")
"""A line with the number, which contracts and minutes print under their title."""
_WORD_GAP = 1.8
"""Gaps up to this many heights may stand inside a centred line; a stamp beside it is farther away."""
_AGREED = 0.9
"""Least confidence of a title that is on the closed list and agrees with the number's abbreviation."""


def find_title(head: Head, symbol_kind: str) -> tuple[Field | None, Cell | None]:
    """The kind of document and the cell it stands in; `symbol_kind` is the abbreviation read in the number.

    A công văn prints no kind: it is concluded from `V/v` under the number and a symbol without abbreviation.
    """
    printed = _printed_title(head)
    if printed is not None:
        return _title_field(printed, symbol_kind), printed
    seen = _vv_cell(head)
    if seen is None:
        return None, None
    sure = 0.6 if symbol_kind else 0.9  # 12/CT-… may be a tax office's letter, or a title that was not read
    checks = (Check("title.concluded", ok=None if symbol_kind else True),)
    return field("title", "", _LETTER.upper(), sure, where=evidence_of([seen]), checks=checks), None


def find_subject(head: Head, title: Cell | None) -> Field | None:
    """Trích yếu: the lines under the printed kind, or the `V/v` lines of the left column."""
    start = _vv_cell(head) if title is None else None
    cells = _column_subject(head, start) if start is not None else _centred_subject(head, title) if title is not None else []
    if not cells:
        return None
    text = " ".join(cell.text for cell in cells)
    value, repaired = _opening(text)
    made = from_cells("subject", cells, value=value, factor=0.97)
    if repaired:
        return field("subject", text, value, min(made.confidence, DOUBT), where=made.evidence)
    return made


def _printed_title(head: Head) -> Cell | None:
    sheet, below = head.sheet, head.bottom
    for cell in head.cells:
        if cell.mid_y < below or sheet.y(cell) > 0.6 or abs(sheet.x(cell) - 0.5) > 0.17:
            continue
        if kind_by_name(cell.text) is not None and cell.caps > 0.8:
            return cell
    return _unlisted_title(head)


def _unlisted_title(head: Head) -> Cell | None:
    """A centred line of capitals right under the head that is on no list; needs a head above it."""
    if head.nation is None:
        return None
    sheet = head.sheet
    for cell in head.cells:
        near = head.bottom < cell.mid_y < head.bottom + 8 * sheet.line_height
        if near and abs(sheet.x(cell) - 0.5) < 0.12 and cell.caps > 0.85 and len(letters(cell.text)) >= 6:
            return cell
    return None


def _title_field(cell: Cell, symbol_kind: str) -> Field:
    named = kind_by_name(cell.text)
    if named is None:
        return from_cells("title", [cell], factor=0.8)
    kind, score = named
    confidence = all_right(cell.confidences) * score
    other = kind_by_abbreviation(symbol_kind)
    agrees = other == kind if other is not None else None
    if agrees or letters(cell.text) == letters(kind.name):
        confidence = max(confidence, _AGREED)
    if agrees:
        confidence = max(confidence, 0.97)
    checks = (Check("number.kind_matches_title", ok=agrees),)
    return field("title", cell.text, _canonical(kind), confidence, where=evidence_of([cell]), checks=checks)


def _canonical(kind: DocumentKind) -> str:
    return kind.name.upper()


def _vv_cell(head: Head) -> Cell | None:
    """The left-column cell under the number that begins with V/v or Về việc."""
    if head.number is None:
        return None
    low, high = head.number.box.y1 - 0.5 * head.number.height, head.number.box.y1 + 4 * head.number.height
    for cell in head.cells:
        left = cell.box.x1 < 0.62 * head.sheet.width and head.sheet.x(cell) < 0.45
        if left and low < cell.mid_y < high and (_VV.match(cell.fold) or _ABOUT.match(cell.fold)):
            return cell
    return None


def _column_subject(head: Head, first: Cell) -> list[Cell]:
    found = [first]
    for cell in head.cells:
        last = found[-1]
        if cell.mid_y <= last.mid_y + 0.5 * last.height or cell.box.x1 > 0.62 * head.sheet.width:
            continue
        if cell.box.y0 - last.box.y1 > 1.1 * first.height or _starts_body(cell):
            break
        if head.sheet.x(cell) < 0.45:
            found.append(cell)
    return found


def _centred_subject(head: Head, title: Cell) -> list[Cell]:
    """Lines under the title until a gap, a body opening, a line of capitals or a line that is not centred."""
    found: list[Cell] = []
    sheet, last = head.sheet, title
    for cell in rows([cell for cell in head.cells if cell.mid_y > title.mid_y], _WORD_GAP):
        if cell.mid_y <= last.mid_y + 0.5 * last.height or not letters(cell.text):
            continue
        if not found and _NUMBER.match(cell.fold):
            last = cell
            continue
        cell = _from_opening(cell, taken=bool(found))  # noqa: PLW2901 - the stamp's share of the line is cut off
        if abs(cell.mid_x - title.mid_x) > 0.08 * sheet.width and (found or cell.box.x1 < 0.4 * sheet.width):
            if cell.box.y0 - last.box.y1 < 0.5 * title.height and cell.box.x1 - cell.box.x0 < 0.3 * sheet.width:
                continue  # a speck or stamp beside the subject
            break
        if _ends_subject(cell, last, title, len(found)):
            break
        found.append(cell)
        last = cell
    return found


def _from_opening(cell: Cell, *, taken: bool) -> Cell:
    """The first subject line from `Về việc` on, when an incoming stamp beside it was read into the same line."""
    if taken:
        return cell
    folds = [fold(word.text) for word in cell.words]
    for index in range(1, len(folds) - 2):
        if folds[index] == "ve" and folds[index + 1] == "viec" and cell.words[index].text[:1].isupper():
            return cell.part(index, len(cell.words))
    return cell


def _ends_subject(cell: Cell, last: Cell, title: Cell, taken: int) -> bool:
    pitch = cell.mid_y - last.mid_y
    gap_too_wide = pitch > (3.2 if taken == 0 else 1.75) * max(title.height, last.height)
    if gap_too_wide or _starts_body(cell):
        return True
    return cell.caps > 0.85 and len(letters(cell.text)) > 8 and not _ABOUT.match(cell.fold)


def _starts_body(cell: Cell) -> bool:
    """Whether a line opens like the body does: with a capital or a figure, so not the second line of a subject."""
    first = cell.text.lstrip("-–.,'\"“ ")[:1]
    return (first.isupper() or first.isdigit()) and _BODY_START.match(cell.fold) is not None


def _opening(text: str) -> tuple[str, bool]:
    """The subject with its printed opening restored (`V/v`, `Về việc`), and whether that changed what was read."""
    folded = fold(text)
    short = _VV.match(folded)
    if short is not None:
        value = "V/v " + text[short.end() :].lstrip(" .:")
        return value, not text.startswith(("V/v ", "V/v"))
    about = _ABOUT.match(folded)
    if about is not None:
        value = "Về việc" + text[about.end() :]
        return value, value != text
    return text, False
