"""Where a page has writing in dark ink, and where something in colour (seal, stamp, coloured pen, picture) stands.

Works on the small form of the page (about 75 dpi); areas come back in whole-page pixels.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.layers.model import Area
from ocr.layers.source import Source
from ocr.prepare.groups import groups

_DEEP = 24
"""Luminance levels below the paper around it that make a pixel part of something."""
_FAINT = 10
_COLOURED = 20
"""Levels of Cb or Cr away from those of the paper."""
_COLOUR_SPECK_PX, _FAINT_SPECK_PX = 12, 8
_WORD_GAP = (4, 3)
_SEAL_GAP = (15, 15)
_ALIGN_PX = 16
Ink = NDArray[np.uint8]


@dataclass(frozen=True, slots=True, eq=False)
class Regions:
    """What lies on the paper, and the paper itself."""

    writing: tuple[Area, ...]
    coloured: tuple[Area, ...]
    faint: tuple[Area, ...]
    """What is paler than writing: pencil, bleed-through, a watermark, a fold."""
    paper: NDArray[np.uint8]
    """Y Cb Cr of the bare paper at half the small size: what is on it has been filled in from around."""
    paper_grey: int
    """Luminance of most of the paper."""


def find(source: Source) -> Regions:
    """Look at the whole page."""
    small = source.small
    ycc = np.asarray(cv2.cvtColor(small, cv2.COLOR_RGB2YCrCb), dtype=np.uint8)
    around = _paper_around(ycc[..., 0])
    depth = np.asarray(cv2.subtract(around, ycc[..., 0]), dtype=np.uint8)
    chroma = _chroma(ycc)
    ink = ((depth > _DEEP) | (chroma > _COLOURED)).astype(np.uint8)
    hue = _grown(chroma, depth)
    coloured = merged([_whole(area, source) for area in _boxes(hue, _SEAL_GAP, _COLOUR_SPECK_PX)])
    rest = ink.copy()
    for area in coloured:
        y0, y1, x0, x1 = (side // source.factor for side in (area.y0, area.y1, area.x0, area.x1))
        rest[y0 : y1 + 1, x0 : x1 + 1] = 0
    writing = [_whole(area, source, align=1) for area in _boxes(rest, _WORD_GAP, 2)]
    pale = ((depth > _FAINT) | (chroma > _COLOURED // 2)).astype(np.uint8)
    faint = _faint(pale, ink, source, coloured)
    paper = cv2.cvtColor(_bare(small, pale), cv2.COLOR_RGB2YCrCb)[..., (0, 2, 1)]
    return Regions(tuple(writing), tuple(coloured), tuple(faint), np.ascontiguousarray(paper), int(np.median(around)))


def _faint(pale: Ink, ink: Ink, source: Source, coloured: list[Area]) -> list[Area]:
    """Boxes of what is pale and does not hang together with writing, whose soft edges are pale, too."""
    beside = np.asarray(cv2.dilate(ink, np.ones((7, 7), np.uint8)), dtype=np.uint8)
    found = [_whole(area, source) for area in _boxes(pale & (1 - beside), _SEAL_GAP, _FAINT_SPECK_PX)]
    return [area for area in found if not any(area.touches(other) for other in coloured)]


def merged(areas: list[Area], gap: int = 0) -> list[Area]:
    """Areas that overlap or lie within `gap` pixels, joined until none do."""
    waiting, done = list(areas), []
    while waiting:
        area = waiting.pop()
        touching = [other for other in waiting if area.touches(other, gap)]
        if touching:
            waiting = [other for other in waiting if other not in touching]
            for other in touching:
                area = area.hull(other)
            waiting.append(area)
        else:
            done.append(area)
    return sorted(done, key=lambda area: (area.y0, area.x0))


def _paper_around(luma: Ink) -> Ink:
    """Luminance of the paper behind every pixel: the brightest nearby, smoothed."""
    coarse = cv2.resize(luma, (max(1, luma.shape[1] // 4), max(1, luma.shape[0] // 4)), interpolation=cv2.INTER_AREA)
    coarse = cv2.medianBlur(cv2.dilate(coarse, np.ones((5, 5), np.uint8)), 9)
    return np.asarray(cv2.resize(coarse, (luma.shape[1], luma.shape[0]), interpolation=cv2.INTER_LINEAR), dtype=np.uint8)


def _chroma(ycc: NDArray[np.uint8]) -> Ink:
    """How far the colour of a pixel is from the page's usual one, in levels."""
    usual = [int(np.median(ycc[::4, ::4, part])) for part in (1, 2)]
    away = [cv2.absdiff(ycc[..., part], np.full_like(ycc[..., part], level)) for part, level in zip((1, 2), usual, strict=True)]
    return np.asarray(cv2.max(away[0], away[1]), dtype=np.uint8)


