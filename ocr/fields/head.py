"""The two-column head of Decree 30/2020: motto right, issuing body left, number left, place and date right."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ocr.fields import dates
from ocr.fields.dates import ReadDate
from ocr.fields.kinds import lists
from ocr.fields.layout import Cell, Sheet, split_at_x
from ocr.fields.stamps import stamped
from ocr.fields.words import contains, fold, letters, likeness

NATION = "Cộng hòa xã hội chủ nghĩa Việt Nam"
MOTTO = "Độc lập - Tự do - Hạnh phúc"
_HEAD_SHARE = 0.42
"""The head lies in the upper 42 % of the page, the congress of marks and stamps above it included."""
_NUMBER_START = re.compile(r"^\W{0,3}s[oe60][\W_0-9ø]*")
_SYMBOL = re.compile(r"/\s?[A-ZĐ][\w&.]{0,12}(?:\s?-\s?[\w&.]+)*|/\s?(?:19|20)\d{2}\s?/")


@dataclass(frozen=True, slots=True)
class Head:
    """The cells of a page's head, each None or empty when it was not found."""

    sheet: Sheet
    nation: Cell | None
    motto: Cell | None
    number: Cell | None
    date: Cell | None
    read_date: ReadDate | None
    issuer: tuple[Cell, ...]
    cells: tuple[Cell, ...]
    """All cells of the page cut at the column edge, without stamps."""

    @property
    def bottom(self) -> float:
        """Upright y under which the head ends: below number, date, motto."""
        return max((cell.box.y1 for cell in (self.number, self.date, self.motto, self.nation) if cell is not None), default=0.0)

    @property
    def column_x(self) -> float:
        """Upright x where the right column begins."""
        edges = [cell.box.x0 for cell in (self.nation, self.motto) if cell is not None]
        return min(edges, default=self.sheet.width * 0.5)


def find_head(sheet: Sheet) -> Head:
    """The head of this page, as far as it is there."""
    excluded = stamped(sheet)
    cells = tuple(part for cell in sheet.cells if cell not in excluded for part in _at_motto(cell))
    upper = tuple(cell for cell in cells if sheet.y(cell) <= _HEAD_SHARE)
    nation = _best(upper, NATION)
    motto = _best(upper, MOTTO)
    edge = min((cell.box.x0 for cell in (nation, motto) if cell is not None), default=0.5 * sheet.width)
    date, read = _date_cell(upper, sheet)
    number = _number_cell(upper, sheet, nation)
    issuer = _issuer_cells(upper, sheet, nation, number or date, edge)
    return Head(sheet, nation, motto, number, date, read, issuer, cells)


def _at_motto(cell: Cell) -> tuple[Cell, ...]:
    """A line holding both columns without a wide gap is cut where the nation's name or the motto begins."""
    text = letters(cell.text)
    for opening in (("cong", "hoa"), ("doc", "lap")):
        for index in range(1, len(cell.words) - 1):
            pair = tuple(letters(word.text) for word in cell.words[index : index + 2])
            if pair == opening and any(contains(text, phrase) for phrase in (NATION, MOTTO)):
                return split_at_x(cell, cell.places[index].x0)
    return (cell,)


def _best(cells: tuple[Cell, ...], phrase: str) -> Cell | None:
    scored = [(likeness(cell.text, phrase), cell) for cell in cells]
    score, cell = max(scored, key=lambda pair: pair[0], default=(0.0, None))
    return cell if score >= 0.75 else None


def _date_cell(cells: tuple[Cell, ...], sheet: Sheet) -> tuple[Cell | None, ReadDate | None]:
    """The first worded date of the head that is a line of its own, `Địa danh, ngày …`, reaching into the right half."""
    for cell in cells:
        read = dates.worded(cell.text)
        if read is None or cell.box.x1 <= 0.55 * sheet.width:
            continue
        rest = len(letters(cell.text[read.end :]))
        if rest <= 8 and len(read.place) <= 45 and not re.search(r"[0-9/;]", read.place):
            return cell, read
    return None, None


def _number_cell(cells: tuple[Cell, ...], sheet: Sheet, nation: Cell | None) -> Cell | None:
    """The cell `Số: …/…`: left half, beginning with something like `Số`, holding a symbol; below the nation's line."""
    top = nation.box.y0 if nation is not None else 0.0
    left = [_with_symbol(cell, cells) for cell in cells if cell.box.x0 < 0.5 * sheet.width and cell.mid_y >= top]
    named = [cell for cell in left if _NUMBER_START.match(cell.fold) and _SYMBOL.search(cell.text)]
    own = [cell for cell in named if not _copy_symbol(cell.text)]
    if own:
        return own[0]
    bare = [cell for cell in left if _SYMBOL.search(cell.text) and len(cell.words) <= 5 and _known_symbol(cell.text)]
    return next(iter(named or bare), None)


def _with_symbol(cell: Cell, cells: tuple[Cell, ...]) -> Cell:
    """`Số:` or `Số: 07` joined with the cells right of it up to the symbol: a gap is left for writing the number in."""
    joined = cell
    while _NUMBER_START.match(joined.fold) and not _SYMBOL.search(joined.text):
        right = [one for one in cells if abs(one.mid_y - joined.mid_y) < 0.7 * joined.height and one.box.x0 >= joined.box.x1]
        following = min(right, key=lambda one: one.box.x0, default=None)
        if following is None or following.box.x0 - joined.box.x1 > 6 * joined.height or len(joined.words) > 4:
            break
        joined = joined.with_next(following)
    return joined


def number_line(text: str) -> bool:
    """Whether a line is a number: it begins with something like `Số` and holds digits."""
    return _NUMBER_START.match(fold(text)) is not None and re.search(r"[0-9/]", text) is not None


def _copy_symbol(text: str) -> bool:
    return re.search(r"/\s?(?:SY|TrS|SL)\b", text) is not None


def _known_symbol(text: str) -> bool:
    kinds = "|".join(kind.abbreviation for kind in lists().kinds if kind.abbreviation)
    return re.search(rf"/\s?(?:{kinds})\s?-", text) is not None


def _issuer_cells(
    cells: tuple[Cell, ...], sheet: Sheet, nation: Cell | None, under: Cell | None, edge: float
) -> tuple[Cell, ...]:
    """Left-column lines in capitals between the top of the motto and the number."""
    bottom = under.box.y0 if under is not None else 0.25 * sheet.height
    top = nation.box.y0 - 1.5 * nation.height if nation is not None else 0.0
    found = []
    for cell in cells:
        inside = top <= cell.mid_y < bottom and cell.box.x1 <= edge + 0.02 * sheet.width and cell is not nation
        if inside and cell.caps >= 0.7 and len(letters(cell.text)) >= 4 and not _mark(cell.text):
            found.append(cell)
    return tuple(found)


def _mark(text: str) -> bool:
    marks = (*lists().secrecy, *lists().urgency)
    return any(letters(text) == letters(mark) for mark in marks)
