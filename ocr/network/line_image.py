"""A line as the network sees it: its height, its contrast (Tesseract's `Input`, `NetworkIO`, Leptonica's `pixScale`)."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.prepare.decode import Grey

_REDUCED = 0.7
"""Scales below this take the mean of areas, others go between neighbours."""
_LARGEST_SHARPENED = 1.4


def scaled(line: Grey, height: int) -> Grey:
    """The line at the network's height, its width in proportion, a little sharpened."""
    scale = height / line.shape[0]
    if scale == 1:
        return line
    width = max(round(line.shape[1] * scale), 1)
    if scale < _REDUCED:
        small: Grey = np.asarray(cv2.resize(line, (width, height), interpolation=cv2.INTER_AREA), dtype=np.uint8)
        return _sharpened(small, 0.2, 3)
    across, down = line.shape[1] / width, line.shape[0] / height
    places = np.array([[across, 0, 0], [0, down, 0]])
    how = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    made = cv2.warpAffine(line, places, (width, height), flags=how, borderMode=cv2.BORDER_REPLICATE)
    between: Grey = np.asarray(made, dtype=np.uint8)
    return _sharpened(between, 0.4, 5) if scale < _LARGEST_SHARPENED else between


def as_values(line: Grey) -> NDArray[np.float32]:
    """The line between -1 and 1, black and white being what its middle row has of dark and light."""
    black, white = _black_and_white(line[line.shape[0] // 2].astype(np.int64))
    contrast = (white - black) / 2
    values = (line.astype(np.float32) - np.float32(black)) / np.float32(contrast if contrast > 0 else 1) - 1
    return np.asarray(np.clip(values, -1, 1), dtype=np.float32)


def _sharpened(line: Grey, share: float, size: int) -> Grey:
    """Unsharp masking; the rim stays as it is."""
    mean = cv2.blur(line, (size, size))
    made: Grey = np.asarray(cv2.addWeighted(line, 1 + share, mean, -share, 0), dtype=np.uint8)
    rim = size // 2
    made[:rim], made[-rim:], made[:, :rim], made[:, -rim:] = line[:rim], line[-rim:], line[:, :rim], line[:, -rim:]
    return made


def _black_and_white(row: NDArray[np.int64]) -> tuple[float, float]:
    """A quarter of the darkest places along a row is darker than the first, a quarter of the lightest lighter than the second."""
    if len(row) < 3:
        return 1.0, 256.0
    before, here, after = row[:-2], row[1:-1], row[2:]
    dark = here[((here < before) & (here <= after)) | ((here <= before) & (here < after))]
    light = here[((here > before) & (here >= after)) | ((here >= before) & (here > after))]
    return _quantile(dark, 0.25, 0), _quantile(light, 0.75, 255)


def _quantile(values: NDArray[np.int64], share: float, otherwise: int) -> float:
    if not values.size:
        return otherwise + 1.0
    counts = np.bincount(values)
    wanted = max(share * values.size, 1.0)
    sums = np.cumsum(counts)
    at = int(np.searchsorted(sums, wanted))
    return at + 1 - float(sums[at] - wanted) / float(counts[at])
