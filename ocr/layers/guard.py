"""How alike two renderings of a region are: structural similarity at the resolution of the scan.

Source: Wang, Bovik, Sheikh, Simoncelli, "Image Quality Assessment", IEEE TIP 13(4), 2004: luminance, K1 = 0.01, K2 = 0.03.
`similarity` uses the paper's window (Gaussian, 11 pixels, sigma 1.5), `quick_similarity` a square of 7 pixels, which costs a
fifth and is the stricter of both on writing.
"""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.layers.model import Area

Grey = NDArray[np.uint8]
Floats = NDArray[np.float32]
_BAND_PX, _REACH_PX = 256, 5
"""Rows measured at a time, and how far a window reaches beyond them."""
_C1, _C2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2

ALIKE = 0.98
"""Mean over the writing of a page, and each seal, signature, stamp and picture for itself."""
TONE_ALIKE = 6.0
"""Levels by which the brightness of one piece of writing may differ on average."""
WORD_ALIKE = 0.95
"""The least one piece of writing may have by the quick measure; below, it becomes a picture of its own."""


def similarity(left: Grey, right: Grey, areas: list[Area] | None = None) -> float:
    """Mean structural similarity of two equally large images (over `areas`, if given) by the Gaussian window, 0–1."""
    whole = _map(left, right, _gaussian)
    if areas is None:
        return float(whole.mean())
    inside = [whole[area.y0 : area.y1, area.x0 : area.x1] for area in areas]
    return float(sum(part.sum(dtype=np.float64) for part in inside) / sum(part.size for part in inside))


def quick_similarity(left: Grey, right: Grey) -> float:
    """Mean structural similarity of two equally large images by the square window, 0–1."""
    return float(_map(left, right, _square).mean())


def tone_error(left: Grey, right: Grey) -> float:
    """Mean difference of local brightness in levels: similarity of structure says little about smooth grey (photographs)."""
    return float(_banded(left, right, lambda a, b: np.abs(_square(a) - _square(b))).mean())


def _gaussian(part: Floats) -> Floats:
    return np.asarray(cv2.GaussianBlur(part, (11, 11), 1.5), dtype=np.float32)


def _square(part: Floats) -> Floats:
    return np.asarray(cv2.blur(part, (7, 7)), dtype=np.float32)


def _map(left: Grey, right: Grey, smooth: Callable[[Floats], Floats]) -> Floats:
    return _banded(left, right, lambda a, b: _similar(a, b, smooth))


def _similar(a: Floats, b: Floats, smooth: Callable[[Floats], Floats]) -> Floats:
    mean_a, mean_b = smooth(a), smooth(b)
    product, squares = mean_a * mean_b, mean_a * mean_a + mean_b * mean_b
    spread = smooth(a * a + b * b) - squares
    shared = smooth(a * b) - product
    return np.asarray((2 * product + _C1) * (2 * shared + _C2) / ((squares + _C1) * (spread + _C2)), dtype=np.float32)


def _banded(left: Grey, right: Grey, measure: Callable[[Floats, Floats], Floats]) -> Floats:
    """`measure` of every pixel, band by band: a dozen images of floats are in memory for a band, not for the page."""
    whole = np.empty(left.shape, np.float32)
    for top in range(0, len(left), _BAND_PX):
        first, end = max(0, top - _REACH_PX), top + _BAND_PX
        part = measure(*(image[first : end + _REACH_PX].astype(np.float32) for image in (left, right)))
        whole[top:end] = part[top - first :][:_BAND_PX]
    return whole
