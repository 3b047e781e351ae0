"""Table rules and dotted leaders taken out of the reading image, because engines read them as letters."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.prepare.decode import Grey
from ocr.prepare.groups import groups

_INK = 150
_LEAST_DOTS = 6
_EVEN = 0.75
"""Share of a row's dots that must be alike in size and distance: the crumbs of faint letters are not."""


def without_rules(grey: Grey, dpi: float) -> Grey:
    """`grey` without long straight lines and rows of leader dots; the same image when it has none."""
    ink = (grey < _INK).view(np.uint8)
    mask = _rules(ink, dpi) | _leaders(ink, dpi)
    if not mask.any():
        return grey
    cleaned = grey.copy()
    cleaned[cv2.dilate(mask, np.ones((3, 3), np.uint8)) > 0] = 255
    return cleaned


def _rules(ink: NDArray[np.uint8], dpi: float) -> NDArray[np.uint8]:
    """Runs longer than 0.6 inch that are thin across: letters standing on a rule keep their strokes."""
    length, thick = int(dpi * 0.6), max(int(dpi * 0.03), 3)
    found = np.zeros_like(ink)
    for along, across in (((length, 1), (1, thick)), ((1, length), (thick, 1))):
        core = cv2.erode(ink, np.ones(along[::-1], np.uint8))
        if not core.any():
            continue
        line = cv2.dilate(core, np.ones(along[::-1], np.uint8))
        fat = cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones(across[::-1], np.uint8))
        found |= np.asarray((line > 0) & (fat == 0), dtype=np.uint8)
    return found


def _leaders(ink: NDArray[np.uint8], dpi: float) -> NDArray[np.uint8]:
    """Dots of rows of at least six dots, alike and evenly close on one line."""
    none = np.zeros_like(ink)
    count, labels, stats, centres = groups(ink)
    most = dpi * 0.03
    small = (stats[:, cv2.CC_STAT_WIDTH] <= most) & (stats[:, cv2.CC_STAT_HEIGHT] <= most)
    small[0] = False
    dots = np.flatnonzero(small)
    if count <= _LEAST_DOTS or len(dots) < _LEAST_DOTS:
        return none
    x, y, area = centres[dots, 0], centres[dots, 1], stats[dots, cv2.CC_STAT_AREA].astype(np.float64)
    chosen: list[NDArray[np.intp]] = []
    for row in _rows(y, dpi * 0.012):
        chain = row[np.argsort(x[row])]
        breaks = np.flatnonzero(np.diff(x[chain]) > dpi * 0.06) + 1
        chosen += [dots[run] for run in np.split(chain, breaks) if len(run) >= _LEAST_DOTS and _is_even(x[run], area[run])]
    for label in np.concatenate(chosen) if chosen else ():
        left, top, width, height = stats[label, :4]
        window = slice(top, top + height), slice(left, left + width)
        none[window] |= labels[window] == label
    return none


def _is_even(x: NDArray[np.float64], area: NDArray[np.float64]) -> bool:
    """Whether dots are alike: most of them near the usual size, and near the usual distance from the next."""
    steps = np.diff(x)
    usual, size = float(np.median(steps)), float(np.median(area))
    in_step = float((np.abs(steps - usual) <= 0.35 * usual).mean())
    in_size = float(((area >= 0.4 * size) & (area <= 2.5 * size)).mean())
    return in_step >= _EVEN and in_size >= _EVEN


def _rows(y: NDArray[np.float64], reach: float) -> list[NDArray[np.intp]]:
    """Indices grouped by height: neighbours in sorted order closer than `reach` share a row."""
    order = np.argsort(y)
    return np.split(order, np.flatnonzero(np.diff(y[order]) > reach) + 1)
