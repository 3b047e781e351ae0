"""Pages of a PDF: the scanner's own image taken out where it is all that shows, everything else rendered.

pikepdf hands out JPEG data untouched; pdfium decodes other images at their own size and renders pages. Runs in the box.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

import pikepdf
import pypdfium2
import pypdfium2.raw as pdfium
from PIL import Image

from ingest.colour import few_colours, mode_of
from ingest.errors import PageUnreadable, PdfDamaged
from ingest.guard import refusing
from ingest.images import size_fits
from ingest.model import ColourMode, DpiSource, Note, PageImage, PageOrigin, Quality
from ingest.options import IntakeOptions
from ingest.page_files import JPEG, Stored, jpeg_fits_pdf, keep, plain, write_bitonal, write_lossless, write_photo
from ingest.pdf_page import SoleImage, sole_image, visible_box
from ingest.resolution import plausible, resolution

_POINTS_PER_INCH = 72
_RENDER_QUALITY = 90
_FORM_DEPTH = 8
_LOSSY = {"/DCTDecode", "/JPXDecode"}


@dataclass(frozen=True, slots=True)
class _Source:
    """The same file in both readers."""

    pike: pikepdf.Pdf
    fium: pypdfium2.PdfDocument


def pages(path: str, into: str, first: int, last: int, options: IntakeOptions) -> list[PageImage]:
    """Pages first..last (from 0, inclusive), their quality not yet measured.

    Raises PdfDamaged, PageUnreadable, PageTooLarge, PageTooSmall.
    """
    made = []
    with _opened(path) as source:
        for index in range(first, last + 1):
            with refusing(lambda index=index: PageUnreadable(page=index + 1)):  # type: ignore[misc]
                made.append(_page(source, into, index, options))
    return made


@contextmanager
def _opened(path: str) -> Iterator[_Source]:
    with ExitStack() as stack:
        with refusing(PdfDamaged):
            pike = stack.enter_context(pikepdf.open(path, suppress_warnings=True))
            fium = pypdfium2.PdfDocument(path)
            stack.callback(fium.close)
            fium.init_forms()
        yield _Source(pike, fium)


def _page(source: _Source, into: str, index: int, options: IntakeOptions) -> PageImage:
    page = source.fium[index]
    try:
        has_text = _has_text(page)
        sole = sole_image(source.pike.pages[index])
        if sole is not None and min(sole.width_px, sole.height_px) >= options.min_page_side_px:
            size_fits(sole.width_px, sole.height_px, index + 1, options)
            image = _extract(page, sole, into, index)
            if image is not None:
                return _embedded(image, sole, index, has_text)
        return _rendered(source, page, into, index, options, has_text=has_text)
    finally:
        page.close()


def _has_text(page: pypdfium2.PdfPage) -> bool:
    """Whether the page carries text, visible or not."""
    text = page.get_textpage()
    try:
        return bool(text.get_text_bounded().strip()) if text.count_chars() else False
    finally:
        text.close()


def _embedded(image: tuple[Stored, ColourMode], sole: SoleImage, index: int, has_text: bool) -> PageImage:
    stored, colour = image
    dpi, dpi_source = _placed_dpi(sole)
    return PageImage(
        index=index,
        path=stored.path,
        media_type=stored.media_type,
        width_px=sole.width_px,
        height_px=sole.height_px,
        dpi=dpi,
        dpi_source=dpi_source,
        colour=colour,
        origin=PageOrigin.EMBEDDED,
        exif_turn_deg=sole.turn_deg,
        has_text_layer=has_text,
        quality=Quality(notes=(Note("bitonal_page"),) if colour is ColourMode.BITONAL else ()),
    )


def _placed_dpi(sole: SoleImage) -> tuple[float, DpiSource]:
    """From the size on the page if such a sheet may exist; some scanners write a point per pixel."""
    if plausible(sole.width_px, sole.height_px, (sole.dpi, sole.dpi)):
        return sole.dpi, DpiSource.PAGE_SIZE
    return resolution(sole.width_px, sole.height_px, None)


def _extract(page: pypdfium2.PdfPage, sole: SoleImage, into: str, index: int) -> tuple[Stored, ColourMode] | None:
    """The page's image on disk and its colouring, or None where only rendering shows it as a reader does."""
    dpi = _placed_dpi(sole)[0]
    filters = _filters(sole.stream)
    if filters == ["/DCTDecode"] and _plain_jpeg(sole.stream):
        data = sole.stream.read_raw_bytes()
        with Image.open(io.BytesIO(data), formats=("JPEG", "MPO")) as image:
            if image.size == (sole.width_px, sole.height_px) and image.mode in {"L", "RGB"} and jpeg_fits_pdf(data):
                # reads all of the data (a cut image raises), with half of the arithmetic
                image.draft(None, (image.width // 2, image.height // 2))
                image.load()
                return keep(data, JPEG, into, index), mode_of(image)
    decoded = _decoded(page, sole)
    if decoded is None:
        return None
    if int(sole.stream.get("/BitsPerComponent", 8)) == 1 and _two_levels(decoded):
        # the page may be drawn in two greys; ink and paper are what a bitonal scan knows
        bitonal = decoded.convert("L").point(lambda level: 255 if level > 127 else 0).convert("1", dither=Image.Dither.NONE)
        return write_bitonal(bitonal, into, index, dpi), ColourMode.BITONAL
    if filters and filters[-1] in _LOSSY:
        return write_photo(decoded, into, index, dpi), mode_of(decoded)
    return write_lossless(decoded, into, index, dpi), mode_of(decoded)


def _filters(stream: pikepdf.Stream) -> list[str]:
    filters = stream.get("/Filter")
    if isinstance(filters, pikepdf.Array):
        return [str(name) for name in filters]
    return [] if filters is None else [str(filters)]


def _plain_jpeg(stream: pikepdf.Stream) -> bool:
    """Whether the JPEG data alone gives the colours that the PDF asks for."""
    space = stream.get("/ColorSpace")
    name = str(space[0]) if isinstance(space, pikepdf.Array) and len(space) else str(space)
    parameters = stream.get("/DecodeParms")
    if isinstance(parameters, pikepdf.Array):
        parameters = parameters[0] if len(parameters) else None
    transformed = isinstance(parameters, pikepdf.Dictionary) and "/ColorTransform" in parameters
    inverted = "/Decode" in stream and [float(value) for value in stream["/Decode"]][::2] != [0.0] * (len(stream["/Decode"]) // 2)
    return name in {"/DeviceGray", "/DeviceRGB", "/CalGray", "/CalRGB", "/ICCBased"} and not transformed and not inverted


def _decoded(page: pypdfium2.PdfPage, sole: SoleImage) -> Image.Image | None:
    """The image at its own size with colour space and decode array applied, in grey or RGB; None if pdfium cannot."""
    for thing in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_IMAGE], max_depth=_FORM_DEPTH):
        if tuple(thing.get_px_size()) == (sole.width_px, sole.height_px):
            bitmap = thing.get_bitmap(render=False)
            image = bitmap.to_pil()
            if image.size == (sole.width_px, sole.height_px):
                return plain(image.copy())
    return None


def _two_levels(image: Image.Image) -> bool:
    grey = image.convert("L")
    return sum(count > 0 for count in grey.histogram()) <= 2


def _rendered(
    source: _Source, page: pypdfium2.PdfPage, into: str, index: int, options: IntakeOptions, *, has_text: bool
) -> PageImage:
    """The page drawn at `render_dpi`, annotations and form fields included, already turned by /Rotate."""
    box = visible_box(source.pike.pages[index])
    dpi = float(options.render_dpi)
    # pdfium leaves /UserUnit out
    scale = dpi / _POINTS_PER_INCH * box.unit
    width, height = page.get_size()
    size_fits(round(width * scale), round(height * scale), index + 1, options)
    image = page.render(scale=scale, draw_annots=True, may_draw_forms=True, rev_byteorder=True).to_pil().convert("RGB")
    colour = mode_of(image)
    if colour is not ColourMode.COLOUR:
        image = image.convert("L")
    flat = few_colours(image)
    stored = write_lossless(image, into, index, dpi) if flat else write_photo(image, into, index, dpi, _RENDER_QUALITY)
    return PageImage(
        index=index,
        path=stored.path,
        media_type=stored.media_type,
        width_px=image.width,
        height_px=image.height,
        dpi=dpi,
        dpi_source=DpiSource.RENDERED,
        colour=colour,
        origin=PageOrigin.RENDERED,
        has_text_layer=has_text,
    )
