"""The tones of ink on a page: dark writing as a few nested masks, each drawn in one tone, from light to dark.

One black-and-white mask would give every letter hard steps at its edge; three or four keep the grey pixels of the edge, and
so the shape of the letter, at a third of the bytes of a JPEG of the same likeness.
"""

from __future__ import annotations

import io
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Grey = NDArray[np.uint8]
_STRIP_OFFSET, _STRIP_BYTES, _ROWS_PER_STRIP = 273, 279, 278


@dataclass(frozen=True, slots=True)
class Tones:
    """Luminance below which a pixel belongs to a mask, and the tone it is drawn in; from light to dark."""

    limits: tuple[int, ...]
    levels: tuple[int, ...]

    @classmethod
    def of(cls, sample: Grey, paper: int, count: int) -> Tones:
        """`count` tones between the paper and the darkest ink of `sample`, each the mean of the pixels it stands for."""
        histogram = np.bincount(sample.ravel(), minlength=256).astype(np.float64)
        dark = _darkest(histogram, paper)
        limits = [round(paper - (paper - dark) * (step + 0.5) / count) for step in range(count)]
        levels = []
        for upper, lower in zip(limits, [*limits[1:], 0], strict=True):
            weights, values = histogram[lower:upper], np.arange(lower, upper)
            levels.append(round(float((weights * values).sum() / weights.sum())) if weights.sum() else (upper + lower) // 2)
        return cls(tuple(limits), tuple(levels))

    def drawn(self, pixels: Grey, below: Grey) -> Grey:
        """`pixels` as the masks show them over what lies `below`."""
        table = np.zeros(256, np.uint8)
        for limit, level in zip(self.limits, self.levels, strict=True):
            table[:limit] = level
        return np.where(pixels < self.limits[0], table[pixels], below)


def _darkest(histogram: NDArray[np.float64], paper: int) -> int:
    """Mean of the darkest fifth of what is clearly ink."""
    ink = histogram[: max(1, paper * 2 // 3)]
    total = ink.sum()
    if not total:
        return 0
    share = np.minimum(np.cumsum(ink), total / 5)
    taken = np.diff(share, prepend=0)
    return int((taken * np.arange(len(ink))).sum() / taken.sum())


def group4(ink: NDArray[np.bool_]) -> bytes:
    """CCITT Group 4 (ITU-T T.6) data of a page, ink as black. Lossless."""
    height, width = ink.shape
    return group4_of(Image.frombytes("1", (width, height), np.packbits(ink, axis=1).tobytes()))


def group4_of(image: Image.Image) -> bytes:
    """The same from a black-and-white image whose ones are ink: the encoder behind TIFF codes ones as black, in one strip."""
    built = io.BytesIO()
    image.save(built, "TIFF", compression="group4", tiffinfo={_ROWS_PER_STRIP: image.height})
    with Image.open(built) as coded:
        tags = coded.tag_v2  # type: ignore[attr-defined]
        offsets, lengths = tags[_STRIP_OFFSET], tags[_STRIP_BYTES]
    if len(offsets) != 1:
        raise ValueError("G4 came in more than one strip")
    return built.getvalue()[offsets[0] : offsets[0] + lengths[0]]
