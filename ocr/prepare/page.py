"""The way of a page to its reading image: photo, scale, turn and tilt in one step, ground, rules."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from ocr.prepare.decode import Grey
from ocr.prepare.geometry import Matrix, quarter_turn, scaling, untilt
from ocr.prepare.ground import contrasted, levelled, whitened
from ocr.prepare.margins import without_borders
from ocr.prepare.photo import page_corners, resolution, straightening
from ocr.prepare.rules import without_rules
from ocr.prepare.skew import InkPoints, ink_points, tilt

_SOFTENING = 0.35
"""Blur before shrinking, as share of the shrinking factor: takes the grain of the scanner away with the pixels."""
_RIM_IN = 0.04
"""So much of a page in a photo is painted over with what lies beside it: its edge would become lines."""
_MOST_TIMES = 2
"""A page in a photo keeps no more than so many times the reading resolution."""
_LEAST_TILT_DEG = 0.2
"""Tesseract reads smaller tilts as well as none."""
_HALF_BACK = np.array([[1, 0, -0.5], [0, 1, -0.5], [0, 0, 1]], dtype=np.float64)
"""OpenCV counts from the middle of the first pixel, our matrices from its corner."""


@dataclass(frozen=True, slots=True, eq=False)
class Sheet:
    """A page alone, as it lies: a scan as stored, or cut out of its photo and straightened."""

    grey: Grey
    dpi: float
    from_stored: Matrix
    points: InkPoints
    is_photo: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """What the engine gets, and the way back."""

    grey: Grey
    dpi: float
    to_stored: Matrix
    tilt_deg: float


def laid_out(grey: Grey, dpi: float, reading_dpi: float) -> Sheet:
    """`grey` (stored pixels at `dpi`) without what lies around it, if it is a photo."""
    corners = page_corners(grey)
    if corners is None:
        return Sheet(grey, dpi, scaling(1.0), ink_points(grey, dpi))
    own_dpi = min(max(resolution(corners), reading_dpi), _MOST_TIMES * reading_dpi)
    matrix, width, height = straightening(corners, own_dpi)
    flat = cv2.warpPerspective(grey, matrix, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    rim = round(_RIM_IN * own_dpi)
    within = flat[rim:-rim, rim:-rim]
    sheet = np.asarray(cv2.copyMakeBorder(within, rim, rim, rim, rim, cv2.BORDER_REPLICATE), dtype=np.uint8)
    return Sheet(sheet, own_dpi, matrix, ink_points(sheet, own_dpi), is_photo=True)


def prepared(sheet: Sheet, turn_deg: int, reading_dpi: float) -> Reading:
    """The reading image of `sheet`, turned clockwise by `turn_deg` and untilted."""
    angle = tilt(sheet.points.turned(turn_deg))
    if abs(angle) < _LEAST_TILT_DEG:
        angle = 0.0
    height, width = sheet.grey.shape
    factor = reading_dpi / sheet.dpi
    if abs(factor - 1) < 0.02:
        factor = 1.0
    size = max(round(width * factor), 1), max(round(height * factor), 1)
    scale = np.diag([size[0] / width, size[1] / height, 1.0])
    turned = size[::-1] if turn_deg % 180 else size
    matrix = untilt(angle, *turned) @ quarter_turn(turn_deg, *size) @ scale
    scaled = _warped(sheet.grey, factor, matrix, turned) if angle else _scaled(sheet.grey, factor, size, turn_deg)
    bare = scaled if sheet.is_photo else without_borders(scaled)
    level = levelled(bare, reading_dpi)
    if angle and not sheet.is_photo:
        level = _only_sheet(level, matrix, width, height)
    clean = whitened(without_rules(contrasted(level, reading_dpi), reading_dpi))
    return Reading(clean, reading_dpi, np.asarray(np.linalg.inv(matrix @ sheet.from_stored), dtype=np.float64), angle)


def _only_sheet(grey: Grey, matrix: Matrix, width: int, height: int) -> Grey:
    """`grey` with paper where the untilted sheet (`width` × `height` before `matrix`) leaves the picture empty."""
    corners = matrix @ np.array([[0, width, width, 0], [0, 0, height, height], [1, 1, 1, 1]], dtype=np.float64)
    inside = cv2.fillConvexPoly(np.zeros_like(grey), corners[:2].T.round().astype(np.int32), 255)
    return np.asarray(cv2.bitwise_or(grey, cv2.bitwise_not(inside)), dtype=np.uint8)


def _softened(grey: Grey, factor: float) -> Grey:
    return np.asarray(cv2.GaussianBlur(grey, (0, 0), _SOFTENING / factor), dtype=np.uint8) if factor < 1 else grey


def _warped(grey: Grey, factor: float, matrix: Matrix, size: tuple[int, int]) -> Grey:
    how = cv2.INTER_LINEAR if factor < 1 else cv2.INTER_CUBIC
    centres = _HALF_BACK @ matrix @ np.linalg.inv(_HALF_BACK)
    warped = cv2.warpAffine(_softened(grey, factor), centres[:2], size, flags=how, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(warped, dtype=np.uint8)


def _scaled(grey: Grey, factor: float, size: tuple[int, int], turn_deg: int) -> Grey:
    if factor != 1:
        how = cv2.INTER_LINEAR if factor < 1 else cv2.INTER_CUBIC
        grey = np.asarray(cv2.resize(_softened(grey, factor), size, interpolation=how), dtype=np.uint8)
    return np.ascontiguousarray(np.rot90(grey, -(turn_deg // 90) % 4))
