"""Pages for the benches of whole papers: painted A4 pages, small ones read in a moment, small ones that need no reading."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pikepdf
from fpdf import FPDF
from fpdf.enums import TextMode
from PIL import Image, ImageDraw, ImageFont

from api.demo.painter.fonts import find_font
from api.demo.painter.papers import PaperKind
from api.demo.painter.sets import paint_page
from tests.world.quick_pages import DPI, quick_page

KINDS = ("decision", "birth", "letter", "land", "notice", "application", "marriage", "contract")


def quick(pages: int) -> bytes:
    """Small pages that are read in a moment."""
    return _tiff([quick_page(number + 1) for number in range(pages)], "group4", DPI)


def painted(papers: int, pages: int, seed: int) -> Iterator[bytes]:
    """Papers of so many A4 pages of one kind, kind after kind."""
    for paper in range(papers):
        kind = PaperKind(KINDS[paper % len(KINDS)])
        made = [paint_page(kind, seed + paper * pages + page, ("clean",)) for page in range(pages)]
        yield _tiff([page.image for page in made], "tiff_lzw", made[0].dpi)


def layered(pages: int) -> bytes:
    """Small scans, each different, in one PDF with a text layer that is taken as it is: they cost next to no reading."""
    pdf = FPDF(unit="pt", format=(298, 210))
    pdf.set_auto_page_break(auto=False)
    face = find_font("LiberationSerif-Regular.ttf")
    pdf.add_font("serif", fname=face)
    pdf.set_font("serif", size=14)
    font, per_px = ImageFont.truetype(str(face), 29), 0.48
    for number in range(pages):
        scan = Image.new("L", (621, 438), 255)
        lines = {60: "ỦY BAN NHÂN DÂN XÃ TÂN PHƯỚC", 120: f"Quyết định số {number + 1}"}
        pdf.add_page()
        for y_px, line in lines.items():
            ImageDraw.Draw(scan).text((40, y_px), line, fill=0, font=font, anchor="ls")
        pdf.image(scan.convert("1", dither=Image.Dither.NONE), 0, 0, 298, 210)
        with pdf.local_context(text_mode=TextMode.INVISIBLE):
            for y_px, line in lines.items():
                pdf.text(40 * per_px, y_px * per_px, line)
    return bytes(pdf.output())


def in_parts(pages: bytes, each: int = 1) -> Iterator[bytes]:
    """The pages of a PDF as files of `each` pages."""
    with pikepdf.open(io.BytesIO(pages)) as source:
        for first in range(0, len(source.pages), each):
            out = io.BytesIO()
            with pikepdf.new() as part:
                part.pages.extend(source.pages[first : first + each])
                part.save(out)
            yield out.getvalue()


def _tiff(pages: list[Image.Image], compression: str, dpi: float) -> bytes:
    out = io.BytesIO()
    pages[0].save(out, "TIFF", save_all=True, append_images=pages[1:], compression=compression, dpi=(dpi, dpi))
    return out.getvalue()
