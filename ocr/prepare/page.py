"""The way of a page to its reading image: ink channel, photo, scale, tilt, ground, rules."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from ocr.prepare.decode import Grey, Pixels
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


def ink(pixels: Pixels) -> Grey:
    """Brightness for reading: the red channel of a colour page, in which red seals fade and free the text under them."""
    return pixels if pixels.ndim == 2 else np.ascontiguousarray(pixels[:, :, 0])


def prepared(grey: Grey, dpi: float, turn_deg: int, reading_dpi: float) -> Reading:
    """The reading image of `grey` (stored pixels at `dpi`), turned clockwise by `turn_deg`."""
    source, flat, matrix = _flattened(grey, dpi, reading_dpi)
    matrix = quarter_turn(turn_deg, flat.shape[1], flat.shape[0]) @ matrix
    upright = np.ascontiguousarray(np.rot90(flat, -(turn_deg // 90) % 4)) if turn_deg else flat
    angle = tilt(upright, reading_dpi)
    if abs(angle) >= _LEAST_TILT_DEG:
        height, width = upright.shape
        matrix = untilt(angle, width, height) @ matrix
        upright = _warped(source, matrix, width, height)  # from the source: interpolated once, not twice
    else:
        angle = 0.0
    clean = without_rules(levelled(upright, reading_dpi), reading_dpi)
    return Reading(clean, reading_dpi, np.asarray(np.linalg.inv(matrix), dtype=np.float64), angle)


def _flattened(grey: Grey, dpi: float, reading_dpi: float) -> tuple[Grey, Grey, Matrix]:
    """The page softened, the same at reading resolution and cut out of its photo if it is one, and the matrix between."""
    corners = page_corners(grey)
    if corners is not None:
        matrix, width, height = straightening(corners, reading_dpi)
        return grey, _warped(grey, matrix, width, height), matrix
    factor = reading_dpi / dpi
    if abs(factor - 1) < 0.02:
        return grey, grey, scaling(1.0)
    size = (max(round(grey.shape[1] * factor), 1), max(round(grey.shape[0] * factor), 1))
    soft = np.asarray(cv2.GaussianBlur(grey, (0, 0), _SOFTENING / factor), dtype=np.uint8) if factor < 1 else grey
    flat = cv2.resize(soft, size, interpolation=cv2.INTER_LINEAR if factor < 1 else cv2.INTER_CUBIC)
    matrix = np.diag([size[0] / grey.shape[1], size[1] / grey.shape[0], 1.0])
    return soft, np.asarray(flat, dtype=np.uint8), matrix


def _warped(grey: Grey, matrix: Matrix, width: int, height: int) -> Grey:
    warped = cv2.warpPerspective(grey, matrix, (width, height), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(warped, dtype=np.uint8)
