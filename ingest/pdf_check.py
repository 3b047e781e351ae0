"""Whether a PDF may be taken in: opens without a password, has pages that load in two readers, runs nothing, fits.

pikepdf (qpdf) reads the structure and repairs what it can; pdfium must agree that every page loads.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator

import pikepdf
import pypdfium2

from ingest import pdf_active
from ingest.errors import PageTooLarge, PdfActiveContent, PdfDamaged, PdfEncrypted, PdfWithoutPages, TooManyPages
from ingest.guard import refusing
from ingest.model import Note
from ingest.options import IntakeOptions
from ingest.pdf_page import sole_image, visible_box

_POINTS_PER_INCH = 72
_MEGA = 1_000_000
_END_OF_IMAGE = b"\xff\xd9"
_FIELD_LIMIT = 10_000


def examine(path: str, options: IntakeOptions) -> tuple[int, int, tuple[Note, ...]]:
    """Pages, signatures and notes of a PDF.

    Raises PdfEncrypted, PdfDamaged, PdfWithoutPages, TooManyPages, PdfActiveContent, PageTooLarge.
    """
    notes: list[Note] = []
    with refusing(PdfDamaged), _open(path) as pdf:
        pages = len(pdf.pages)
        if pages == 0:
            raise PdfWithoutPages
        if pages > options.max_pages:
            raise TooManyPages(pages=pages, limit=options.max_pages)
        if _was_repaired(pdf):
            _nothing_lost(pdf, pages)
            notes.append(Note("pdf_repaired"))
        if pdf.is_encrypted:
            notes.append(Note("pdf_restricted"))
        active = pdf_active.found(pdf)
        if active and options.active_content == "refuse":
            raise PdfActiveContent(what=", ".join(active))
        if active:
            notes.append(Note("active_content", {"what": ", ".join(active)}))
        _sizes_fit(pdf, options)
        signatures = count_signatures(pdf)
    _loads_in_pdfium(path, pages)
    return pages, signatures, tuple(notes)


def _open(path: str) -> pikepdf.Pdf:
    try:
        return pikepdf.open(path, suppress_warnings=True)
    except pikepdf.PasswordError as error:
        raise PdfEncrypted from error


def _was_repaired(pdf: pikepdf.Pdf) -> bool:
    """Whether qpdf had to guess; many scanners write oddities that need no guessing."""
    words = ("file is damaged", "reconstruct", "recover", "can't find startxref", "loop")
    return any(word in str(warning).lower() for warning in pdf.get_warnings() for word in words)


def _nothing_lost(pdf: pikepdf.Pdf, pages: int) -> None:
    """After a repair: the page count is what the file promised, and no stream is cut. Raises PdfDamaged."""
    promised = pdf.Root.Pages.get("/Count")
    if promised is None or int(promised) != pages:
        raise PdfDamaged
    for thing in pdf.objects:
        if isinstance(thing, pikepdf.Stream) and not _stream_whole(thing):
            raise PdfDamaged


def _stream_whole(stream: pikepdf.Stream) -> bool:
    """Whether the stream's data ends where its format says. Formats that do not say are believed."""
    filters = stream.get("/Filter")
    names = [str(name) for name in filters] if isinstance(filters, pikepdf.Array) else [str(filters)]
    raw = stream.read_raw_bytes()
    if names[0] == "/DCTDecode":
        return _END_OF_IMAGE in raw[-64:]
    if names[0] == "/FlateDecode":
        inflate = zlib.decompressobj()
        try:
            while raw and not inflate.eof:
                inflate.decompress(raw, 1 << 20)
                raw = inflate.unconsumed_tail
        except zlib.error:
            return False
        return inflate.eof
    return True


def _sizes_fit(pdf: pikepdf.Pdf, options: IntakeOptions) -> None:
    """Raise PageTooLarge for a page that would be too large as pixels, or an image that is."""
    for number, page in enumerate(pdf.pages, 1):
        box = visible_box(page)
        scale = options.render_dpi / _POINTS_PER_INCH
        pixels = int(box.width_pt * scale) * int(box.height_pt * scale)
        if pixels > options.max_page_pixels:
            # some scanners write one point per pixel: what counts then is the image, which is not rendered
            image = sole_image(page)
            pixels = pixels if image is None else image.width_px * image.height_px
        for width, height in _image_sizes(page):
            pixels = max(pixels, width * height) if width * height > options.max_page_pixels else pixels
        if pixels > options.max_page_pixels:
            raise PageTooLarge(page=number, megapixels=pixels // _MEGA, limit_megapixels=options.max_page_pixels // _MEGA)


def _image_sizes(page: pikepdf.Page) -> Iterator[tuple[int, int]]:
    """Width and height of every image the page may draw, those inside forms included."""
    for image in page.get_images(recursive=True).values():
        yield int(image.get("/Width", 0)), int(image.get("/Height", 0))


def count_signatures(pdf: pikepdf.Pdf) -> int:
    """Signed signature fields: a value with a byte range (ISO 32000-1, 12.8.1)."""
    form = pdf.Root.get("/AcroForm")
    if not isinstance(form, pikepdf.Dictionary):
        return 0
    fields = form.get("/Fields")
    waiting: list[tuple[object, str]] = [(field, "") for field in fields] if isinstance(fields, pikepdf.Array) else []
    seen: set[tuple[int, int]] = set()
    signed = 0
    while waiting and len(seen) < _FIELD_LIMIT:
        field, inherited = waiting.pop()
        if not isinstance(field, pikepdf.Dictionary) or (field.is_indirect and field.objgen in seen):
            continue
        seen.add(field.objgen)
        kind = str(field.get("/FT", inherited))
        value = field.get("/V")
        signed += kind == "/Sig" and isinstance(value, pikepdf.Dictionary) and "/ByteRange" in value
        kids = field.get("/Kids")
        waiting += [(kid, kind) for kid in kids] if isinstance(kids, pikepdf.Array) else []
    return signed


def _loads_in_pdfium(path: str, pages: int) -> None:
    """The second opinion. Raises PdfDamaged."""
    with refusing(PdfDamaged):
        document = pypdfium2.PdfDocument(path)
        try:
            if len(document) != pages:
                raise PdfDamaged
            for number in range(pages):
                document[number].close()
        finally:
            document.close()
