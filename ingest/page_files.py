"""Writes page images in the few forms that a PDF/A can carry: JPEG, PNG, and TIFF with CCITT Group 4."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, cast

import numpy as np
from PIL import Image

JPEG: Final = "image/jpeg"
PNG: Final = "image/png"
TIFF: Final = "image/tiff"
_QUALITY = 92
_PNG_EFFORT = 4
"""zlib level: half the time of the default for 3 % more bytes on scans."""
_BASELINE = {0xC0, 0xC1, 0xC2}
"""SOF markers of Huffman-coded baseline, extended and progressive JPEG: what the PDF filter DCTDecode knows."""


@dataclass(frozen=True, slots=True)
class Stored:
    """A page image on disk."""

    path: str
    media_type: str


def target(into: str, index: int, suffix: str) -> Path:
    """Where the image of page `index` (from 0) of a file goes."""
    return Path(into) / f"page-{index + 1:05d}.{suffix}"


def keep(data: bytes, media_type: Literal["image/jpeg", "image/png"], into: str, index: int) -> Stored:
    """Store bytes as they are."""
    path = target(into, index, "jpg" if media_type == JPEG else "png")
    path.write_bytes(data)
    return Stored(str(path), media_type)


def write_bitonal(image: Image.Image, into: str, index: int, dpi: float) -> Stored:
    """Lossless black and white: TIFF, CCITT Group 4."""
    path = target(into, index, "tif")
    out = io.BytesIO()
    image.convert("1", dither=Image.Dither.NONE).save(out, format="TIFF", compression="group4", dpi=(dpi, dpi))
    path.write_bytes(out.getbuffer())  # the encoders, writing to disk themselves, would not say why that failed
    return Stored(str(path), TIFF)


def write_lossless(image: Image.Image, into: str, index: int, dpi: float) -> Stored:
    """Lossless grey or colour: PNG, 8 bits a channel."""
    path = target(into, index, "png")
    image.save(path, format="PNG", compress_level=_PNG_EFFORT, dpi=(dpi, dpi), icc_profile=image.info.get("icc_profile"))
    return Stored(str(path), PNG)


def write_photo(image: Image.Image, into: str, index: int, dpi: float, quality: int = _QUALITY) -> Stored:
    """JPEG without chroma subsampling: red seals on black text keep their edges."""
    path = target(into, index, "jpg")
    whole_dpi = (round(dpi), round(dpi))
    profile = image.info.get("icc_profile")
    out = io.BytesIO()
    image.save(out, format="JPEG", quality=quality, subsampling="4:4:4", dpi=whole_dpi, icc_profile=profile)
    path.write_bytes(out.getbuffer())
    return Stored(str(path), JPEG)


def plain(image: Image.Image) -> Image.Image:
    """The image as bitonal, grey or RGB with 8 bits a channel: alpha over white, 16 bits scaled, CMYK and others converted."""
    if image.mode in {"1", "L", "RGB"} and "transparency" not in image.info:
        return image
    if image.mode in {"I", "F"} or image.mode.startswith("I;16"):
        return Image.fromarray(_to_eight_bits(np.asarray(image)))
    if image.mode in {"LA", "La", "PA", "RGBA", "RGBa"} or "transparency" in image.info:
        paper = Image.new("RGBA", image.size, "white")
        paper.alpha_composite(image.convert("RGBA"))
        return paper.convert("L" if image.mode in {"LA", "La", "L", "1"} else "RGB")
    return image.convert("RGB")


def _to_eight_bits(values: np.ndarray[tuple[int, ...], np.dtype[np.generic]]) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    """Scale by the type's range when it is used, so that a 16-bit white stays white."""
    numbers = np.nan_to_num(values.astype(np.float32))
    highest = float(numbers.max(initial=0.0))
    whole = 1.0 if highest <= 1.0 and values.dtype.kind == "f" else 255.0 if highest <= 255 else max(65_535.0, highest)
    return cast(
        "np.ndarray[tuple[int, ...], np.dtype[np.uint8]]", (numbers.clip(0, whole) * (255.0 / whole)).round().astype(np.uint8)
    )


def jpeg_fits_pdf(data: bytes) -> bool:
    """Whether the JPEG is coded the way PDF readers know (arithmetic and lossless JPEG are not)."""
    at = 2
    while at + 4 <= len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        if marker == 0xFF:
            at += 1
        elif 0xC0 <= marker <= 0xCF and marker not in {0xC4, 0xC8, 0xCC}:
            return marker in _BASELINE
        elif marker == 0x01 or 0xD0 <= marker <= 0xD7:
            at += 2
        else:
            at += 2 + int.from_bytes(data[at + 2 : at + 4], "big")
    return False
