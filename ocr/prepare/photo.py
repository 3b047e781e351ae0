"""A page lying in a photo, found and straightened. Only when it is clearly a photo: four corners on a darker ground."""

from __future__ import annotations

import cv2
import numpy as np
from cv2.typing import MatLike
from numpy.typing import NDArray

from ocr.prepare.decode import Grey
from ocr.prepare.geometry import Matrix
from ocr.prepare.shrink import shrunk

_SIDE_PX = 600
_A4 = 2**0.5
_A4_IN2 = 8.27 * 11.69
_LEAST_PX = 40
"""Strips and crumbs cut out of pages are no photos of pages."""
_CONTRAST = 40
"""By so much a page is lighter than what it lies on."""
_JUMPS = (0.5, 0.35, 0.25)
"""Least jumps of brightness (natural logarithm of its ratio) at a page's edge, tried in turn: a table's grain is no edge."""
_ACROSS = np.array([[-1, 0, 0, 0, 0, 0, 1]], dtype=np.float32)
_AWAY, _ASTRAY_PX = 0.1, 12
"""Share of a side left out at each corner, which may be rounded or folded, and how far points of the edge may lie beside it."""
_LEAST_SINE = 0.5
"""Of the angle between two sides; pages are not seen as flat as that."""
_DARK = 8
"""Added before the logarithm: differences in what is nearly black are noise."""


