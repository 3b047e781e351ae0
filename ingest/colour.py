"""How a page is coloured, and whether it is a photograph or a few flat colours; judged on every fourth pixel or fewer.

Pillow and numpy only; measurements that need image processing stand in `quality`.
"""

from __future__ import annotations

import numpy as np
from PIL import Image

from ingest.model import ColourMode

_SAMPLES_SIDE_PX = 700
_CHROMA = 24
"""Difference between channels from which a pixel counts as coloured; JPEG grey pages stay below 16."""
_COLOURED_SHARE = 0.0005
"""A red seal covers more than a percent of A4, a handwritten blue signature about 0.2 %."""
_FLAT_SHARE = 0.9
_FLAT_COLOURS = 8


def mode_of(image: Image.Image) -> ColourMode:
    """The colouring of the pixels, whatever the format could carry."""
    if image.mode == "1":
        return ColourMode.BITONAL
    if image.mode in {"L", "LA", "I", "I;16", "F"}:
        return ColourMode.GREY
    red, green, blue = (np.asarray(channel) for channel in _sampled(image).convert("RGB").split())
    # pairwise: numpy is slow along an axis of three
    chroma = np.maximum(np.maximum(red, green), blue) - np.minimum(np.minimum(red, green), blue)
    return ColourMode.COLOUR if float((chroma > _CHROMA).mean()) > _COLOURED_SHARE else ColourMode.GREY


def few_colours(image: Image.Image) -> bool:
    """Whether nearly all of the page is a handful of exact colours (drawn text, tables), which PNG packs best.

    Scanned paper is never of one exact colour, however white it looks.
    """
    pixels = np.asarray(_sampled(image).convert("RGB"), dtype=np.uint32)
    codes = (pixels[..., 0] << 16) | (pixels[..., 1] << 8) | pixels[..., 2]
    counts = np.sort(np.unique(codes, return_counts=True)[1])
    return bool(counts[-_FLAT_COLOURS:].sum() >= _FLAT_SHARE * codes.size)


def _sampled(image: Image.Image) -> Image.Image:
    """Single pixels taken at even steps: averaging would wash thin coloured strokes out."""
    step = max(1, min(image.width, image.height) // _SAMPLES_SIDE_PX)
    if step == 1:
        return image
    return image.resize((image.width // step, image.height // step), Image.Resampling.NEAREST)
