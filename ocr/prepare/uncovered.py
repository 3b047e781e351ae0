"""Ink that looks like lines of print and lies under no word that was read."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.model import Box
from ocr.prepare.decode import Grey
from ocr.prepare.groups import groups

_INK = 200
"""Of levelled paper: small print in grey is paler than the ink by which the engine chose its threshold, and was lost for that."""
_STEP = 2
"""Lines are looked for in an image so many times smaller."""
_LEAST_SIGNS = 3

Mask = NDArray[np.uint8]


def uncovered(grey: Grey, covered: Sequence[Box], em_px: float) -> list[Box]:
    """Boxes, in pixels of `grey`, of groups of letter-sized signs outside the `covered` boxes; `em_px` is the size of print."""
    small = np.asarray(cv2.resize(grey, None, fx=1 / _STEP, fy=1 / _STEP, interpolation=cv2.INTER_AREA), dtype=np.uint8)
    ink = (small < _INK).view(np.uint8)
    for box in covered:
        x0, y0, x1, y1 = (figure / _STEP for figure in (box.x0, box.y0, box.x1, box.y1))
        ink[max(int(y0) - 1, 0) : int(y1) + 2, max(int(x0) - 1, 0) : int(x1) + 2] = 0
    em = em_px / _STEP
    letters = _letters(ink, em)
    joined = cv2.morphologyEx(letters, cv2.MORPH_CLOSE, np.ones((max(round(0.3 * em), 1), max(round(0.7 * em), 1)), np.uint8))
    count, labels, stats, _ = groups(joined)
    boxes = []
    for label in range(1, count):
        x, y, width, height = (int(figure) for figure in stats[label, :4])
        if width < 1.6 * em or not 0.45 * em <= height <= 1.9 * em:
            continue
        window = slice(y, y + height), slice(x, x + width)
        signs = cv2.connectedComponents(letters[window] & (labels[window] == label).view(np.uint8))[0] - 1
        if signs >= _LEAST_SIGNS:
            boxes.append(Box(x * _STEP, y * _STEP, (x + width) * _STEP, (y + height) * _STEP))
    return boxes


def _letters(ink: Mask, em: float) -> Mask:
    """Of the ink, what has the size of letters (`em` in pixels of `ink`): no specks, no strokes of pens, no frames."""
    _, labels, stats, _ = groups(ink)
    height, width = stats[:, cv2.CC_STAT_HEIGHT], stats[:, cv2.CC_STAT_WIDTH]
    fit = (height >= 0.12 * em) & (height <= 1.3 * em) & (width <= 2.5 * em) & (stats[:, cv2.CC_STAT_AREA] >= 0.01 * em * em)
    fit[0] = False
    return np.asarray(fit[labels], dtype=np.uint8)
