"""A paper as a searchable PDF/A-2b: the stored pixels, upright, with the text that was read lying invisibly over them.

Invariants: pixels are never changed (JPEG bytes go in as they are), a page has exactly the size of its paper, the same
input gives the same bytes, and memory holds the images of one part, not of the whole paper.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

import pikepdf
from pikepdf import Array, Dictionary, Name

from ingest.model import PageImage
from ocr.errors import PdfNotWritten
from ocr.model import DocumentInfo, PageText
from ocr.pdfa.font import Glyphs, add_font
from ocr.pdfa.images import embedded
from ocr.pdfa.metadata import describe
from ocr.pdfa.text import readable, text_operators

_PART_BYTES = 16 * 1024**2
"""Image bytes held in memory before a part of the paper is put on disk."""
_PART_PAGES = 200


def build(pages: Sequence[tuple[PageImage, PageText]], out: str, info: DocumentInfo) -> None:
    """Write the pages of one paper to `out` as PDF/A-2b (ISO 19005-2) with an invisible text layer.

    Raises PageUnreadable when a page image cannot be opened, PdfNotWritten when `out` cannot be written.
    """
    glyphs = Glyphs.of(readable(word.text) for _, text in pages for line in text.lines for word in line.words)
    try:
        with (
            tempfile.TemporaryDirectory(prefix="sohoa-pdf-", dir=Path(out).parent) as folder,
            _joined(_parts(pages, glyphs, Path(folder)), Path(folder)) as pdf,
        ):
            font = add_font(pdf, glyphs)
            for page in pdf.pages:
                page.obj.Resources.Font = Dictionary(F0=font)
            describe(pdf, info)
            pdf.save(out, deterministic_id=True, min_version="1.7", object_stream_mode=pikepdf.ObjectStreamMode.disable)
    except (OSError, pikepdf.PdfError) as error:
        raise PdfNotWritten from error


def _parts(pages: Sequence[tuple[PageImage, PageText]], glyphs: Glyphs, folder: Path) -> list[pikepdf.Pdf | Path]:
    """The pages as parts: on disk once they weigh enough, the last one in memory."""
    parts: list[pikepdf.Pdf | Path] = []
    part, weight = pikepdf.new(), 0
    for image, text in pages:
        if weight >= _PART_BYTES or len(part.pages) >= _PART_PAGES:
            parts.append(_written(part, folder / f"{len(parts)}.pdf"))
            part, weight = pikepdf.new(), 0
        weight += _add_page(part, image, text, glyphs)
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


def _add_page(pdf: pikepdf.Pdf, image: PageImage, text: PageText, glyphs: Glyphs) -> int:
    """Append one page; returns the bytes of its image."""
    width, height = (round(side * 72 / image.dpi, 4) for side in (image.width_px, image.height_px))
    picture = embedded(pdf, image.path)
    content = f"q\n{width:.4f} 0 0 {height:.4f} 0 0 cm\n/Im0 Do\nQ\n" + text_operators(text, glyphs)
    page = Dictionary(
        Type=Name.Page,
        MediaBox=Array([0, 0, width, height]),
        Resources=Dictionary(XObject=Dictionary(Im0=picture)),
        Contents=pdf.make_stream(content.encode("ascii")),
    )
    if text.turn_deg % 360:
        page.Rotate = text.turn_deg % 360
    pdf.pages.append(pikepdf.Page(pdf.make_indirect(page)))
    return len(picture.read_raw_bytes())
