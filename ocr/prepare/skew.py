"""How the lines of a page lie, by projection: how far they are tilted, whether they run down, whether they stand on their heads.

Lines of text are sharpest in the profile along them. Their feet end more sharply than their heads, where capitals, tall
letters and the marks of Vietnamese stand at different heights: so the profile also tells which way is up.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.model import Box
from ocr.prepare.decode import Grey
from ocr.prepare.shrink import shrunk

_LOOK_DPI = 75.0
_REACH_DEG = 8.0
_LEAST_GAIN = 1.02
"""The tilted profile must be this much sharper than the straight one, or the page counts as straight."""
_DOWN = 1.8
"""Upright pages measure 0.1 to 1.1 (most with frames and tables), sideways ones 3.7 to 6.3."""
_LEAST_POINTS = 500
_STRIPS = 3
"""Columns side by side have lines of their own; a strip sees fewer of them at once."""


@dataclass(frozen=True, slots=True, eq=False)
class InkPoints:
    """Rows and columns of dark pixels in a small image of the page: `factor` times the size of the page's pixels."""

    y: NDArray[np.float32]
    x: NDArray[np.float32]
    height: int
    width: int
    factor: float

    @property
    def few(self) -> bool:
        """Too little ink to say anything."""
        return len(self.x) < _LEAST_POINTS

    def turned(self, turn_deg: int) -> InkPoints:
        """The points after a clockwise quarter turn by 0, 90, 180 or 270 degrees."""
        if turn_deg == 90:
            return InkPoints(self.x, self.height - 1 - self.y, self.width, self.height, self.factor)
        if turn_deg == 180:
            return InkPoints(self.height - 1 - self.y, self.width - 1 - self.x, self.height, self.width, self.factor)
        if turn_deg == 270:
            return InkPoints(self.width - 1 - self.x, self.y, self.width, self.height, self.factor)
        return self


def ink_points(grey: Grey, dpi: float) -> InkPoints:
    """Dark pixels at about 75 dpi, away from the margins."""
    step = max(int(dpi / _LOOK_DPI), 1)
    small = shrunk(grey, step)
    stroke = round(0.147 * dpi / step) | 1
    dark = cv2.morphologyEx(small, cv2.MORPH_BLACKHAT, np.ones((stroke, stroke), np.uint8)) > 48
    edge = max(dark.shape[0] // 40, 1)
    y, x = np.nonzero(dark[edge:-edge, edge:-edge])
    return InkPoints((y + edge).astype(np.float32), (x + edge).astype(np.float32), dark.shape[0], dark.shape[1], 1 / step)


@lru_cache(maxsize=1)  # asked for when the turn is guessed, and again when the page is prepared
def tilt(points: InkPoints) -> float:
    """The clockwise tilt of the text in degrees, within ±8; 0 when none is evident."""
    if points.few:
        return 0.0
    y, x = points.y, points.x
    thin = slice(None, None, max(len(x) // 25_000, 1))
    coarse = np.arange(-_REACH_DEG, _REACH_DEG + 0.01, 0.5)
    best = coarse[int(np.argmax([sharpness(x[thin], y[thin], angle) for angle in coarse]))]
    fine = np.arange(best - 0.5, best + 0.501, 0.05)
    scores = [sharpness(x, y, angle) for angle in fine]
    found = float(fine[int(np.argmax(scores))])
    return round(found, 2) if max(scores) > _LEAST_GAIN * sharpness(x, y, 0.0) else 0.0


def runs_down(points: InkPoints) -> bool:
    """True when the lines of text seem to run from top to bottom: the page lies on its side."""
    if points.few:
        return False
    thin = slice(None, None, max(len(points.x) // 25_000, 1))
    y, x = points.y[thin], points.x[thin]
    near = np.arange(-4.0, 4.01, 0.5)
    return max(_evenness(-y, x, angle) for angle in near) > _DOWN * max(_evenness(x, y, angle) for angle in near)


def headiness(points: InkPoints, tilt_deg: float) -> float:
    """Below 0 for lines standing upright, above 0 for lines on their heads; from -1 to 1.

    Measured on 70 real and degraded pages: -0.37 to -0.01 upright, the same with the other sign upside down.
    """
    rows = _rows(points.x, points.y, tilt_deg)
    cubes = size = 0.0
    for strip in range(_STRIPS):
        inside = (points.x * _STRIPS // points.width).astype(np.intp) == strip
        edges = np.diff(np.bincount(rows[inside]).astype(np.float64)) if inside.any() else np.zeros(1)
        cubes += float((edges**3).sum())
        size += float((np.abs(edges) ** 3).sum())
    return cubes / size if size else 0.0


def sharpness(x: NDArray[np.float32], y: NDArray[np.float32], tilt_deg: float) -> float:
    """Energy of the profile of points sheared upright by `tilt_deg`."""
    profile = np.bincount(_rows(x, y, tilt_deg)).astype(np.float64)
    return float(np.square(np.diff(profile)).sum())


def _evenness(x: NDArray[np.float32], y: NDArray[np.float32], tilt_deg: float) -> float:
    """`sharpness` of many lines rather than of a few: the rules of frames and tables count no more than lines of text."""
    edges = np.abs(np.diff(np.bincount(_rows(x, y, tilt_deg)).astype(np.float64)))
    return float(np.square(np.minimum(edges, 2 * np.percentile(edges, 90))).sum())


def _rows(x: NDArray[np.float32], y: NDArray[np.float32], tilt_deg: float) -> NDArray[np.intp]:
    """The row of each point, sheared upright by `tilt_deg`, from 0."""
    rows = y - x * np.float32(np.tan(np.radians(tilt_deg)))
    whole: NDArray[np.intp] = (rows - rows.min()).astype(np.intp)
    return whole


def share_inside(points: InkPoints, boxes: Sequence[Box]) -> float:
    """Share of the page's ink that lies inside `boxes` (pixels of the page); 1 for a page without ink."""
    if not len(points.x):
        return 1.0
    covered = np.zeros((points.height + 2, points.width + 2), dtype=bool)
    for box in boxes:
        x0, y0, x1, y1 = (int(side * points.factor) for side in (box.x0, box.y0, box.x1, box.y1))
        covered[y0 : y1 + 2, x0 : x1 + 2] = True
    return float(covered[points.y.astype(np.intp), points.x.astype(np.intp)].mean())