def page_corners(grey: Grey) -> NDArray[np.float64] | None:
    """The page's corners (top left, top right, bottom right, bottom left) in pixels of `grey`, or None for a scan.

    Looked for by its edge, not by its brightness: a shadow over a part of the page makes that darker than a lit table, but it
    divides both sides of the edge alike.
    """
    step = max(max(grey.shape) // _SIDE_PX, 1)
    coarse = shrunk(grey, step)
    if not _darker_around(coarse):
        return None
    small = np.asarray(cv2.medianBlur(coarse, 7), dtype=np.uint8)
    jumps = _jumps(small)
    for least in _JUMPS:
        contours, _ = cv2.findContours(_enclosed(jumps > least), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
        if not contours:
            continue
        largest = max(contours, key=cv2.contourArea)
        quad = cv2.approxPolyDP(cv2.convexHull(largest), 0.03 * cv2.arcLength(largest, closed=True), closed=True)
        if len(quad) == 4 and _clearly_a_page(small, largest, quad):
            rough = _ordered(quad.reshape(4, 2).astype(np.float64))
            edge = largest.reshape(-1, 2).astype(np.float64)
            return np.asarray((_where_sides_meet(edge, rough) + 0.5) * step, dtype=np.float64)
    return None


def _darker_around(coarse: Grey) -> bool:
    """Whether the rim of the picture is darker than its middle, as around a page that lies in it; of scans it is not."""
    height, width = coarse.shape
    if min(height, width) < _LEAST_PX:
        return False
    rim = max(max(height, width) // 60, 1)
    sides = (coarse[:rim], coarse[-rim:], coarse[:, :rim], coarse[:, -rim:])
    around = float(np.median(np.concatenate([side.ravel() for side in sides])))
    return float(np.median(coarse[height // 4 : -height // 4, width // 4 : -width // 4])) - around > _CONTRAST / 2


def _jumps(small: Grey) -> NDArray[np.float32]:
    """The larger of the jumps of brightness across and down, as logarithm of the ratio."""
    light = np.log(small.astype(np.float32) + _DARK)
    across, down = cv2.filter2D(light, -1, _ACROSS), cv2.filter2D(light, -1, _ACROSS.T)
    return np.asarray(np.maximum(np.abs(across), np.abs(down)), dtype=np.float32)


def _enclosed(edges: NDArray[np.bool_]) -> NDArray[np.uint8]:
    """What cannot be reached from outside without crossing an edge: 255 there, thin tails and the edge's own half cut away."""
    free = 1 - cv2.morphologyEx(edges.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((5, 5), np.uint8))
    around = np.pad(free, 1, constant_values=1)
    cv2.floodFill(around, np.zeros((around.shape[0] + 2, around.shape[1] + 2), np.uint8), (0, 0), 2)
    held = np.where(around[1:-1, 1:-1] == 2, 0, 255).astype(np.uint8)
    return np.asarray(cv2.erode(cv2.morphologyEx(held, cv2.MORPH_OPEN, np.ones((15, 15), np.uint8)), np.ones((5, 5), np.uint8)))


def _clearly_a_page(small: MatLike, contour: MatLike, quad: MatLike) -> bool:
    height, width = small.shape
    area = cv2.contourArea(quad) / (height * width)
    if not 0.2 < area < 0.93 or cv2.contourArea(contour) < 0.9 * cv2.contourArea(quad):
        return False
    inside = cv2.fillConvexPoly(np.zeros_like(small), quad, 1) > 0
    contrast = float(np.median(small[inside])) - float(np.median(small[~inside]))
    x, y = quad.reshape(4, 2)[:, 0], quad.reshape(4, 2)[:, 1]
    margin = 0.005 * max(height, width)
    free = (x > margin) & (x < width - 1 - margin) & (y > margin) & (y < height - 1 - margin)
    return contrast > _CONTRAST and int(free.sum()) >= 3


def _where_sides_meet(edge: NDArray[np.float64], rough: NDArray[np.float64]) -> NDArray[np.float64]:
    """The corners to a part of a pixel: lines laid through the edge's points along each side, away from the `rough` corners."""
    sides = []
    for start, end in zip(rough, np.roll(rough, -1, axis=0), strict=True):
        length = float(np.linalg.norm(end - start))
        along = (end - start) / length
        at, off = (edge - start) @ along / length, (edge - start) @ np.array([along[1], -along[0]])
        near = edge[(at > _AWAY) & (at < 1 - _AWAY) & (np.abs(off) < _ASTRAY_PX)]
        if len(near) < length / 4:
            return rough
        x, y, from_x, from_y = cv2.fitLine(near.astype(np.float32), cv2.DIST_HUBER, 0, 0.01, 0.01).ravel()
        sides.append((y, -x, x * from_y - y * from_x))
    met = np.cross(np.roll(sides, 1, axis=0), sides)
    if np.abs(met[:, 2]).min() < _LEAST_SINE:
        return rough
    fine = met[:, :2] / met[:, 2:]
    return fine if np.abs(fine - rough).max() < 2 * _ASTRAY_PX else rough


def _ordered(corners: NDArray[np.float64]) -> NDArray[np.float64]:
    """Clockwise from the corner nearest the top left."""
    middle = corners.mean(axis=0)
    angles = np.arctan2(corners[:, 1] - middle[1], corners[:, 0] - middle[0])
    clockwise = corners[np.argsort(angles)]
    return np.roll(clockwise, -int(np.argmin(clockwise.sum(axis=1))), axis=0)


def resolution(corners: NDArray[np.float64]) -> float:
    """Pixels an inch of a page with these corners, if it has A4's area."""
    return float((cv2.contourArea(corners.astype(np.float32)) / _A4_IN2) ** 0.5)


def straightening(corners: NDArray[np.float64], dpi: float) -> tuple[Matrix, int, int]:
    """The matrix from photo pixels to a flat page, and that page's width and height at `dpi`.

    A page of A-series shape is brought to A4; any other shape keeps its own proportions with A4's area.
    """
    sides = [float(np.linalg.norm(corners[i] - corners[(i + 1) % 4])) for i in range(4)]
    across, down = (sides[0] + sides[2]) / 2, (sides[1] + sides[3]) / 2
    ratio = down / across
    for form in (_A4, 1 / _A4):
        if abs(ratio / form - 1) < 0.18:
            ratio = form
    area = _A4_IN2 * dpi**2
    width, height = round((area / ratio) ** 0.5), round((area * ratio) ** 0.5)
    target = np.array([[0, 0], [width, 0], [width, height], [0, height]], dtype=np.float32)
    matrix = cv2.getPerspectiveTransform(corners.astype(np.float32), target)
    return np.asarray(matrix, dtype=np.float64), width, height
