"""A described document becomes PDF/A-2b with real text (the only importer of fpdf2).

Invariants: the same sheet gives the same bytes; every character drawn has a glyph and a Unicode value; nothing but sRGB and
embedded fonts (ISO 19005-2).
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from uuid import uuid4
from xml.sax.saxutils import escape

from fpdf import FPDF
from fpdf.enums import OutputIntentSubType
from fpdf.output import PDFICCProfile

from ocr.errors import PdfNotWritten
from ocr.pdfa.colour import NAME, srgb_profile
from ocr.typeset.draw import Pen
from ocr.typeset.fonts import printable
from ocr.typeset.model import GREY, Sheet

_FOOT_MM = 9.0
_FOOT_PT = 8
_XMP = """<x:xmpmeta xmlns:x="adobe:ns:meta/">
 <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
  <rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/"
    xmlns:pdf="http://ns.adobe.com/pdf/1.3/" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/">
   <dc:format>application/pdf</dc:format>
   <dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
   <dc:description><rdf:Alt><rdf:li xml:lang="x-default">{subject}</rdf:li></rdf:Alt></dc:description>
   <dc:creator><rdf:Seq><rdf:li>{author}</rdf:li></rdf:Seq></dc:creator>
   <dc:language><rdf:Bag><rdf:li>{language}</rdf:li></rdf:Bag></dc:language>
   <xmp:CreateDate>{date}</xmp:CreateDate>
   <xmp:ModifyDate>{date}</xmp:ModifyDate>
   <xmp:MetadataDate>{date}</xmp:MetadataDate>
   <xmp:CreatorTool>Sohoa</xmp:CreatorTool>
   <pdf:Producer>Sohoa</pdf:Producer>
   <pdfaid:part>2</pdfaid:part>
   <pdfaid:conformance>B</pdfaid:conformance>
  </rdf:Description>
 </rdf:RDF>
</x:xmpmeta>"""
_PAGE = {"vi": "Trang {page}/{{nb}}", "en": "Page {page}/{{nb}}"}


class _Paper(FPDF):
    """A4 with our foot line."""

    def __init__(self, sheet: Sheet) -> None:
        super().__init__(orientation="L" if sheet.landscape else "P", format="A4", enforce_compliance="PDF/A-2B")
        self._sheet = sheet
        self.pen = Pen(self, sheet.family)
        self._foot = printable(sheet.footer, sheet.family)

    def footer(self) -> None:
        """The foot line of a page; fpdf2 calls it."""
        if not (self._foot or self._sheet.numbered):
            return
        self.set_y(-_FOOT_MM - 4)
        self.pen.choose(self._sheet.family, size_pt=_FOOT_PT)
        self.set_text_color(*GREY)
        self.cell(self.epw * 0.84, 4, self._foot)
        if self._sheet.numbered:
            pattern = _PAGE["vi" if self._sheet.language == "vi" else "en"]
            self.cell(0, 4, pattern.format(page=self.page_no()), align="R")


def build(sheet: Sheet) -> bytes:
    """The document as PDF/A-2b.

    Raises:
        PrintFontMissing: a Liberation font is not installed.
    """
    paper = _Paper(sheet)
    paper.add_output_intent(
        OutputIntentSubType.PDFA, NAME, NAME, "http://www.color.org", PDFICCProfile(srgb_profile(), 3, "DeviceRGB"), NAME
    )
    paper.set_title(printable(sheet.title, sheet.family))
    paper.set_lang(sheet.language)
    paper.set_creation_date(sheet.created_at)
    paper.set_xmp_metadata(_xmp(sheet))  # fpdf2's own would tell the second of writing
    paper.set_margins(sheet.margin_mm, sheet.margin_mm, sheet.margin_mm)
    paper.set_auto_page_break(auto=True, margin=max(sheet.margin_mm, _FOOT_MM + 6))
    paper.c_margin = 0.0
    paper.add_page()
    paper.pen.draw(sheet.blocks)
    return bytes(paper.output())


def _xmp(sheet: Sheet) -> str:
    told = {"title": sheet.title, "subject": sheet.subject, "author": sheet.author, "language": sheet.language}
    date = sheet.created_at.isoformat(timespec="seconds")
    return _XMP.format(date=date, **{name: escape(printable(text, sheet.family)) for name, text in told.items()})


def write(sheet: Sheet, out: Path) -> None:
    """Write the document to `out`, whole or not at all.

    Raises:
        PrintFontMissing: a Liberation font is not installed.
        PdfNotWritten: the file cannot be written.
    """
    data = build(sheet)
    fresh = out.with_name(f".{out.name}.{uuid4().hex}.part")
    try:
        with fresh.open("wb") as handle:
            handle.write(data)
            handle.flush()
            os.fsync(handle.fileno())
        fresh.replace(out)
    except OSError as error:
        raise PdfNotWritten from error
    finally:
        with suppress(OSError):
            fresh.unlink(missing_ok=True)
