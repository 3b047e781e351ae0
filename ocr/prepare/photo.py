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


def page_corners(grey: Grey) -> NDArray[np.float64] | None:
    """The page's corners (top left, top right, bottom right, bottom left) in pixels of `grey`, or None for a scan."""
    step = max(max(grey.shape) // _SIDE_PX, 1)
    small = np.asarray(cv2.medianBlur(shrunk(grey, step), 7), dtype=np.uint8)
    level, bright = cv2.threshold(small, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    bright = cv2.morphologyEx(bright, cv2.MORPH_CLOSE, np.ones((15, 15), np.uint8))
    contours, _ = cv2.findContours(bright, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    if not contours or level > 230:
        return None
    largest = max(contours, key=cv2.contourArea)
    quad = cv2.approxPolyDP(cv2.convexHull(largest), 0.03 * cv2.arcLength(largest, closed=True), closed=True)
    if len(quad) != 4 or not _clearly_a_page(small, largest, quad):
        return None
    return np.asarray(_ordered(quad.reshape(4, 2).astype(np.float64)) * step, dtype=np.float64)


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
    return contrast > 40 and int(free.sum()) >= 3


def _ordered(corners: NDArray[np.float64]) -> NDArray[np.float64]:
    """Clockwise from the corner nearest the top left."""
    middle = corners.mean(axis=0)
    angles = np.arctan2(corners[:, 1] - middle[1], corners[:, 0] - middle[0])
    clockwise = corners[np.argsort(angles)]
    return np.roll(clockwise, -int(np.argmin(clockwise.sum(axis=1))), axis=0)


def straightening(corners: NDArray[np.float64], reading_dpi: float) -> tuple[Matrix, int, int]:
    """The matrix from photo pixels to a flat page, and that page's width and height in reading pixels.

    A page of A-series shape is brought to A4 at `reading_dpi`; any other shape keeps its own proportions with A4's area.
    """
    sides = [float(np.linalg.norm(corners[i] - corners[(i + 1) % 4])) for i in range(4)]
    across, down = (sides[0] + sides[2]) / 2, (sides[1] + sides[3]) / 2
    ratio = down / across
    for form in (_A4, 1 / _A4):
        if abs(ratio / form - 1) < 0.18:
            ratio = form
    area = 8.27 * 11.69 * reading_dpi**2
    width, height = round((area / ratio) ** 0.5), round((area * ratio) ** 0.5)
    target = np.array([[0, 0], [width, 0], [width, height], [0, height]], dtype=np.float32)
    matrix = cv2.getPerspectiveTransform(corners.astype(np.float32), target)
    return np.asarray(matrix, dtype=np.float64), width, height
