"""From the engine's word confidences to the probability that a value is exactly right.

The table is the share of words that were exactly right at each confidence Tesseract 5.3 (`vie`) reported, over about
4,900 words of real scanned pages. A value is right only when all its words are; hence the product.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

DOUBT = 0.75
"""The most a value may get that has a reason for doubt: below every sensible threshold of automatic decisions."""

KNOWN = 0.95
"""The least a value gets that is spelt exactly, tones included, as an entry of a closed list."""

_CURVE = (
    (0.0, 0.04),
    (0.30, 0.12),
    (0.55, 0.33),
    (0.65, 0.55),
    (0.75, 0.65),
    (0.85, 0.78),
    (0.90, 0.86),
    (0.92, 0.925),
    (0.94, 0.965),
    (0.96, 0.993),
    (0.97, 0.998),
    (1.0, 1.0),
)


def word_right(confidence: float) -> float:
    """Probability that a word read with this engine confidence is exactly right."""
    clamped = min(1.0, max(0.0, confidence))
    for (x0, y0), (x1, y1) in pairwise(_CURVE):
        if clamped <= x1:
            return y0 + (y1 - y0) * (clamped - x0) / (x1 - x0)
    return 1.0


def all_right(confidences: Iterable[float]) -> float:
    """Probability that every word is right; 0 for no words."""
    found = list(confidences)
    if not found:
        return 0.0
    product = 1.0
    for confidence in found:
        product *= word_right(confidence)
    return product
