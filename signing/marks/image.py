"""The images of marks: a person's signature (blue) or an agency's seal (red), PNG with transparency, in real size.

Decree 30/2020, Appendix I. The image is decoded here once and given on as raw samples; nothing is drawn.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from functools import lru_cache

from PIL import Image

from signing.errors import MarkUnusable

_USUAL_DPI = 300.0
_MOST_DPI = 600.0
"""Finer samples are not seen on paper and only make files large."""
_MOST_BYTES = 4 << 20
_MOST_SIDE_PX = 4_000
_MOST_PT = 600.0


@dataclass(frozen=True)
class Samples:
    """An image as a PDF takes it: 8 bits a sample, rows from the top."""

    width_px: int
    height_px: int
    rgb: bytes
    alpha: bytes
    """Opacity of each pixel; empty when all are opaque."""


def printed_size_pt(data: bytes, width_pt: float = 0.0) -> tuple[float, float]:
    """Width and height on paper; `width_pt` 0 takes the resolution that the file names (300 dpi when it names none).

    Raises:
        MarkUnusable: it is no PNG, or larger than any seal.
    """
    image = _opened(data)
    across, down = _resolution(image)
    width = width_pt or image.width * 72 / across
    height = width * image.height / image.width if width_pt else image.height * 72 / down
    if not 0 < width <= _MOST_PT or height > _MOST_PT:
        raise MarkUnusable(why="kích thước ảnh / image size")
    return width, height


@lru_cache(maxsize=8)
def samples(data: bytes, width_pt: float) -> Samples:
    """The pixels for an image printed `width_pt` wide.

    Raises:
        MarkUnusable: it is no PNG.
    """
    image = _opened(data).convert("RGBA")
    most = max(1, round(width_pt / 72 * _MOST_DPI))
    if image.width > most:
        image = image.resize((most, max(1, round(image.height * most / image.width))), Image.Resampling.LANCZOS)
    alpha = image.getchannel("A").tobytes()
    opaque = alpha == b"\xff" * len(alpha)
    return Samples(image.width, image.height, image.convert("RGB").tobytes(), b"" if opaque else alpha)


def _resolution(image: Image.Image) -> tuple[float, float]:
    across, down = image.info.get("dpi", (_USUAL_DPI, _USUAL_DPI))
    return (float(across), float(down)) if across > 1 and down > 1 else (_USUAL_DPI, _USUAL_DPI)


def _opened(data: bytes) -> Image.Image:
    if len(data) > _MOST_BYTES:
        raise MarkUnusable(why="kích thước ảnh / image size")
    try:
        image = Image.open(io.BytesIO(data), formats=("PNG",))
        if max(image.size) > _MOST_SIDE_PX:
            raise MarkUnusable(why="kích thước ảnh / image size")
        image.load()
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise MarkUnusable(why="ảnh PNG / PNG image") from error
    return image
