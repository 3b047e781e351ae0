"""Pixels of a page file. Colour is RGB; EXIF orientation is not applied, because boxes are in stored pixels."""

from __future__ import annotations

import cv2
import numpy as np
import pillow_heif
from numpy.typing import NDArray
from PIL import Image

from ocr.errors import PageUnreadable

Grey = NDArray[np.uint8]
"""Height × width."""
Pixels = NDArray[np.uint8]
"""Height × width (grey) or height × width × 3 (RGB)."""

pillow_heif.register_heif_opener()


def decode(path: str) -> Pixels:
    """The pixels of the image file at `path`; bitonal and 16-bit images come as 8-bit grey, transparency as white.

    Raises PageUnreadable when the file is no image, is cut off, or has more pixels than Pillow's bomb limit.
    """
    try:
        with Image.open(path) as image:
            pixels = _of_jpeg(path, image.mode) if image.format in {"JPEG", "MPO"} else None
            return np.asarray(flat(image)) if pixels is None else pixels
    except (OSError, ValueError, SyntaxError, EOFError, Image.DecompressionBombError) as error:
        raise PageUnreadable from error


def _of_jpeg(path: str, mode: str) -> Pixels | None:
    """The same pixels straight from OpenCV, in half the time; None for what it does not take, files cut off among it."""
    how = {"L": cv2.IMREAD_GRAYSCALE, "RGB": cv2.IMREAD_COLOR_RGB}.get(mode)
    if how is None:
        return None
    pixels = cv2.imdecode(np.fromfile(path, np.uint8), how | cv2.IMREAD_IGNORE_ORIENTATION)
    return None if pixels is None else np.asarray(pixels, dtype=np.uint8)


def flat(image: Image.Image) -> Image.Image:
    """`image` as 8-bit grey (`L`) or colour (`RGB`) on white paper, pixels and orientation as stored."""
    if image.mode.startswith(("I", "F")):
        deep = np.asarray(image, dtype=np.float64)
        full = 65535.0 if float(deep.max(initial=0)) > 255 else 255.0
        return Image.fromarray((deep * (255.0 / full)).clip(0, 255).astype(np.uint8))
    if image.mode in {"LA", "PA", "RGBA"} or "transparency" in image.info:
        solid = image.convert("RGBA")
        paper = Image.new("RGBA", solid.size, "white")
        paper.alpha_composite(solid)
        return paper.convert("L" if image.mode in {"L", "LA"} else "RGB")
    if image.mode in {"L", "RGB"}:
        return image  # converting to the same would copy every pixel
    return image.convert("L" if image.mode == "1" else "RGB")
