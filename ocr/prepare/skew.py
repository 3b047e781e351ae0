"""How far the lines of a page are tilted, by projection: text lines are sharpest in the profile along them."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.model import Box
from ocr.prepare.decode import Grey

_REACH_DEG = 8.0
_LEAST_GAIN = 1.02
"""The tilted profile must be this much sharper than the straight one, or the page counts as straight."""
_DOWN = 1.0
"""Upright pages measure about 0.1, sideways ones 5 and more."""


def tilt(grey: Grey, dpi: float) -> float:
    """The clockwise tilt of the text in degrees, within ±8; 0 when none is evident."""
    y, x = ink_points(grey, dpi)
    if len(x) < 500:
        return 0.0
    coarse = np.arange(-_REACH_DEG, _REACH_DEG + 0.01, 0.5)
    best = coarse[int(np.argmax([sharpness(x, y, angle) for angle in coarse]))]
    fine = np.arange(best - 0.5, best + 0.501, 0.05)
    scores = [sharpness(x, y, angle) for angle in fine]
    found = float(fine[int(np.argmax(scores))])
    return round(found, 2) if max(scores) > _LEAST_GAIN * sharpness(x, y, 0.0) else 0.0


def runs_down(grey: Grey, dpi: float) -> bool:
    """True when the lines of text seem to run from top to bottom: the page lies on its side."""
    y, x = ink_points(grey, dpi)
    if len(x) < 500:
        return False
    near = np.arange(-4.0, 4.01, 0.5)
    return max(sharpness(-y, x, angle) for angle in near) > _DOWN * max(sharpness(x, y, angle) for angle in near)


def ink_points(grey: Grey, dpi: float) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Rows and columns of dark pixels at 75 dpi (or the page's own, if lower), away from the margins."""
    factor = 75.0 / dpi
    small = cv2.resize(grey, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA) if factor < 1 else grey
    dark = cv2.morphologyEx(small, cv2.MORPH_BLACKHAT, np.ones((11, 11), np.uint8)) > 48
    edge = max(dark.shape[0] // 40, 1)
    y, x = np.nonzero(dark[edge:-edge, edge:-edge])
    return (y + edge).astype(np.float32), (x + edge).astype(np.float32)


def sharpness(x: NDArray[np.float32], y: NDArray[np.float32], tilt_deg: float) -> float:
    """Energy of the profile of points sheared upright by `tilt_deg`."""
    rows = y - x * np.float32(np.tan(np.radians(tilt_deg)))
    profile = np.bincount((rows - rows.min()).astype(np.intp)).astype(np.float64)
    return float(np.square(np.diff(profile)).sum())


def share_inside(grey: Grey, dpi: float, boxes: Sequence[Box]) -> float:
    """Share of the page's ink that lies inside `boxes` (pixels of `grey`); 1 for a page without ink."""
    y, x = ink_points(grey, dpi)
    if not len(x):
        return 1.0
    factor = min(75.0 / dpi, 1.0)
    size = [max(round(side * factor) + 2, 1) for side in grey.shape]
    covered = np.zeros(size, dtype=bool)
    for box in boxes:
        covered[int(box.y0 * factor) : int(box.y1 * factor) + 2, int(box.x0 * factor) : int(box.x1 * factor) + 2] = True
    return float(covered[y.astype(np.intp), x.astype(np.intp)].mean())
