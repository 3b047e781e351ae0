"""The paper behind the ink: measured, and levelled to white where light was uneven or the copy faded."""

from __future__ import annotations

import cv2
import numpy as np

from ocr.prepare.decode import Grey
from ocr.prepare.shrink import shrunk

_PAPER = 245
"""A page whose paper is nowhere darker than this is left as it is."""
_WHITE = 250.0
_GRAIN = 4.0
"""Grey levels from pixel to pixel: clean and evenly lit pages have 0, noisy ones in shadow 5 to 8."""
_SOFTENING_PX = 0.8


def paper(grey: Grey, dpi: float) -> Grey:
    """The brightness of the paper at every point, at an eighth of the size: ink closed away, then smoothed."""
    small = shrunk(grey, 8)
    reach = max(int(dpi / 8 * 0.25) | 1, 3)  # a quarter of an inch: wider than any printed stroke, narrower than a shadow
    closed = cv2.morphologyEx(small, cv2.MORPH_CLOSE, np.ones((reach, reach), np.uint8))
    return np.asarray(cv2.blur(closed, (reach * 2 + 1, reach * 2 + 1)), dtype=np.uint8)


def levelled(grey: Grey, dpi: float) -> Grey:
    """`grey` with its paper brought to white; the same image when its paper is white already."""
    ground = paper(grey, dpi)
    if int(np.percentile(ground, 2)) >= _PAPER:
        return grey
    full = cv2.resize(ground, (grey.shape[1], grey.shape[0]), interpolation=cv2.INTER_LINEAR)
    return smoothed(np.asarray(cv2.divide(grey, full, scale=_WHITE), dtype=np.uint8))


def smoothed(grey: Grey) -> Grey:
    """`grey` softened where the grain of its paper is coarse, as it becomes when a shadow is levelled; else the same image."""
    rows = grey[::3].astype(np.int16)
    grain = float(np.median(np.abs(rows[:, 2:] - 2 * rows[:, 1:-1] + rows[:, :-2])))
    return np.asarray(cv2.GaussianBlur(grey, (0, 0), _SOFTENING_PX), dtype=np.uint8) if grain >= _GRAIN else grey
