"""The pixels of a page as taking it apart needs them: luminance whole, colour small, colour whole only on demand."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ocr.prepare.decode import decode

Grey = NDArray[np.uint8]
Colour = NDArray[np.uint8]
_SMALL_DPI = 75
_FACTORS = (1, 2, 4, 8)
"""What a JPEG decoder can leave out by itself."""


@dataclass(frozen=True)
class Source:
    """One page image; every form is decoded when first asked for."""

    path: str
    dpi: float
    width_px: int
    height_px: int
    is_jpeg: bool
    is_grey: bool
    halved_chroma: bool
    factor: int = field(init=False)
    """How much smaller the small form is: the largest power of two that keeps 75 dpi."""

    def __post_init__(self) -> None:
        fitting = [factor for factor in _FACTORS if self.dpi / factor >= _SMALL_DPI * 0.98]
        object.__setattr__(self, "factor", fitting[-1] if fitting else 1)

    @classmethod
    def of(cls, image: Image.Image, path: str, dpi: float) -> Source:
        """From an opened image whose bytes stand at `path`."""
        is_jpeg = image.format in {"JPEG", "MPO"}
        sampling = [part[1:3] for part in getattr(image, "layer", [])]
        grey = image.mode in {"1", "L", "LA", "I", "F"} or image.mode.startswith("I;16")
        halved = is_jpeg and len(sampling) == 3 and sampling[0] != sampling[1]
        return cls(path, dpi, image.width, image.height, is_jpeg, grey, halved)

    def ycc(self, rows: slice, columns: slice) -> Colour:
        """A part of the pixels, height × width × 3, Y Cb Cr (JFIF); luminance as a JPEG holds it."""
        part = np.asarray(cv2.cvtColor(self._rgb[rows, columns], cv2.COLOR_RGB2YCrCb)[..., (0, 2, 1)], dtype=np.uint8)
        part[..., 0] = self.grey[rows, columns]
        return part

    @cached_property
    def grey(self) -> Grey:
        """Luminance of all pixels."""
        if self.is_jpeg:
            held = cv2.imdecode(np.fromfile(self.path, np.uint8), cv2.IMREAD_GRAYSCALE | cv2.IMREAD_IGNORE_ORIENTATION)
            if held is not None:
                return np.asarray(held, dtype=np.uint8)
        if self.is_grey:
            return decode(self.path)
        return np.asarray(cv2.cvtColor(self._rgb, cv2.COLOR_RGB2GRAY), dtype=np.uint8)

    @cached_property
    def _rgb(self) -> Colour:
        return decode(self.path)

    @cached_property
    def small(self) -> Colour:
        """RGB at a `factor`-th of the size, sides rounded up."""
        size = (-(-self.width_px // self.factor), -(-self.height_px // self.factor))
        if not self.is_jpeg:
            return self._shrunk(size)
        with Image.open(self.path) as image:
            image.draft("RGB", (self.width_px // self.factor, self.height_px // self.factor))
            pixels = np.asarray(_in_mode(image, "RGB"))
        height, width = pixels.shape[:2]
        return pixels if (width, height) == size else np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA))

    def _shrunk(self, size: tuple[int, int]) -> Colour:
        whole = decode(self.path)
        whole = np.repeat(whole[..., None], 3, axis=2) if whole.ndim == 2 else whole
        return whole if self.factor == 1 else np.asarray(cv2.resize(whole, size, interpolation=cv2.INTER_AREA))

    @cached_property
    def steps(self) -> tuple[int, ...]:
        """Luminance quantisation steps of a JPEG in the order of Pillow; ones for anything else."""
        with Image.open(self.path) as image:
            tables = getattr(image, "quantization", None) or {}
        return tuple(tables.get(0, (1,) * 64)) if self.is_jpeg else (1,) * 64


def _in_mode(image: Image.Image, mode: str) -> Image.Image:
    """Converting to the same mode would copy every pixel."""
    return image if image.mode == mode else image.convert(mode)
