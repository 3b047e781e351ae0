"""A sample of a page's writing, on which ways of coding are tried before the whole page is coded."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.layers.model import Area
from ocr.layers.tones import Tones

Grey = NDArray[np.uint8]
_AREAS, _MOST_PX = 40, 300_000
_OUTSIZE = 6
"""Areas so many times as tall as usual (a box around a table, a black border) are not typical of the writing."""
_BLOCK_PX = 8
_BAND_PX, _REACH_PX = 256, 4
"""Rows filled at a time, and how far around a pixel its filling is looked for."""


def blocks(area: Area) -> tuple[slice, slice]:
    """Rows and columns of the JPEG blocks that `area` lies on."""
    rows = slice(area.y0 // _BLOCK_PX * _BLOCK_PX, -(-area.y1 // _BLOCK_PX) * _BLOCK_PX)
    return rows, slice(area.x0 // _BLOCK_PX * _BLOCK_PX, -(-area.x1 // _BLOCK_PX) * _BLOCK_PX)


def spread(areas: Sequence[Area]) -> list[Area]:
    """Areas spread evenly over the page, of limited size."""
    usual = median(area.size[1] for area in areas) if areas else 0
    fit = [area for area in areas if area.size[1] <= _OUTSIZE * usual] or list(areas)
    stride = max(1, len(fit) // _AREAS)
    taken, pixels = list[Area](), 0
    for area in sorted(fit, key=lambda area: (area.y0, area.x0))[stride // 2 :: stride]:
        if pixels + area.pixels <= _MOST_PX or not taken:
            taken.append(area)
            pixels += area.pixels
    return taken


def mosaic(grey: Grey, areas: list[Area], paper: int) -> tuple[Grey, list[Area]]:
    """The areas side by side on paper, each lying on JPEG blocks as on the page; and where they lie there."""
    cuts, places, left = list[Grey](), list[Area](), 0
    tallest = max(-(-area.y1 // 8) * 8 - area.y0 // 8 * 8 for area in areas)
    for area in areas:
        rows, columns = blocks(area)
        cut = grey[rows, columns]
        width = -(-cut.shape[1] // _BLOCK_PX) * _BLOCK_PX
        margins = ((0, tallest - cut.shape[0]), (0, width - cut.shape[1]))
        cuts.append(np.pad(cut, margins, constant_values=paper))
        x0, y0 = area.x0 - columns.start + left, area.y0 - rows.start
        places.append(Area(x0, y0, x0 + area.size[0], y0 + area.size[1]))
        left += width
    return np.hstack(cuts), places


def without_ink(pixels: Grey, tones: Tones | None) -> Grey:
    """What masks cover filled in from around, so that the JPEG below has no edges there."""
    if tones is None:
        return pixels
    bare = pixels[pixels >= tones.limits[0]]
    usual = np.float32(np.median(bare) if bare.size else 255)
    filled = np.empty_like(pixels)
    for top in range(0, len(pixels), _BAND_PX):  # in floats, a page takes six times its own memory
        first, end = max(0, top - _REACH_PX), top + _BAND_PX
        band = _filled(pixels[first : end + _REACH_PX], tones.limits[0], usual)
        filled[top:end] = band[top - first :][:_BAND_PX]
    return filled


def _filled(pixels: Grey, limit: int, usual: np.float32) -> Grey:
    free = (pixels >= limit).astype(np.float32)
    total = cv2.blur(free, (9, 9))
    around = cv2.blur(pixels * free, (9, 9)) / np.maximum(total, 1e-3)
    fill = np.where(total > 0.02, around, usual).round().clip(0, 255).astype(np.uint8)
    return np.where(free > 0, pixels, fill)
