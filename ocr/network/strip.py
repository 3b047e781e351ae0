"""A piece of a line as layout analysis found it: where it lies, what it is made of, and its pixels upright."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ocr.model import Box
from ocr.prepare.decode import Grey
from ocr.prepare.groups import groups

_INK = 160
_MARK = 0.4
"""What is higher than this share of its piece is no mark."""
_MOST_PAIRS = 1_000_000
"""A piece with more blobs times spots of ink is no print, and would take much memory to compare."""

Edges = tuple[int, int, int, int]
"""Left, top, right, bottom."""


@dataclass(frozen=True, slots=True)
class Strip:
    """Pixels `edges` of a page that are one piece of line `line`, upright when turned counter-clockwise by `quarters`."""

    edges: Edges
    quarters: int
    line: tuple[int, int, int]
    blobs: Sequence[Edges]
    """The connected ink of the piece in pixels of the page, in reading order."""

    def pixels(self, grey: Grey) -> Grey:
        """The piece upright."""
        left, top, right, bottom = self.edges
        return np.ascontiguousarray(np.rot90(grey[top:bottom, left:right], self.quarters))

    def boxes(self, parts: Sequence[tuple[float, float]]) -> list[Box]:
        """The box of the ink of each part of the piece (from one share of its length to another), in pixels of the page.

        Ink belongs to the last part that begins left of its middle; a part without any is as high as the piece.
        """
        length = self._length
        begins = [begin * length for begin, _ in parts]
        found: list[Edges | None] = [None] * len(parts)
        for x0, y0, x1, y1 in map(self._upright, self.blobs if parts else ()):
            at = max(bisect_right(begins, (x0 + x1) / 2) - 1, 0)
            had = found[at] or (x0, y0, x1, y1)
            found[at] = min(had[0], x0), min(had[1], y0), max(had[2], x1), max(had[3], y1)
        empty = [(round(begin * length), 0, round(min(end, 1) * length), self._height) for begin, end in parts]
        return [self._on_page(ink or whole) for ink, whole in zip(found, empty, strict=True)]

    @property
    def _length(self) -> int:
        left, top, right, bottom = self.edges
        return bottom - top if self.quarters % 2 else right - left

    @property
    def _height(self) -> int:
        left, top, right, bottom = self.edges
        return right - left if self.quarters % 2 else bottom - top

    def _upright(self, blob: Edges) -> Edges:
        """Edges on the page as edges in the upright pixels."""
        left, top, right, bottom = self.edges
        x0, y0, x1, y1 = blob
        match self.quarters:
            case 1:
                return y0 - top, right - x1, y1 - top, right - x0
            case 2:
                return right - x1, bottom - y1, right - x0, bottom - y0
            case 3:
                return bottom - y1, x0 - left, bottom - y0, x1 - left
        return x0 - left, y0 - top, x1 - left, y1 - top

    def _on_page(self, found: Edges) -> Box:
        left, top, right, bottom = self.edges
        x0, y0, x1, y1 = found
        match self.quarters:
            case 1:
                return Box(right - y1, top + x0, right - y0, top + x1)
            case 2:
                return Box(right - x1, bottom - y1, right - x0, bottom - y0)
            case 3:
                return Box(left + y0, bottom - x1, left + y1, bottom - x0)
        return Box(left + x0, top + y0, left + x1, top + y1)


def marks_beside(grey: Grey, ink: Edges, blobs: Sequence[Edges]) -> list[Edges]:
    """Ink of a piece (all of it lies in `ink`) that is none of its `blobs`: marks that layout analysis took for specks."""
    left, top, right, bottom = ink
    dark = np.asarray(grey[top:bottom, left:right] < _INK, dtype=np.uint8)
    if not dark.size:  # OpenCV would end the process
        return []
    count, _, found, middles = groups(dark)
    if count * len(blobs) > _MOST_PAIRS:
        return []
    x0, y0, width, height = found[1:, :4].T
    x1, y1 = x0 + width, y0 + height
    mine = np.array(blobs, dtype=np.int64).reshape(-1, 4) - (left, top, left, top)
    x, y = middles[1:, :1], middles[1:, 1:]
    known = ((mine[:, 0] <= x) & (x <= mine[:, 2]) & (mine[:, 1] <= y) & (y <= mine[:, 3])).any(axis=1)
    small = height <= _MARK * (bottom - top)  # no letter that hangs down from the line above, no stroke of a pen
    marks = np.stack([x0 + left, y0 + top, x1 + left, y1 + top], axis=1)[~known & small]
    return [(int(a), int(b), int(c), int(d)) for a, b, c, d in marks]
