"""The paper behind the ink: measured, and levelled to white where light was uneven or the copy faded."""

from __future__ import annotations

import cv2
import numpy as np

from ocr.prepare.decode import Grey
from ocr.prepare.shrink import shrunk

_PAPER = 245
"""A page whose paper is nowhere darker than this is left as it is."""
_WHITE = 250.0
_GRAIN = 4.0
"""Grey levels from pixel to pixel: clean and evenly lit pages have 0, noisy ones in shadow 5 to 8."""
_SOFTENING_PX = 0.8
_PALE = 130.0
"""Grey level of most of the ink from which a page counts as pale; black ink is below 100, out of focus below 125."""
_VEIL, _DEEP = 25.0, 200.0
"""Grey levels below white: what counts as paper on a pale page, and how deep its ink becomes."""
_PAPER_FROM = 225
"""Grey level above which a pixel of a reading image is paper and nothing else."""
_STEP, _REACH_IN = 3, 1.0
"""Depth of ink is measured in an image so many times smaller, within so many inches."""
_LEAST_DEPTH = 0.3
"""Share of the page's usual depth below which print is raised no further: noise would become letters."""


def paper(grey: Grey, dpi: float) -> Grey:
    """The brightness of the paper at every point, at an eighth of the size: ink closed away, then smoothed."""
    small = shrunk(grey, 8)
    reach = max(int(dpi / 8 * 0.25) | 1, 3)  # a quarter of an inch: wider than any printed stroke, narrower than a shadow
    closed = cv2.morphologyEx(small, cv2.MORPH_CLOSE, np.ones((reach, reach), np.uint8))
    return np.asarray(cv2.blur(closed, (reach * 2 + 1, reach * 2 + 1)), dtype=np.uint8)


def levelled(grey: Grey, dpi: float) -> Grey:
    """`grey` with its paper brought to white; the same image when its paper is white already."""
    ground = paper(grey, dpi)
    if int(np.percentile(ground, 2)) >= _PAPER:
        return grey
    full = cv2.resize(ground, (grey.shape[1], grey.shape[0]), interpolation=cv2.INTER_LINEAR)
    return smoothed(np.asarray(cv2.divide(grey, full, scale=_WHITE), dtype=np.uint8))


def smoothed(grey: Grey) -> Grey:
    """`grey` softened where the grain of its paper is coarse, as it becomes when a shadow is levelled; else the same image."""
    rows = grey[::3].astype(np.int16)
    grain = float(np.median(np.abs(rows[:, 2:] - 2 * rows[:, 1:-1] + rows[:, :-2])))
    return np.asarray(cv2.GaussianBlur(grey, (0, 0), _SOFTENING_PX), dtype=np.uint8) if grain >= _GRAIN else grey


def contrasted(grey: Grey, dpi: float) -> Grey:
    """`grey` (levelled) with pale ink made dark, the palest most; the same image when its ink is dark already.

    Engines and the measures after this one go by one threshold a page: unevenly faded print and pale small print would lie on
    the wrong side of it. What is paler than `_VEIL`, the other side shining through above all, becomes paper.
    """
    some = np.ascontiguousarray(grey[::4, ::4])
    _, mask = cv2.threshold(some, 0, 255, cv2.THRESH_BINARY_INV + cv2.THRESH_OTSU)
    ink = some[mask > 0]
    if not ink.size or float(np.median(ink)) < _PALE:
        return grey
    full_depth = _WHITE - _VEIL
    small = np.clip(full_depth - shrunk(grey, _STEP).astype(np.float32), 0, None)
    reach = max(round(dpi / _STEP * _REACH_IN), 1)
    weight = small**3  # strokes count, the paper between them does not
    depth = cv2.blur(weight * small, (reach, reach)) / (cv2.blur(weight, (reach, reach)) + 1e-3)
    usual = float(np.average(depth, weights=small**2)) or 1.0
    gain = _DEEP / (full_depth - float(np.median(ink))) * usual / np.clip(depth, _LEAST_DEPTH * usual, usual)
    full = cv2.resize(gain, (grey.shape[1], grey.shape[0]), interpolation=cv2.INTER_LINEAR)
    return np.asarray(255 - np.clip((full_depth - grey) * full, 0, 255), dtype=np.uint8)


def whitened(grey: Grey) -> Grey:
    """`grey` with its paper evenly white: engines stumble over pale dirt, and pack and unpack every line of a page."""
    levels = np.arange(256, dtype=np.uint8)
    levels[_PAPER_FROM + 1 :] = 255
    return np.asarray(cv2.LUT(grey, levels), dtype=np.uint8)


def black_and_white(grey: Grey) -> Grey:
    """1 for paper, 0 for ink, parted where that explains most of the differences (Otsu 1979)."""
    return np.asarray(cv2.threshold(grey, 0, 1, cv2.THRESH_BINARY + cv2.THRESH_OTSU)[1], dtype=np.uint8)
