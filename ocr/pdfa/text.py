"""The invisible text of a page: every word as wide as its box, as tall as its line, stepping down the tilt."""

from __future__ import annotations

import math
import unicodedata
from dataclasses import dataclass
from statistics import median

from ocr.model import Box, Line, PageText
from ocr.pdfa.font import WIDTH_EM, Glyphs

_LEAST_PX = 1.0
_GAP = 0.17
"""Least gap between words in type sizes: up to 0.15, poppler writes two words as one."""
_TALL = 1.6
"""A word this much taller than its line (a pen stroke, a brace) keeps its own height and does not stretch the others."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A word in the frame of its page's text, in points: along the lines, and up across them from their start."""

    start: float
    width: float
    bottom: float
    height: float


def readable(text: str) -> str:
    """`text` in NFC without characters that cannot stand in a PDF (controls, lone surrogates, non-characters)."""
    kept = (c for c in unicodedata.normalize("NFC", text) if unicodedata.category(c) not in {"Cc", "Cs", "Cn"} and c != "\ufeff")
    return "".join(kept)


def text_operators(page: PageText, glyphs: Glyphs) -> str:
    """The content stream part that writes `page` invisibly; empty for a page without words."""
    lines = [written for line in page.lines if (written := _line(line, page, glyphs))]
    return "BT\n3 Tr\n" + "\n".join(lines) + "\nET\n" if lines else ""


def placed(box: Box, page: PageText) -> Placed:
    """Where the word of `box` (the hull of a tilted word) stands in the frame turned along the page's text."""
    along, across = box.x1 - box.x0, box.y1 - box.y0
    if page.turn_deg % 180:
        along, across = across, along
    width, height = _unhulled(max(along, _LEAST_PX), max(across, _LEAST_PX), abs(page.skew_deg))
    cos, sin = _direction(page.turn_deg - page.skew_deg)
    x, y = (box.x0 + box.x1) / 2, page.height_px - (box.y0 + box.y1) / 2
    scale = 72 / page.dpi
    start, bottom = cos * x + sin * y - width / 2, cos * y - sin * x - height / 2
    return Placed(start * scale, width * scale, bottom * scale, height * scale)


def _direction(angle_deg: float) -> tuple[float, float]:
    """Cosine and sine of an angle, counter-clockwise in PDF space."""
    angle = math.radians(angle_deg)
    return math.cos(angle), math.sin(angle)


def _unhulled(along: float, across: float, tilt_deg: float) -> tuple[float, float]:
    """Width and height of the rectangle that, tilted, has the hull `along` × `across`."""
    cos, sin = math.cos(math.radians(tilt_deg)), math.sin(math.radians(tilt_deg))
    spread = cos * cos - sin * sin
    width, height = (along * cos - across * sin) / spread, (across * cos - along * sin) / spread
    return (width, height) if min(width, height) >= _LEAST_PX else (along, across)


def _line(line: Line, page: PageText, glyphs: Glyphs) -> str:
    words = [(text, word.box) for word in line.words if (text := readable(word.text))]
    if not words:
        return ""
    bottom, height = _band([placed(box, page) for _, box in words])
    runs = [_run(box, page, bottom, height) for _, box in words]
    cos, sin = _direction(page.turn_deg)
    parts = []
    for (text, _), run, after in zip(words, runs, [*runs[1:], None], strict=True):
        room = (after.x - run.x) * cos + (after.y - run.y) * sin - _GAP * run.size if after else math.inf
        width = min(run.width, room) if room >= run.width / 2 else run.width
        matrix = " ".join(_number(value) for value in (cos, sin, -sin, cos, run.x, run.y))
        stretch = _number(_stretch(text, run.size, width))
        # pdfium passes over a text object of one letter without outlines: the space belongs to the word
        parts.append(f"/F0 {_number(run.size)} Tf {stretch} Tz {matrix} Tm {glyphs.encoded(text + ' ')} Tj")
    return "\n".join(parts)


@dataclass(frozen=True, slots=True)
class _Run:
    """A word as written: start of its baseline and width in points, type size."""

    x: float
    y: float
    width: float
    size: float


def _run(box: Box, page: PageText, bottom: float, height: float) -> _Run:
    """The word of `box` in a line that stands at `bottom` and is `height` tall in the tilted frame.

    The word itself is written level, and only its place follows the tilt: poppler breaks a word whose letters do not
    stand on one height, so a tilted line would be found and copied in pieces.
    """
    place = placed(box, page)
    if place.height > _TALL * height:
        bottom, height = place.bottom, place.height
    cos, sin = _direction(page.turn_deg - page.skew_deg)
    middle = place.start + place.width / 2
    x, y = cos * middle - sin * bottom, sin * middle + cos * bottom
    along = (box.y1 - box.y0) if page.turn_deg % 180 else (box.x1 - box.x0)
    width = max(along, _LEAST_PX) * 72 / page.dpi
    cos, sin = _direction(page.turn_deg)
    return _Run(x - cos * width / 2, y - sin * width / 2, width, height)


def _band(places: list[Placed]) -> tuple[float, float]:
    """Bottom and height shared by the words of a line: viewers take words of different size for different lines."""
    usual = median(place.height for place in places)
    normal = [place for place in places if place.height <= _TALL * usual]
    bottom = min(place.bottom for place in normal)
    return bottom, max(place.bottom + place.height for place in normal) - bottom


def _stretch(text: str, size: float, width: float) -> float:
    """Horizontal scaling in per cent that makes `text` exactly `width` wide."""
    return 100 * width / (len(text) * WIDTH_EM * size)


def _number(value: float) -> str:
    return f"{value:.4f}".rstrip("0").rstrip(".") if abs(value) >= 0.00005 else "0"