def _grown(chroma: Ink, depth: Ink) -> Ink:
    """Coloured strokes with the paler and darker pixels that hang together with them."""
    core = (chroma > _COLOURED).astype(np.uint8)
    pale = ((chroma > _COLOURED // 2) & (depth > 4)).astype(np.uint8)
    near = np.asarray(cv2.dilate(core, np.ones((9, 9), np.uint8)), dtype=np.uint8)
    return np.asarray(core | (near & pale), dtype=np.uint8)


def _boxes(ink: Ink, gap: tuple[int, int], least_px: int) -> list[Area]:
    """Boxes of what hangs together when gaps of `gap` pixels are closed."""
    left, top, across, down = cv2.boundingRect(ink)  # colour is a seal in a corner: no need to go over the whole page
    if not across:
        return []
    ink = ink[top : top + down, left : left + across]
    closed = cv2.morphologyEx(ink, cv2.MORPH_CLOSE, np.ones((gap[1], gap[0]), np.uint8))
    count, labels, stats, _ = groups(closed)
    filled = np.bincount(labels[ink > 0], minlength=count)
    return [
        Area(int(left + x), int(top + y), int(left + x + width), int(top + y + height))
        for (x, y, width, height, _), pixels in list(zip(stats, filled, strict=True))[1:]
        if pixels >= least_px
    ]


def _whole(area: Area, source: Source, align: int = _ALIGN_PX) -> Area:
    """An area of the small page in whole-page pixels, a small pixel wider; aligned as JPEG blocks are."""
    factor = source.factor
    x0, y0 = ((side - 1) * factor // align * align for side in (area.x0, area.y0))
    x1, y1 = (-(-(side + 1) * factor // align) * align for side in (area.x1, area.y1))
    return Area(max(0, x0), max(0, y0), min(source.width_px, x1), min(source.height_px, y1))


def _bare(small: NDArray[np.uint8], ink: Ink) -> NDArray[np.uint8]:
    """The paper at half the small size, with what lies on it filled in from around."""
    covered = cv2.dilate(ink, np.ones((5, 5), np.uint8))
    free = (1 - covered).astype(np.float32)
    size = (-(-small.shape[1] // 2), -(-small.shape[0] // 2))
    seen = cv2.resize(free, size, interpolation=cv2.INTER_AREA)
    paper = cv2.resize(small.astype(np.float32) * free[..., None], size, interpolation=cv2.INTER_AREA)
    known = seen > 0
    out = np.where(known[..., None], paper / np.maximum(seen, 1e-6)[..., None], 0)
    weight = known.astype(np.float32)
    usual = np.median(small[::4, ::4].reshape(-1, 3), axis=0)
    far = out * weight[..., None]
    for reach in (5, 25, 101):
        total = cv2.blur(weight, (reach, reach))
        spread = cv2.blur(far, (reach, reach)) / np.maximum(total, 1e-6)[..., None]
        fill = ~known & (total > 1e-4)
        out[fill] = spread[fill]
        known |= fill
    out[~known] = usual
    return np.asarray(cv2.medianBlur(out.round().clip(0, 255).astype(np.uint8), 5))
