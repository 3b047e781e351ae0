"""Small frames with a word inside, as stamps have them: found by their shape on the page, cut out upright for reading.

A stamp's frame stands alone: the cells of a table hang together and are far larger as one thing. Red ink is looked at by itself
as well, so that print under a stamp does not tie its frame to the text.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.model import Box
from ocr.prepare.colour import is_red
from ocr.prepare.decode import Grey, Pixels
from ocr.prepare.groups import groups

LOOK_DPI = 200.0
"""Resolution at which frames are looked for and cut out."""
_WIDE_MM = (14.0, 66.0)
_HIGH_MM = (5.0, 17.0)
_LEAST_ASPECT = 1.6
_SIDE = 0.12
"""A side of the frame lies within this share of the height from the edge."""
_LEAST_SIDE = 0.6
"""Share of a side that must be inked …"""
_LEAST_SIDES = 3
"""… on so many of the four: stamps do not print everywhere."""
_MOST = 16
"""Frames looked at on one page, from the top: a form with more is a form."""
_LEAST_INK = 300
"""Pixels at `LOOK_DPI`: the thinnest frame has more."""
_Mask = NDArray[np.uint8]


@dataclass(frozen=True, slots=True, eq=False)
class Framed:
    """What stands in one frame, upright at `LOOK_DPI`, and where the frame lies in the pixels given."""

    grey: Grey
    box: Box


def framed(pixels: Pixels, dpi: float) -> list[Framed]:
    """The small frames of an upright page, topmost first; `dpi` is that of `pixels`."""
    factor = LOOK_DPI / dpi
    size = max(round(pixels.shape[1] * factor), 1), max(round(pixels.shape[0] * factor), 1)
    step = int(1 / factor)
    whole = pixels if step < 2 else cv2.resize(pixels, None, fx=1 / step, fy=1 / step, interpolation=cv2.INTER_AREA)
    # means over parts of pixels cost six times as much, and less than half the size nothing is left out between two
    small = np.asarray(cv2.resize(whole, size, interpolation=cv2.INTER_LINEAR), dtype=np.uint8)
    shade = small if small.ndim == 2 else _darkest(small)
    found = _in_mask(_dark(shade), shade, factor)
    if small.ndim == 3:
        red = is_red(small)
        if np.count_nonzero(red) >= _LEAST_INK:
            found += _in_mask(red, np.asarray(255 - red * 255, dtype=np.uint8), factor)
    return sorted(found, key=lambda one: one.box.y0)[:_MOST]


def _darkest(small: Pixels) -> Grey:
    red, green, blue = cv2.split(small)
    return np.asarray(cv2.min(cv2.min(red, green), blue), dtype=np.uint8)


def _dark(shade: Grey) -> _Mask:
    """Ink, whatever the light: darker than what lies around it."""
    marked = cv2.adaptiveThreshold(shade, 1, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, 51, 18)
    return np.asarray(marked, dtype=np.uint8)


def _in_mask(mask: _Mask, shade: Grey, factor: float) -> list[Framed]:
    x, y, across, down = cv2.boundingRect(mask)  # red ink is a seal in a corner: no need to go over the whole page
    if not across:
        return []
    mask, shade = mask[y : y + down, x : x + across], shade[y : y + down, x : x + across]
    joined = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8))
    count, labels, stats, _ = groups(joined)
    mm = LOOK_DPI / 25.4
    fits = (
        (stats[:, cv2.CC_STAT_WIDTH] >= _WIDE_MM[0] * mm)
        & (stats[:, cv2.CC_STAT_WIDTH] <= _WIDE_MM[1] * mm)
        & (stats[:, cv2.CC_STAT_HEIGHT] >= _HIGH_MM[0] * mm)
        & (stats[:, cv2.CC_STAT_HEIGHT] <= _HIGH_MM[1] * mm)
    )
    fits[0] = False
    found = []
    for label in np.flatnonzero(fits)[:200] if count > 1 else ():
        left, top, width, height = (int(side) for side in stats[label, :4])
        window = slice(top, top + height), slice(left, left + width)
        inside = _inside(np.asarray(labels[window] == label).view(np.uint8), shade[window])
        if inside is not None:
            left, top = left + x, top + y
            box = Box(left / factor, top / factor, (left + width) / factor, (top + height) / factor)
            found.append(Framed(inside, box))
    return found


def _inside(frame: _Mask, shade: Grey) -> Grey | None:
    """What stands in the frame, turned level, or None when this is no frame."""
    points = np.argwhere(frame)[:, ::-1].astype(np.float32)
    (x, y), (width, height), angle = cv2.minAreaRect(points)
    if width < height:
        width, height, angle = height, width, angle - 90
    angle = (angle + 90) % 180 - 90  # never on its head
    if height < 8 or width < _LEAST_ASPECT * height:
        return None
    matrix = cv2.getRotationMatrix2D((x, y), angle, 1.0)
    matrix[:, 2] += np.array([width / 2 - x, height / 2 - y])
    size = max(round(width), 1), max(round(height), 1)
    level = np.asarray(cv2.warpAffine(frame, matrix, size, flags=cv2.INTER_NEAREST))
    depth = max(round(size[1] * _SIDE), 2)
    sides = (level[:depth].max(axis=0), level[-depth:].max(axis=0), level[:, :depth].max(axis=1), level[:, -depth:].max(axis=1))
    if sum(float(side.mean()) >= _LEAST_SIDE for side in sides) < _LEAST_SIDES:
        return None
    flat = cv2.warpAffine(shade, matrix, size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_CONSTANT, borderValue=255)
    core = np.asarray(flat, dtype=np.uint8)[depth:-depth, depth:-depth]
    return np.asarray(cv2.copyMakeBorder(core, 20, 20, 20, 20, cv2.BORDER_CONSTANT, value=int(np.percentile(core, 90))))
