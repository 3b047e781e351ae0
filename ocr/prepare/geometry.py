"""Matrices between stored pixels and reading pixels, and boxes carried through them."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from ocr.model import Box

Matrix = NDArray[np.float64]
"""3 × 3, homogeneous; acts on column vectors (x, y, 1)."""


def scaling(factor: float) -> Matrix:
    """Every length times `factor`."""
    return np.diag([factor, factor, 1.0])


def quarter_turn(turn_deg: int, width: float, height: float) -> Matrix:
    """A clockwise turn by 0, 90, 180 or 270 degrees of an image `width` × `height`, back into the positive quadrant."""
    matrices = {
        0: [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
        90: [[0, -1, height], [1, 0, 0], [0, 0, 1]],
        180: [[-1, 0, width], [0, -1, height], [0, 0, 1]],
        270: [[0, 1, 0], [-1, 0, width], [0, 0, 1]],
    }
    return np.array(matrices[turn_deg % 360], dtype=np.float64)


def untilt(tilt_deg: float, width: float, height: float) -> Matrix:
    """Turns content that is tilted clockwise by `tilt_deg` back, around the middle of an image `width` × `height`."""
    cos, sin = math.cos(math.radians(tilt_deg)), math.sin(math.radians(tilt_deg))
    x, y = width / 2, height / 2
    return np.array([[cos, sin, x - cos * x - sin * y], [-sin, cos, y + sin * x - cos * y], [0, 0, 1]], dtype=np.float64)


def carried(box: Box, matrix: Matrix) -> Box:
    """The axis-parallel hull of `box` after `matrix`."""
    (a, b, c), (d, e, f), (g, h, i) = (
        matrix.tolist()
    )  # plain figures: arrays of four cost ten times as much, a thousand words a page
    corners = ((box.x0, box.y0), (box.x1, box.y0), (box.x1, box.y1), (box.x0, box.y1))
    moved = [((a * x + b * y + c) / (g * x + h * y + i), (d * x + e * y + f) / (g * x + h * y + i)) for x, y in corners]
    across, down = [x for x, _ in moved], [y for _, y in moved]
    return Box(min(across), min(down), max(across), max(down))


def within(box: Box, width_px: int, height_px: int) -> Box:
    """`box` cut to the page."""
    x0, x1 = (min(max(x, 0.0), float(width_px)) for x in (box.x0, box.x1))
    y0, y1 = (min(max(y, 0.0), float(height_px)) for y in (box.y0, box.y1))
    return Box(x0, y0, x1, y1)
