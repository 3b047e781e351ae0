"""The way of a page to its reading image: ink channel, photo, scale, tilt, ground, rules."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from ocr.prepare.decode import Grey
from ocr.prepare.geometry import Matrix, quarter_turn, scaling, untilt
from ocr.prepare.ground import levelled
from ocr.prepare.photo import page_corners, straightening
from ocr.prepare.rules import without_rules
from ocr.prepare.skew import tilt

_SOFTENING = 0.35
"""Blur before shrinking, as share of the shrinking factor: takes the grain of the scanner away with the pixels."""
_LEAST_TILT_DEG = 0.2
"""Tesseract reads smaller tilts as well as none."""


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """What the engine gets, and the way back."""

    grey: Grey
    dpi: float
    to_stored: Matrix
    tilt_deg: float


def prepared(grey: Grey, dpi: float, turn_deg: int, reading_dpi: float) -> Reading:
    """The reading image of `grey` (stored pixels at `dpi`), turned clockwise by `turn_deg`."""
    flat, matrix = _flattened(grey, dpi, reading_dpi)
    turn = quarter_turn(turn_deg, flat.shape[1], flat.shape[0])
    upright = np.ascontiguousarray(np.rot90(flat, -(turn_deg // 90) % 4)) if turn_deg else flat
    angle = tilt(upright, reading_dpi)
    matrix = turn @ matrix
    if abs(angle) >= _LEAST_TILT_DEG:
        height, width = upright.shape
        back = untilt(angle, width, height)
        straight = cv2.warpAffine(upright, back[:2], (width, height), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
        upright = np.asarray(straight, dtype=np.uint8)
        matrix = back @ matrix
    else:
        angle = 0.0
    clean = without_rules(levelled(upright, reading_dpi), reading_dpi)
    return Reading(clean, reading_dpi, np.asarray(np.linalg.inv(matrix), dtype=np.float64), angle)


def _flattened(grey: Grey, dpi: float, reading_dpi: float) -> tuple[Grey, Matrix]:
    """The page at reading resolution, cut out of its photo if it is one, and the matrix that did it."""
    corners = page_corners(grey)
    if corners is not None:
        matrix, width, height = straightening(corners, reading_dpi)
        flat = cv2.warpPerspective(grey, matrix, (width, height), flags=cv2.INTER_AREA, borderMode=cv2.BORDER_REPLICATE)
        return np.asarray(flat, dtype=np.uint8), matrix
    factor = reading_dpi / dpi
    if abs(factor - 1) < 0.02:
        return grey, scaling(1.0)
    size = (max(round(grey.shape[1] * factor), 1), max(round(grey.shape[0] * factor), 1))
    if factor < 1:
        soft = cv2.GaussianBlur(grey, (0, 0), _SOFTENING / factor)
        scaled = cv2.resize(soft, size, interpolation=cv2.INTER_LINEAR)
    else:
        scaled = cv2.resize(grey, size, interpolation=cv2.INTER_CUBIC)
    return np.asarray(scaled, dtype=np.uint8), np.diag([size[0] / grey.shape[1], size[1] / grey.shape[0], 1.0])
