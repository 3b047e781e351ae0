"""The dark lid of a scanner seen along the edges of a page, made paper before the light is levelled."""

from __future__ import annotations

import cv2
import numpy as np

from ocr.prepare.decode import Grey
from ocr.prepare.shrink import shrunk

_DARK = 90
_STEP = 8
_LEAST_SHARE = 0.15
"""Of an edge, in length: letters cut off at the edge are shorter."""


def without_borders(grey: Grey) -> Grey:
    """`grey` without solid dark areas that lie along its edges; the same image when it has none."""
    small = shrunk(grey, _STEP)
    dark = (small < _DARK).view(np.uint8)
    edges = np.concatenate([dark[0], dark[-1], dark[:, 0], dark[:, -1]])
    if grey.shape[0] < 2 * _STEP or grey.shape[1] < 2 * _STEP or edges.mean() < _LEAST_SHARE / 4:
        return grey
    count, labels, stats, _ = cv2.connectedComponentsWithStats(dark, connectivity=4)
    height, width = dark.shape
    lid = np.zeros(count, dtype=bool)
    for at in range(1, count):
        x, y, across, down = (int(side) for side in stats[at, :4])
        beside = (x == 0 or x + across == width) and down >= _LEAST_SHARE * height
        above = (y == 0 or y + down == height) and across >= _LEAST_SHARE * width
        lid[at] = beside or above
    if not lid.any():
        return grey
    mask = cv2.dilate(lid[labels].view(np.uint8), np.ones((3, 3), np.uint8))
    full = cv2.resize(mask, (grey.shape[1], grey.shape[0]), interpolation=cv2.INTER_NEAREST)
    cleaned = grey.copy()
    cleaned[full > 0] = int(np.median(small[mask == 0])) if (mask == 0).any() else 255
    return cleaned
