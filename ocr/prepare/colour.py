"""Brightness for reading: seals fade and free the text under them, red print that belongs to the page stays.

Reading uses the red channel, in which red ink is paper. Red that is set in lines (titles of certificates, marks of urgency and
confidentiality, blocks of digital signatures) is taken from the green channel instead, in which it is ink.
"""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.prepare.decode import Grey, Pixels
from ocr.prepare.groups import groups

_LOOK_DPI = 75.0
_LEAST_RED = 24
"""How much stronger red must be than the other colours, in grey levels and …"""
_LEAST_RATIO = 1.3
"""… as a factor: pink paper and yellowed light are not red."""
_LINE_IN = (0.05, 0.55)
"""Height of a line of red print, inches, with the marks of capitals."""
_SEAL_IN = (0.6, 2.2)
"""Width and height of a seal, inches; agencies' seals are 36 mm (Circular 23/2012/TT-BCA gives 28 to 42 mm)."""
_ROUND = 1.8
"""A seal is not longer than this times its height."""
_LEAST_PIXELS = 25
_SHADOW = 110
"""Red ink this bright in the red channel is only a seal's shadow, which engines trip over; darker is print under the seal."""
_PAPER_PERCENT = 85


class Patch(NamedTuple):
    """A rectangle in pixels: left, top, width, height."""

    x: int
    y: int
    width: int
    height: int

    @property
    def window(self) -> tuple[slice, slice]:
        """Its rows and columns."""
        return slice(self.y, self.y + self.height), slice(self.x, self.x + self.width)


def ink(pixels: Pixels, dpi: float) -> Grey:
    """The reading channel of a page (`dpi` of its pixels); grey pages come back as they are."""
    if pixels.ndim == 2:
        return pixels
    grey = np.ascontiguousarray(pixels[:, :, 0])
    found = red_print(pixels, dpi)
    for line in found.lines:
        grey[line.window] = pixels[line.window][:, :, 1]
    for seal in found.seals:
        freed = grey[seal.window]
        shadow = (is_red(pixels[seal.window]) > 0) & (freed >= _SHADOW)
        freed[shadow] = np.percentile(freed, _PAPER_PERCENT)
    return grey


class RedPrint(NamedTuple):
    """Where a page is red: print in lines, upright or sideways, outside seals; and seals."""

    lines: list[Patch]
    seals: list[Patch]


def red_print(pixels: Pixels, dpi: float) -> RedPrint:
    """The red print of a colour page (`dpi` of its pixels)."""
    step = max(round(dpi / _LOOK_DPI), 1)
    size = max(pixels.shape[1] // step, 1), max(pixels.shape[0] // step, 1)
    red = is_red(np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_LINEAR)))
    if int(red.sum()) < _LEAST_PIXELS:
        return RedPrint([], [])
    inch = dpi / step
    seals = [patch for patch in _patches(red, 0.3 * inch, 0.3 * inch) if _is_seal(patch, inch)]
    lines = [patch for patch in _patches(red, 0.16 * inch, 0.02 * inch) if _is_line(patch.width, patch.height, inch)]
    lines += [patch for patch in _patches(red, 0.02 * inch, 0.16 * inch) if _is_line(patch.height, patch.width, inch)]
    margin = max(round(0.06 * inch), 1)
    height, width = red.shape
    outside = [line for line in lines if not any(_lies_in(line, seal) for seal in seals)]
    return RedPrint(*([_scaled(patch, margin, step, width, height) for patch in patches] for patches in (outside, seals)))


def is_red(small: Pixels) -> NDArray[np.uint8]:
    """Where a colour image shows red ink: 1, else 0."""
    red, green, blue = cv2.split(small)
    other = cv2.max(green, blue)
    stronger = np.asarray(cv2.subtract(red, other)) >= _LEAST_RED
    by_far = np.asarray(red) >= np.asarray(cv2.convertScaleAbs(other, alpha=_LEAST_RATIO))
    return (stronger & by_far).view(np.uint8)


def _patches(red: NDArray[np.uint8], across: float, down: float) -> list[Patch]:
    """Groups of red whose parts are no farther apart than so many pixels."""
    reach = np.ones((max(round(down), 1), max(round(across), 1)), np.uint8)
    count, _, stats, _ = groups(cv2.morphologyEx(red, cv2.MORPH_CLOSE, reach))
    return [Patch(*map(int, stats[at, :4])) for at in range(1, count) if stats[at, cv2.CC_STAT_AREA] >= _LEAST_PIXELS]


def _is_seal(patch: Patch, inch: float) -> bool:
    low, high = (side * inch for side in _SEAL_IN)
    sides = sorted((patch.width, patch.height))
    return low <= sides[0] and sides[1] <= high and sides[1] <= _ROUND * sides[0]


def _is_line(length: float, height: float, inch: float) -> bool:
    low, high = (side * inch for side in _LINE_IN)
    return low <= height <= high and length >= 2 * height


def _lies_in(line: Patch, seal: Patch) -> bool:
    x, y = line.x + line.width / 2, line.y + line.height / 2
    return seal.x <= x <= seal.x + seal.width and seal.y <= y <= seal.y + seal.height


def _scaled(patch: Patch, margin: int, step: int, width: int, height: int) -> Patch:
    x, y = max(patch.x - margin, 0), max(patch.y - margin, 0)
    x1, y1 = min(patch.x + patch.width + margin, width), min(patch.y + patch.height + margin, height)
    return Patch(x * step, y * step, (x1 - x) * step, (y1 - y) * step)
