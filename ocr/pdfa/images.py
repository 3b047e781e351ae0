"""The pixels of a page as a PDF image: JPEG bytes untouched, bitonal as CCITT G4, anything else as a fine JPEG."""

from __future__ import annotations

import io
from pathlib import Path

import pikepdf
from pikepdf import Array, Dictionary, Name
from PIL import Image, ImageOps

from ocr.errors import PageUnreadable
from ocr.prepare.decode import flat

_QUALITY = 90
_DCT_FRAMES = {0xC0, 0xC1, 0xC2}
"""Baseline, extended and progressive Huffman: what every PDF viewer decodes."""
_STRIP_OFFSET, _STRIP_BYTES, _ROWS_PER_STRIP = 273, 279, 278


def embedded(pdf: pikepdf.Pdf, path: str) -> pikepdf.Stream:
    """The image at `path` as an image object of `pdf`: same pixels, same orientation, no metadata applied.

    Raises PageUnreadable when the file is no image.
    """
    try:
        with Image.open(path) as image:
            if image.format in {"JPEG", "MPO"} and _fits_pdf(data := Path(path).read_bytes(), image):
                return _jpeg(pdf, data, image)
            return _g4(pdf, image) if image.mode == "1" else _fine_jpeg(pdf, image)
    except (OSError, ValueError, SyntaxError, EOFError, Image.DecompressionBombError) as error:
        raise PageUnreadable from error


def _fits_pdf(data: bytes, image: Image.Image) -> bool:
    """CMYK has no place under an sRGB output intent; arithmetic coding has none in PDF."""
    return image.mode in {"L", "RGB"} and _frame(data) in _DCT_FRAMES


def _frame(data: bytes) -> int:
    """The start-of-frame marker of a JPEG, or 0."""
    at = 2
    while at + 4 <= len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        if 0xC0 <= marker <= 0xCF and marker not in {0xC4, 0xC8, 0xCC}:
            return marker
        at += 1 if marker == 0xFF else 2 + int.from_bytes(data[at + 2 : at + 4], "big")
    return 0


def _jpeg(pdf: pikepdf.Pdf, data: bytes, image: Image.Image) -> pikepdf.Stream:
    stream = _stream(pdf, data, image.size, Name.DCTDecode)
    stream.ColorSpace = _colour_space(pdf, image)
    if image.mode == "RGB" and _stores_rgb(image):
        stream.DecodeParms = Dictionary(ColorTransform=0)
    return stream


def _stores_rgb(image: Image.Image) -> bool:
    """True when the JPEG keeps R, G, B as they are without an Adobe marker that would tell a PDF viewer so."""
    names = bytes(layer[0] for layer in getattr(image, "layer", []))
    return names == b"RGB" and "jfif" not in image.info and "adobe_transform" not in image.info


def _colour_space(pdf: pikepdf.Pdf, image: Image.Image) -> pikepdf.Object:
    """The image's own ICC profile when it says more than sRGB; a PDF viewer does not look inside the JPEG."""
    components, device = (1, Name.DeviceGray) if image.mode == "L" else (3, Name.DeviceRGB)
    profile = image.info.get("icc_profile") or b""
    space, version = profile[16:20], profile[8:9]
    usable = space == (b"GRAY" if components == 1 else b"RGB ") and b"\x02" <= version <= b"\x04" and profile[36:40] == b"acsp"
    if not usable or b"sRGB" in profile or profile[12:16] not in {b"scnr", b"mntr", b"prtr", b"spac"}:
        return device
    return Array([Name.ICCBased, pdf.make_stream(profile, N=components)])


def _g4(pdf: pikepdf.Pdf, image: Image.Image) -> pikepdf.Stream:
    """Lossless; inverted on the way because TIFF counts white as one and fax codes black."""
    built = io.BytesIO()
    ImageOps.invert(image.convert("L")).convert("1", dither=Image.Dither.NONE).save(
        built, "TIFF", compression="group4", tiffinfo={_ROWS_PER_STRIP: image.height}
    )
    with Image.open(built) as coded:
        tags = coded.tag_v2  # type: ignore[attr-defined]
        offsets, lengths = tags[_STRIP_OFFSET], tags[_STRIP_BYTES]
    if len(offsets) != 1:
        raise ValueError("G4 came in more than one strip")
    data = built.getvalue()[offsets[0] : offsets[0] + lengths[0]]
    stream = _stream(pdf, data, image.size, Name.CCITTFaxDecode)
    stream.ColorSpace = Name.DeviceGray
    stream.BitsPerComponent = 1
    stream.DecodeParms = Dictionary(K=-1, Columns=image.width, Rows=image.height)
    return stream


def _fine_jpeg(pdf: pikepdf.Pdf, image: Image.Image) -> pikepdf.Stream:
    paper = flat(image)
    built = io.BytesIO()
    paper.save(built, "JPEG", quality=_QUALITY, subsampling=0, optimize=True)
    stream = _stream(pdf, built.getvalue(), paper.size, Name.DCTDecode)
    stream.ColorSpace = Name.DeviceGray if paper.mode == "L" else Name.DeviceRGB
    return stream


def _stream(pdf: pikepdf.Pdf, data: bytes, size: tuple[int, int], coding: Name) -> pikepdf.Stream:
    stream = pdf.make_stream(data, Type=Name.XObject, Subtype=Name.Image, BitsPerComponent=8)
    stream.Width, stream.Height = size
    stream.Filter = coding
    return stream
