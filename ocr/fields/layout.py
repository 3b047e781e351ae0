"""A page seen as a person sees it: upright, its lines cut into cells where wide gaps or columns separate them.

Engines join the two columns of the head into one line; fields live in cells. Cells know their words, so every value
keeps its evidence in stored-page pixels while positions are compared in the upright page (turn and skew taken out).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

from ocr.fields.words import capitals_share, fold, nfc
from ocr.model import Box, Code2D, Evidence, PageText, Word

GAP_HEIGHTS = 1.0
"""A gap wider than this many line heights separates two cells (word spaces are about a third of one)."""


@dataclass(frozen=True, slots=True)
class Cell:
    """Neighbouring words of one line. `box` is upright; `words` carry the stored boxes."""

    words: tuple[Word, ...]
    places: tuple[Box, ...]
    """Upright box of each word."""
    box: Box
    page: int

    @property
    def text(self) -> str:
        """The words joined by single spaces, NFC."""
        return nfc(" ".join(word.text for word in self.words))

    @property
    def fold(self) -> str:
        """Folded text, as long as `text`."""
        return fold(self.text)

    @property
    def confidences(self) -> tuple[float, ...]:
        """The engine's confidence of each word."""
        return tuple(word.confidence for word in self.words)

    @property
    def height(self) -> float:
        """Median word height in upright pixels."""
        return median(place.y1 - place.y0 for place in self.places)

    @property
    def mid_x(self) -> float:
        """Horizontal middle."""
        return (self.box.x0 + self.box.x1) / 2

    @property
    def mid_y(self) -> float:
        """Vertical middle."""
        return (self.box.y0 + self.box.y1) / 2

    @property
    def caps(self) -> float:
        """Share of capitals among its letters."""
        return capitals_share(self.text)

    def part(self, first: int, last: int) -> Cell:
        """Words first..last (exclusive) as a cell of their own."""
        places = self.places[first:last]
        return Cell(words=self.words[first:last], places=places, box=union(places), page=self.page)

    def with_next(self, other: Cell) -> Cell:
        """This cell and the one to its right as one."""
        return Cell(self.words + other.words, self.places + other.places, self.box.union(other.box), self.page)


@dataclass(frozen=True, slots=True)
class Sheet:
    """One upright page as cells, top to bottom and left to right."""

    index: int
    width: float
    height: float
    cells: tuple[Cell, ...]
    codes: tuple[Code2D, ...]

    @property
    def line_height(self) -> float:
        """Median cell height, 1 for an empty page."""
        return median(cell.height for cell in self.cells) if self.cells else 1.0

    def x(self, cell: Cell) -> float:
        """Middle of a cell across the page, 0 to 1."""
        return cell.mid_x / self.width

    def y(self, cell: Cell) -> float:
        """Middle of a cell down the page, 0 to 1."""
        return cell.mid_y / self.height


def sheets(pages: Sequence[PageText]) -> tuple[Sheet, ...]:
    """The pages of a paper as sheets."""
    return tuple(_sheet(index, page) for index, page in enumerate(pages))


def evidence(words: Iterable[Word], page: int) -> tuple[Evidence, ...]:
    """One evidence box around the words in stored-page pixels; empty for no words."""
    boxes = [word.box for word in words]
    return (Evidence(page=page, box=union(boxes)),) if boxes else ()


def evidence_of(cells: Iterable[Cell]) -> tuple[Evidence, ...]:
    """One evidence box for the cells of each page."""
    by_page: dict[int, list[Word]] = {}
    for cell in cells:
        by_page.setdefault(cell.page, []).extend(cell.words)
    return tuple(found for page, words in sorted(by_page.items()) for found in evidence(words, page))


def union(boxes: Sequence[Box]) -> Box:
    """The smallest box around all."""
    joined = boxes[0]
    for box in boxes[1:]:
        joined = joined.union(box)
    return joined


def rows(cells: Sequence[Cell], gap_heights: float) -> tuple[Cell, ...]:
    """The cells with neighbours of one row joined where the gap between them is under that many heights."""
    joined: list[Cell] = []
    for cell in sorted(cells, key=lambda one: one.box.x0):
        for index, left in enumerate(joined):
            near = abs(left.mid_y - cell.mid_y) < 0.5 * left.height
            if near and -left.height < cell.box.x0 - left.box.x1 < gap_heights * left.height:
                joined[index] = left.with_next(cell)
                break
        else:
            joined.append(cell)
    return tuple(sorted(joined, key=lambda one: (one.mid_y, one.box.x0)))


def split_at_x(cell: Cell, x: float) -> tuple[Cell, ...]:
    """The cell cut into what lies left and right of x (by word middles); one cell when all lies on one side."""
    cut = [index for index, place in enumerate(cell.places) if (place.x0 + place.x1) / 2 >= x]
    if not cut or cut[0] == 0 or len(cut) != len(cell.words) - cut[0]:
        return (cell,)
    return (cell.part(0, cut[0]), cell.part(cut[0], len(cell.words)))


def _sheet(index: int, page: PageText) -> Sheet:
    turned = page.turn_deg % 180 == 90
    width, height = (page.height_px, page.width_px) if turned else (page.width_px, page.height_px)
    cells = [cell for line in page.lines if line.words for cell in _cells(line.words, page, index)]
    cells.sort(key=lambda cell: (cell.mid_y, cell.box.x0))
    return Sheet(index=index, width=float(width or 1), height=float(height or 1), cells=tuple(cells), codes=page.codes)


def _cells(words: Sequence[Word], page: PageText, index: int) -> Iterable[Cell]:
    pairs = sorted(((word, _upright(word.box, page)) for word in words if word.text.strip()), key=lambda pair: pair[1].x0)
    if not pairs:
        return
    gap = GAP_HEIGHTS * median(place.y1 - place.y0 for _, place in pairs)
    start, reach = 0, pairs[0][1].x1
    for position, (_, place) in enumerate(pairs):
        if position > start and place.x0 - reach > gap:
            yield _cell(pairs[start:position], index)
            start = position
        reach = max(reach if position > start else place.x1, place.x1)
    yield _cell(pairs[start:], index)


def _cell(pairs: Sequence[tuple[Word, Box]], index: int) -> Cell:
    places = tuple(place for _, place in pairs)
    return Cell(words=tuple(word for word, _ in pairs), places=places, box=union(places), page=index)


def _upright(box: Box, page: PageText) -> Box:
    """A stored box in the upright page: quarter turn first, then the skew as a shift of each word's height."""
    width, height = page.width_px, page.height_px
    turned = {
        90: Box(height - box.y1, box.x0, height - box.y0, box.x1),
        180: Box(width - box.x1, height - box.y1, width - box.x0, height - box.y0),
        270: Box(box.y0, width - box.x1, box.y1, width - box.x0),
    }.get(page.turn_deg % 360, box)
    if not page.skew_deg:
        return turned
    middle = (height if page.turn_deg % 180 == 90 else width) / 2
    shift = ((turned.x0 + turned.x1) / 2 - middle) * math.tan(math.radians(page.skew_deg))
    return Box(turned.x0, turned.y0 - shift, turned.x1, turned.y1 - shift)
