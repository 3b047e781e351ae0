"""A sample of a page's writing, on which ways of coding are tried before the whole page is coded."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.layers.model import Area
from ocr.layers.tones import Tones

Grey = NDArray[np.uint8]
_AREAS, _MOST_PX = 40, 400_000
_BLOCK_PX = 8


def blocks(area: Area) -> tuple[slice, slice]:
    """Rows and columns of the JPEG blocks that `area` lies on."""
    rows = slice(area.y0 // _BLOCK_PX * _BLOCK_PX, -(-area.y1 // _BLOCK_PX) * _BLOCK_PX)
    return rows, slice(area.x0 // _BLOCK_PX * _BLOCK_PX, -(-area.x1 // _BLOCK_PX) * _BLOCK_PX)


def spread(areas: Sequence[Area]) -> list[Area]:
    """Areas spread evenly over the page, in reading order, of limited size."""
    stride = max(1, len(areas) // _AREAS)
    taken, pixels = list[Area](), 0
    for area in sorted(areas, key=lambda area: (area.y0, area.x0))[stride // 2 :: stride]:
        if pixels + area.pixels <= _MOST_PX or not taken:
            taken.append(area)
            pixels += area.pixels
    return taken


def mosaic(grey: Grey, areas: list[Area], paper: int) -> tuple[Grey, list[Area]]:
    """The areas one below the other on paper, each lying on JPEG blocks as on the page; and where they lie there."""
    cuts, places, top = list[Grey](), list[Area](), 0
    width = max(-(-area.x1 // 8) * 8 - area.x0 // 8 * 8 for area in areas)
    for area in areas:
        x0, y0 = area.x0 // 8 * 8, area.y0 // 8 * 8
        cut = grey[y0 : -(-area.y1 // 8) * 8, x0 : -(-area.x1 // 8) * 8]
        rows = -(-cut.shape[0] // 8) * 8
        cuts.append(np.pad(cut, ((0, rows - cut.shape[0]), (0, width - cut.shape[1])), constant_values=paper))
        places.append(Area(area.x0 - x0, area.y0 - y0 + top, area.x1 - x0, area.y1 - y0 + top))
        top += rows
    return np.vstack(cuts), places


def without_ink(pixels: Grey, tones: Tones | None) -> Grey:
    """What masks cover filled in from around, so that the JPEG below has no edges there."""
    if tones is None:
        return pixels
    covered = pixels < tones.limits[0]
    free = (~covered).astype(np.float32)
    total = cv2.blur(free, (9, 9))
    around = cv2.blur(pixels * free, (9, 9)) / np.maximum(total, 1e-3)
    fill = np.where(total > 0.02, around, np.float32(np.median(pixels[~covered])) if (~covered).any() else np.float32(255))
    return np.where(covered, fill.round().clip(0, 255).astype(np.uint8), pixels)
