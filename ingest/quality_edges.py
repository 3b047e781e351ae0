"""What shows at the edges of a scan: text cut off, a folded corner, a finger or a shadow. Measured on a coarse grey image.

Each finding is a note with the place that shows it, in thousandths of the image's width and height (`x0` … `y1`). Nothing is
refused here and no pixel is changed. A side that is black over its length is no finding of these: `quality` tells it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

import cv2
import numpy as np
import numpy.typing as npt

from ingest.model import Note
from ingest.options import QualityOptions

Grey = npt.NDArray[np.uint8]
Mask = npt.NDArray[np.bool_]
Box = tuple[float, float, float, float]
"""Left, top, right, bottom in pixels."""

_MM_PER_INCH = 25.4
_STROKE_MM = (0.25, 7.0)
"""Width of letters and strokes that stand across an edge."""
_INWARD_MM = 2.0
_NEAR_MM = 5.0
_EDGE_MM = 0.6
_BORDER_SHARE = 0.5
_CORNER_MM = 32.0
_TILE_MM = 6.0
_FILLED, _EMPTY = 0.88, 0.12


def notes(coarse: Grey, dpi: float, options: QualityOptions) -> Iterator[Note]:
    """What is wrong at the edges of a page; `dpi` is the resolution of the coarse image."""
    level = float(np.percentile(coarse[::4, ::4], 80))
    dark = coarse < level * (1 - options.shadow_depth)
    sides = [side for side in range(4) if not _is_border(dark, side)]
    for box in _cut_off(coarse, dpi, sides, options):
        yield _note("cut_off", box, coarse)
    for box in _folded(coarse, level, dpi, sides, options):
        yield _note("folded_corner", box, coarse)
    shadow = _shadow(coarse, level, dpi, options)
    if shadow is not None and len(sides) == 4:
        yield _note("shadow", shadow, coarse)


def _note(code: str, box: Box, image: Grey) -> Note:
    height, width = image.shape
    sides = zip(("x0", "y0", "x1", "y1"), box, (width, height, width, height), strict=True)
    return Note(code, {name: round(1000 * min(max(value / whole, 0.0), 1.0)) for name, value, whole in sides})


def _strip(image: npt.NDArray[Any], side: int, depth: int) -> npt.NDArray[Any]:
    """A strip along a side (left, top, right, bottom), as rows that run along the edge, the outermost first."""
    return (image.T, image, image.T[::-1], image[::-1])[side][:depth]


def _is_border(dark: Mask, side: int) -> bool:
    return bool(_strip(dark, side, 3).mean() > _BORDER_SHARE)


def _cut_off(coarse: Grey, dpi: float, sides: list[int], options: QualityOptions) -> Iterator[Box]:
    """Sides across which many strokes run: the text goes on where the scan does not."""
    per_mm = dpi / _MM_PER_INCH
    edge, deep = max(1, round(_EDGE_MM * per_mm)), max(3, round(_INWARD_MM * per_mm))
    height, width = coarse.shape
    for side in sides:
        grey = _strip(coarse, side, deep)
        strip = grey < _paper_along(grey, per_mm) - options.ink_depth
        touching = np.asarray(strip[:edge].any(axis=0), dtype=np.bool_)
        starts, ends = _runs(touching)
        long = ends - starts
        fits = (long >= _STROKE_MM[0] * per_mm) & (long <= _STROKE_MM[1] * per_mm)
        inside = [bool(strip[edge:, start:end].mean() > 0.25) for start, end in zip(starts, ends, strict=True)]
        strokes = fits & np.array(inside, dtype=bool) if long.size else fits
        if strokes.sum() >= options.cut_off_strokes:
            first, last = float(starts[strokes][0]), float(ends[strokes][-1])
            wide = 5 * per_mm
            yield (
                (0.0, first, wide, last), (first, 0.0, last, wide),
                (width - wide, first, float(width), last), (first, height - wide, last, float(height)),
            )[side]  # fmt: skip


def _paper_along(grey: npt.NDArray[Any], per_mm: float) -> npt.NDArray[np.int16]:
    """How bright the paper is along a strip; light may fall off on the way, and what lies in shadow is no ink."""
    near = np.ones((1, 2 * round(_NEAR_MM * per_mm) + 1), dtype=np.uint8)
    median = np.median(grey, axis=0).astype(np.uint8)[None, :]
    return cast("npt.NDArray[np.int16]", cv2.dilate(cv2.medianBlur(median, 3), near)[0].astype(np.int16))


def _runs(line: Mask) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """Where runs of True begin and end (exclusive)."""
    padded = np.diff(np.concatenate(([False], line, [False])).astype(np.int8))
    return np.nonzero(padded == 1)[0], np.nonzero(padded == -1)[0]


def _folded(coarse: Grey, level: float, dpi: float, sides: list[int], options: QualityOptions) -> Iterator[Box]:
    """Corners where a triangle is not paper and what lies beyond it is."""
    size = round(_CORNER_MM / _MM_PER_INCH * dpi)
    least = round(options.fold_mm / _MM_PER_INCH * dpi)
    height, width = coarse.shape
    if min(height, width) < 3 * size or len(sides) < 4:
        return
    other = np.abs(coarse.astype(np.int16) - level) > options.fold_depth
    across = np.add.outer(np.arange(size), np.arange(size))
    for right, low in ((False, False), (True, False), (False, True), (True, True)):
        corner = other[-size:, :] if low else other[:size, :]
        corner = corner[:, -size:] if right else corner[:, :size]
        corner = corner[:: -1 if low else 1, :: -1 if right else 1]
        leg = _leg(corner, across, least, size)
        if leg:
            x0, y0 = (width - leg if right else 0), (height - leg if low else 0)
            yield (float(x0), float(y0), float(x0 + leg), float(y0 + leg))


def _leg(corner: Mask, across: npt.NDArray[np.intp], least: int, size: int) -> int:
    """The leg of the largest triangle in the corner that is filled, with paper beyond it; 0 for none."""
    if corner[:least, :least][across[:least, :least] < least].mean() < _FILLED:
        return 0
    for leg in range(size * 3 // 4, least - 1, -2):
        triangle, beyond = across < leg, (across > leg + 6) & (across < leg + 6 + size // 4)
        if corner[triangle].mean() >= _FILLED and corner[beyond].mean() <= _EMPTY:
            return leg
    return 0


def _shadow(coarse: Grey, level: float, dpi: float, options: QualityOptions) -> Box | None:
    """A region that comes in from an edge and where even the brightest pixels are dark: a finger, a hand, a lid not closed."""
    tile = max(4, round(_TILE_MM / _MM_PER_INCH * dpi))
    rows, columns = coarse.shape[0] // tile, coarse.shape[1] // tile
    if rows < 6 or columns < 6:
        return None
    tiles = coarse[: rows * tile, : columns * tile].reshape(rows, tile, columns, tile)
    bright = tiles.max(axis=3).max(axis=1) if tile < 6 else np.percentile(tiles[:, ::2, :, ::2], 90, axis=(1, 3))
    dark = (bright < level * (1 - options.shadow_depth)).astype(np.uint8)
    count, _, stats, _ = cv2.connectedComponentsWithStats(dark, connectivity=4)
    for x, y, wide, high, area in stats[1:count]:
        touches = x == 0 or y == 0 or x + wide == columns or y + high == rows
        if touches and area >= options.shadow_share * rows * columns:
            return (float(x * tile), float(y * tile), float((x + wide) * tile), float((y + high) * tile))
    return None
