"""A paper as a searchable PDF/A-2b: the stored pixels, upright, with the text that was read lying invisibly over them.

Invariants: a page looks like its scan (the stored bytes, or layers that the guard of `ocr.layers` finds alike), has exactly
the size of its paper, the same input gives the same bytes, and memory holds the images of one part, not of the whole paper.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

import pikepdf
from pikepdf import Array, Dictionary, Name

from ingest.model import PageImage
from ocr.errors import PdfNotWritten
from ocr.layers.model import PageCoding
from ocr.model import DocumentInfo, PageText
from ocr.options import CopyOptions, PageCodingKind
from ocr.pdfa.font import Glyphs, add_font
from ocr.pdfa.images import drawn
from ocr.pdfa.metadata import describe
from ocr.pdfa.text import readable, text_operators

_PART_BYTES = 16 * 1024**2
"""Image bytes held in memory before a part of the paper is put on disk."""
_PART_PAGES = 200
_SHORT_PT = 0.0003
"""A page is so much smaller than its paper (0.1 µm): viewers round pages up to whole pixels, and no rounding error of theirs may
make it one pixel more and blur everything."""
_AUTO = CopyOptions()


def build(
    pages: Sequence[tuple[PageImage, PageText]], out: str, info: DocumentInfo, options: CopyOptions = _AUTO
) -> tuple[PageCoding, ...]:
    """Write the pages of one paper to `out` as PDF/A-2b (ISO 19005-2) with an invisible text layer.

    Returns how the pixels of each page were coded, which the document's own metadata says, too.

    Raises PageUnreadable when a page image cannot be opened, PdfNotWritten when `out` cannot be written.
    """
    codings: list[PageCoding] = []
    glyphs = Glyphs.of(readable(word.text) for _, text in pages for line in text.lines for word in line.words)
    try:
        with (
            tempfile.TemporaryDirectory(prefix="sohoa-pdf-", dir=Path(out).parent) as folder,
            _joined(_parts(pages, glyphs, Path(folder), options, codings), Path(folder)) as pdf,
        ):
            font = add_font(pdf, glyphs)
            for page in pdf.pages:
                page.obj.Resources.Font = Dictionary(F0=font)
            describe(pdf, info, codings)
            pdf.save(out, deterministic_id=True, min_version="1.7", object_stream_mode=pikepdf.ObjectStreamMode.disable)
    except (OSError, pikepdf.PdfError) as error:
        raise PdfNotWritten from error
    return tuple(codings)


def _parts(
    pages: Sequence[tuple[PageImage, PageText]], glyphs: Glyphs, folder: Path, options: CopyOptions, codings: list[PageCoding]
) -> list[pikepdf.Pdf | Path]:
    """The pages as parts: on disk once they weigh enough, the last one in memory. `codings` grows by what each page got."""
    parts: list[pikepdf.Pdf | Path] = []
    part, weight = pikepdf.new(), 0
    for image, text in pages:
        if weight >= _PART_BYTES or len(part.pages) >= _PART_PAGES:
            parts.append(_written(part, folder / f"{len(parts)}.pdf"))
            part, weight = pikepdf.new(), 0
        codings.append(_add_page(part, image, text, glyphs, options))
        weight += codings[-1].size
    return [*parts, part]


def _joined(parts: list[pikepdf.Pdf | Path], folder: Path) -> pikepdf.Pdf:
    """One document of all parts. Joined on disk by qpdf, because pages taken over from another open file are held in memory."""
    *written, last = parts
    if not written and isinstance(last, pikepdf.Pdf):
        return last
    paths = [_written(part, folder / f"{place}.pdf") for place, part in enumerate(parts)]
    whole = folder / "whole.pdf"
    pikepdf.Job({"empty": "", "pages": [{"file": str(path)} for path in paths], "outputFile": str(whole)}).run()
    return pikepdf.open(whole)


def _written(part: pikepdf.Pdf | Path, path: Path) -> Path:
    if isinstance(part, pikepdf.Pdf):
        part.save(path)
        part.close()
    return path


def _add_page(pdf: pikepdf.Pdf, image: PageImage, text: PageText, glyphs: Glyphs, options: CopyOptions) -> PageCoding:
    """Append one page; says how its pixels were coded."""
    scale = 72 / image.dpi
    width, height = (round(side * scale - _SHORT_PT, 4) for side in (image.width_px, image.height_px))
    picture = drawn(pdf, image.path, image.dpi, layered=options.page_coding is PageCodingKind.AUTO)
    across, along = width / image.width_px, height / image.height_px
    content = f"q\n{across:.8f} 0 0 {along:.8f} 0 0 cm\n{picture.operators}Q\n" + text_operators(text, glyphs)
    page = Dictionary(
        Type=Name.Page,
        MediaBox=Array([0, 0, width, height]),
        Resources=Dictionary(XObject=Dictionary({f"/{name}": stream for name, stream in picture.objects.items()})),
        Contents=pdf.make_stream(content.encode("ascii")),
    )
    if text.turn_deg % 360:
        page.Rotate = text.turn_deg % 360
    pdf.pages.append(pikepdf.Page(pdf.make_indirect(page)))
    return picture.coding
