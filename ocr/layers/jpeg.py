"""JPEG with one quantisation step for all frequencies: what keeps edges of writing best at a given size, by measurement."""

from __future__ import annotations

import io
from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

Pixels = NDArray[np.uint8]
_CHROMA_STEP = 24
_ONES = (1,) * 64


def encoded(pixels: Pixels, step: int, known: Sequence[int] = _ONES, *, halved_chroma: bool = True, small: bool = True) -> bytes:
    """A progressive JPEG of `pixels` (grey, or Y Cb Cr as the third axis).

    `step` is the quantisation step of luminance (1 is the finest). `known` are the steps the pixels went through before:
    nothing is gained by finer ones. What is only looked at need not be `small`: the same pixels, sooner coded and decoded.
    """
    built = io.BytesIO()
    form = {"progressive": small, "optimize": small}
    luminance = [max(step, before) for before in known]
    if pixels.ndim == 2:
        Image.fromarray(pixels).save(built, "JPEG", qtables=[luminance], **form)
        return built.getvalue()
    tables = [luminance, [max(step, _CHROMA_STEP)] * 64]
    bands = [Image.fromarray(np.ascontiguousarray(pixels[..., band])) for band in range(3)]
    sampling = "4:2:0" if halved_chroma else "4:4:4"
    image = Image.merge("YCbCr", bands)
    image.save(built, "JPEG", qtables=tables, subsampling=sampling, **form)
    return built.getvalue()


def grey_of(data: bytes) -> Pixels:
    """Luminance of a JPEG as a viewer decodes it."""
    return np.asarray(cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_GRAYSCALE), dtype=np.uint8)
