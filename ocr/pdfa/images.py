"""The pixels of a page in a PDF: bitonal as CCITT G4, JPEG bytes untouched, anything else as a fine JPEG; or in layers."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path

import pikepdf
from pikepdf import Array, Dictionary, Name
from PIL import Image, ImageOps

from ocr.errors import PageUnreadable
from ocr.layers.apart import apart
from ocr.layers.model import Coding, Layers, PageCoding
from ocr.layers.source import Source
from ocr.layers.tones import group4_of
from ocr.prepare.decode import flat

_QUALITY = 90
_INSET_PX = 0.01
_DCT_FRAMES = {0xC0, 0xC1, 0xC2}
"""Baseline, extended and progressive Huffman: what every PDF viewer decodes."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """The pixels of a page in a PDF: its image objects by name, the operators that draw them in pixels of the page, and how."""

    objects: dict[str, pikepdf.Object]
    operators: str
    coding: PageCoding


def drawn(pdf: pikepdf.Pdf, path: str, dpi: float, *, layered: bool) -> Drawn:
    """The image at `path` in `pdf`: same size, same orientation, no metadata applied.

    With `layered` it is taken apart where that saves and the guard finds the result alike; without, the stored pixels go in.
    Raises PageUnreadable when the file is no image.
    """
    try:
        with Image.open(path) as image:
            return _drawn(pdf, image, path, dpi, layered=layered)
    except (OSError, ValueError, SyntaxError, EOFError, Image.DecompressionBombError) as error:
        raise PageUnreadable from error


def _drawn(pdf: pikepdf.Pdf, image: Image.Image, path: str, dpi: float, *, layered: bool) -> Drawn:
    data = Path(path).read_bytes()
    kept = image.format in {"JPEG", "MPO"} and _fits_pdf(data, image)
    if image.mode == "1":
        return _alone(_g4(pdf, image), image.size, Coding.BITONAL)
    whole = _jpeg(pdf, data, image) if kept else _fine_jpeg(pdf, image)
    if layered and _plain_colours(image):
        layers = apart(Source.of(image, path, dpi), len(whole.read_raw_bytes()))
        if layers is not None:
            return in_layers(pdf, layers, image.size)
    return _alone(whole, image.size, Coding.ORIGINAL if kept else Coding.FINE)


def _alone(picture: pikepdf.Stream, size: tuple[int, int], coding: Coding) -> Drawn:
    width, height = size
    coded = PageCoding(coding, len(picture.read_raw_bytes()))
    return Drawn({"Im0": picture}, f"q\n{_placing(0, 0, width, height)} cm\n/Im0 Do\nQ\n", coded)


def in_layers(pdf: pikepdf.Pdf, layers: Layers, size: tuple[int, int]) -> Drawn:
    """Pictures from below, then masks from light to dark."""
    objects, parts = dict[str, pikepdf.Object](), list[str]()
    for picture in layers.pictures:
        name = f"Im{len(objects)}"
        stream = _stream(pdf, picture.jpeg, (picture.width_px, picture.height_px), Name.DCTDecode)
        stream.ColorSpace = Name.DeviceGray if picture.grey else Name.DeviceRGB
        objects[name] = stream
        width, height = picture.area.size
        parts.append(f"q\n{_placing(picture.area.x0, size[1] - picture.area.y1, width, height)} cm\n/{name} Do\nQ\n")
    for mask in layers.masks:
        name = f"Im{len(objects)}"
        stream = _fax(pdf, mask.data, size)
        stream.ImageMask = True
        objects[name] = stream
        tone = f"{mask.level / 255:.4f} g"
        parts.append(f"q\n{tone}\n{_placing(0, 0, *size)} cm\n/{name} Do\nQ\n")
    return Drawn(objects, "".join(parts), PageCoding(layers.coding, layers.size, layers.likeness))


def _placing(x: int, y: int, width: int, height: int) -> str:
    """The matrix that lays an image over these pixels of the page, drawn in by a hundredth of a pixel on all sides.

    Viewers round the place of an image outwards; a side that lies a rounding error beyond a pixel's border would make them
    stretch the image by a whole pixel and blur it (pdfium, poppler).
    """
    return f"{width - 2 * _INSET_PX:.2f} 0 0 {height - 2 * _INSET_PX:.2f} {x + _INSET_PX:.2f} {y + _INSET_PX:.2f}"


def _plain_colours(image: Image.Image) -> bool:
    """Whether the pixels mean sRGB or its grey (layers carry no profile of their own), and a JPEG holds luminance as such."""
    adobe_rgb = image.mode == "RGB" and image.info.get("adobe_transform") == 0
    return (
        image.mode not in {"CMYK", "YCCK", "LAB", "HSV"} and not adobe_rgb and not _stores_rgb(image) and _profile(image) is None
    )


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
    profile = _profile(image)
    return device if profile is None else Array([Name.ICCBased, pdf.make_stream(profile, N=components)])


def _profile(image: Image.Image) -> bytes | None:
    """The image's own ICC profile, if it is sound, fits the pixels and is not sRGB."""
    profile = image.info.get("icc_profile") or b""
    space, version = profile[16:20], profile[8:9]
    usable = space == (b"GRAY" if image.mode == "L" else b"RGB ") and b"\x02" <= version <= b"\x04" and profile[36:40] == b"acsp"
    if not usable or b"sRGB" in profile or profile[12:16] not in {b"scnr", b"mntr", b"prtr", b"spac"}:
        return None
    return bytes(profile)


def _g4(pdf: pikepdf.Pdf, image: Image.Image) -> pikepdf.Stream:
    """Lossless."""
    ink = ImageOps.invert(image.convert("L")).convert("1", dither=Image.Dither.NONE)
    stream = _fax(pdf, group4_of(ink), image.size)
    stream.ColorSpace = Name.DeviceGray
    return stream


def _fax(pdf: pikepdf.Pdf, data: bytes, size: tuple[int, int]) -> pikepdf.Stream:
    stream = _stream(pdf, data, size, Name.CCITTFaxDecode)
    stream.BitsPerComponent = 1
    stream.DecodeParms = Dictionary(K=-1, Columns=size[0], Rows=size[1])
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
