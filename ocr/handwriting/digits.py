"""One sign in a small image: which digit, or none. Oriented gradients and a small network, in numpy alone.

The weights are the project's own, made by `scripts/train_digits.py`. No handwriting of papers goes into them.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import cv2
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

SIDE = 28
"""Side of a sign's image, pixels; the sign fills a square of 20 around its centre of mass, as in the MNIST set."""
_FILLED = 20
_DIRECTIONS = 8
_CELLS = 7
NO_DIGIT = 10
"""Class of what is no single digit: two grown together, half a digit, a slash, a letter, a blot."""


def framed(mask: NDArray[np.uint8]) -> Floats:
    """A sign's ink (`uint8`, 255 = ink, any size) upright, scaled and centred, values 0 to 1, `SIDE` × `SIDE`."""
    rows, columns = np.flatnonzero(mask.max(axis=1)), np.flatnonzero(mask.max(axis=0))
    empty = np.zeros((SIDE, SIDE), np.float32)
    if not len(rows):
        return empty
    tight = _upright(mask[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1])
    scale = _FILLED / max(tight.shape)
    size = max(round(tight.shape[1] * scale), 1), max(round(tight.shape[0] * scale), 1)
    small = np.asarray(cv2.resize(tight, size, interpolation=cv2.INTER_AREA), dtype=np.float32) / 255
    total = float(small.sum())
    if total <= 0:
        return empty
    x = round(SIDE / 2 - float((small.sum(axis=0) * (np.arange(size[0]) + 0.5)).sum()) / total)
    y = round(SIDE / 2 - float((small.sum(axis=1) * (np.arange(size[1]) + 0.5)).sum()) / total)
    x, y = min(max(x, 0), SIDE - size[0]), min(max(y, 0), SIDE - size[1])
    empty[y : y + size[1], x : x + size[0]] = small
    return empty


def _upright(ink: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Slant taken out, by the covariance of the ink (LeCun et al. 1998 and many after); no more than a third."""
    moments = cv2.moments(ink)
    if moments["mu02"] < 1e-2:
        return ink
    slant = float(np.clip(moments["mu11"] / moments["mu02"], -0.7, 0.7))
    height, width = ink.shape
    shift = slant * height
    matrix = np.array([[1, -slant, max(shift, 0)], [0, 1, 0]], dtype=np.float64)
    out = np.asarray(cv2.warpAffine(ink, matrix, (width + int(abs(shift)) + 1, height)), dtype=np.uint8)
    columns = np.flatnonzero(out.max(axis=0))
    return out[:, columns[0] : columns[-1] + 1] if len(columns) else ink


@cache
def _pooling() -> Floats:
    """Triangular windows, `_CELLS` × `SIDE`: each pixel belongs to the cells near it."""
    centres = (np.arange(_CELLS) + 0.5) * SIDE / _CELLS
    distance = np.abs(np.arange(SIDE)[None, :] + 0.5 - centres[:, None])
    return np.maximum(0, 1 - distance / (SIDE / _CELLS)).astype(np.float32)


def features(images: Floats) -> Floats:
    """Strength of the edges by direction and place: N × `SIDE` × `SIDE` becomes N × (8 · 7 · 7), each row of unit length."""
    dy, dx = np.gradient(images, axis=(1, 2))
    strength = np.hypot(dx, dy)
    position = (np.arctan2(dy, dx) / (2 * np.pi) * _DIRECTIONS) % _DIRECTIONS
    low = np.floor(position).astype(np.int64) % _DIRECTIONS
    share = position - np.floor(position)
    pool = _pooling()
    rows = []
    for direction in range(_DIRECTIONS):
        part = strength * ((low == direction) * (1 - share) + ((low + 1) % _DIRECTIONS == direction) * share)
        rows.append((pool @ part.astype(np.float32) @ pool.T).reshape(len(images), -1))
    flat = np.sqrt(np.concatenate(rows, axis=1))
    return np.asarray(flat / np.maximum(np.linalg.norm(flat, axis=1, keepdims=True), 1e-6), dtype=np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class Model:
    """Weights of the network: two layers."""

    first: Floats
    first_bias: Floats
    second: Floats
    second_bias: Floats

    def chances(self, images: Floats) -> Floats:
        """Probability of each digit and, last, of no digit: N × `SIDE` × `SIDE` becomes N × 11."""
        hidden = np.maximum(features(images) @ self.first + self.first_bias, 0)
        raw = hidden @ self.second + self.second_bias
        grown = np.exp(raw - raw.max(axis=1, keepdims=True))
        return np.asarray(grown / grown.sum(axis=1, keepdims=True), dtype=np.float32)


@cache
def model() -> Model:
    """The packaged weights."""
    with (files("ocr.handwriting") / "data" / "digits.npz").open("rb") as stream, np.load(stream) as kept:
        return Model(*(kept[name].astype(np.float32) for name in ("first", "first_bias", "second", "second_bias")))
