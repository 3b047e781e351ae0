"""Printed page numbers: which page says which number, and where one is missing (a sheet not scanned, two fed at once)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from ocr.model import Line, PageText

_ALONE = re.compile(r"[-–—.\s]*(?:trang\s*)?(\d{1,3})(?:\s*/\s*\d{1,3})?[-–—.\s]*", re.IGNORECASE)
_MARGIN = 0.1
"""Numbers stand in the outer tenth of a page, at the top (Decree 30/2020, Appendix I) or at the bottom."""
_LEAST_SURE = 0.5


@dataclass(frozen=True, slots=True)
class Gap:
    """Between two neighbours (places in the paper, from 1) numbers are missing, or come twice or backwards."""

    after: int
    said: int
    next_said: int


def number_of(page: PageText) -> int | None:
    """The number printed on the page, or None."""
    found = [value for line in page.lines if (value := _number(line, page)) is not None]
    return found[0] if len(found) == 1 else None


def gaps(pages: Sequence[PageText | None]) -> tuple[Gap, ...]:
    """Neighbours whose printed numbers do not follow each other. Pages without a number, or not read yet, tell nothing."""
    numbers = [number_of(page) if page is not None else None for page in pages]
    return tuple(
        Gap(place + 1, first, second)
        for place, (first, second) in enumerate(pairwise(numbers))
        if first is not None and second is not None and second != first + 1
    )


def _number(line: Line, page: PageText) -> int | None:
    match = _ALONE.fullmatch(line.text.strip())
    if match is None or min(word.confidence for word in line.words) < _LEAST_SURE:
        return None
    middle, whole = _along(line, page)
    return int(match.group(1)) if min(middle, whole - middle) <= _MARGIN * whole else None


def _along(line: Line, page: PageText) -> tuple[float, float]:
    """How far down the upright page the line stands, and how long that page is; the stored page may lie on its side."""
    box = line.box
    if page.turn_deg % 180:
        return (box.x0 + box.x1) / 2, float(page.width_px)
    return (box.y0 + box.y1) / 2, float(page.height_px)
