"""How alike two renderings of a region are: structural similarity at the resolution of the scan.

Source: Wang, Bovik, Sheikh, Simoncelli, "Image Quality Assessment", IEEE TIP 13(4), 2004: luminance, K1 = 0.01, K2 = 0.03.
`similarity` uses the paper's window (Gaussian, 11 pixels, sigma 1.5), `quick` a square of 7 pixels, which costs a
fifth and is the stricter of both on writing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

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


def quick(left: Grey, right: Grey) -> tuple[float, float]:
    """Two measures of two equally large images by the square window, sharing its work.

    The mean structural similarity, 0–1, and the mean difference of local brightness in levels: similarity of structure says
    little about smooth grey (photographs).
    """
    alike = tone = 0.0
    for a, b, inner, _ in _bands(left, right):
        mean_a, mean_b = _square(a), _square(b)
        alike += float(_similar(a, b, mean_a, mean_b, _square)[inner].sum(dtype=np.float64))
        tone += float(np.abs(mean_a - mean_b)[inner].sum(dtype=np.float64))
    return alike / left.size, tone / left.size


def _gaussian(part: Floats) -> Floats:
    return np.asarray(cv2.GaussianBlur(part, (11, 11), 1.5), dtype=np.float32)


def _square(part: Floats) -> Floats:
    return np.asarray(cv2.blur(part, (7, 7)), dtype=np.float32)


def _map(left: Grey, right: Grey, smooth: Callable[[Floats], Floats]) -> Floats:
    whole = np.empty(left.shape, np.float32)
    for a, b, inner, rows in _bands(left, right):
        whole[rows] = _similar(a, b, smooth(a), smooth(b), smooth)[inner]
    return whole


def _similar(a: Floats, b: Floats, mean_a: Floats, mean_b: Floats, smooth: Callable[[Floats], Floats]) -> Floats:
    product, squares = mean_a * mean_b, mean_a * mean_a + mean_b * mean_b
    spread = smooth(a * a + b * b) - squares
    shared = smooth(a * b) - product
    return np.asarray((2 * product + _C1) * (2 * shared + _C2) / ((squares + _C1) * (spread + _C2)), dtype=np.float32)


def _bands(left: Grey, right: Grey) -> Iterator[tuple[Floats, Floats, slice, slice]]:
    """Both images band by band with what windows reach beyond, the rows of a band in it, and these in the whole.

    A dozen images of floats are in memory for a band, not for the page.
    """
    for top in range(0, len(left), _BAND_PX):
        first, end = max(0, top - _REACH_PX), min(top + _BAND_PX, len(left))
        a, b = (image[first : end + _REACH_PX].astype(np.float32) for image in (left, right))
        yield a, b, slice(top - first, end - first), slice(top, end)
