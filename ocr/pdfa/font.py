"""A font without outlines that carries the invisible text: one empty glyph per character used, with its Unicode value.

A CID font (Identity-H) with a glyph of its own for every character, so that its ToUnicode map is exact, also beyond the
Basic Multilingual Plane. All glyphs are half an em wide and one em tall: the box of a word is then its text size.
"""

from __future__ import annotations

import io
from collections.abc import Iterable
from dataclasses import dataclass

import pikepdf
from fontTools.fontBuilder import FontBuilder
from fontTools.ttLib.tables._g_l_y_f import Glyph
from pikepdf import Array, Dictionary, Name

WIDTH_EM = 0.5
_NAME = "/SOHOAA+Glyphless"
_EPOCH = 3_000_000_000
"""Seconds since 1904 that the font claims as its date: fixed, so that bytes do not change."""
_BLOCK = 100
"""Most entries of one bfchar block (Adobe Technical Note 5411)."""


@dataclass(frozen=True, slots=True)
class Glyphs:
    """The characters of a document in code point order; the glyph of the first is 1."""

    codes: dict[str, int]

    @classmethod
    def of(cls, texts: Iterable[str]) -> Glyphs:
        """The glyphs that `texts` and the space between words need."""
        characters = sorted({" ", *(character for text in texts for character in text)})
        return cls({character: place for place, character in enumerate(characters, start=1)})

    def encoded(self, text: str) -> str:
        """`text` as a hexadecimal PDF string of two-byte codes."""
        return "<" + "".join(f"{self.codes[character]:04X}" for character in text) + ">"


def add_font(pdf: pikepdf.Pdf, glyphs: Glyphs) -> pikepdf.Object:
    """Add the font for `glyphs` to `pdf` and return it."""
    descriptor = Dictionary(
        Type=Name.FontDescriptor,
        FontName=Name(_NAME),
        Flags=4,
        FontBBox=Array([0, 0, 500, 1000]),
        ItalicAngle=0,
        Ascent=1000,
        Descent=-1,  # a zero makes poppler take a descent of its own
        CapHeight=1000,
        StemV=80,
        FontFile2=pdf.make_stream(_program(len(glyphs.codes))),
    )
    descendant = Dictionary(
        Type=Name.Font,
        Subtype=Name.CIDFontType2,
        BaseFont=Name(_NAME),
        CIDSystemInfo=Dictionary(Registry=pikepdf.String("Adobe"), Ordering=pikepdf.String("Identity"), Supplement=0),
        FontDescriptor=pdf.make_indirect(descriptor),
        DW=round(WIDTH_EM * 1000),
        CIDToGIDMap=Name.Identity,
    )
    return pdf.make_indirect(
        Dictionary(
            Type=Name.Font,
            Subtype=Name.Type0,
            BaseFont=Name(_NAME),
            Encoding=Name("/Identity-H"),
            DescendantFonts=Array([pdf.make_indirect(descendant)]),
            ToUnicode=pdf.make_stream(_to_unicode(glyphs)),
        )
    )


def _program(count: int) -> bytes:
    names = [".notdef", *(f"g{place}" for place in range(1, count + 1))]
    builder = FontBuilder(1000, isTTF=True)
    builder.font.recalcTimestamp = False
    builder.setupGlyphOrder(names)
    builder.setupGlyf({name: Glyph() for name in names})
    builder.setupHorizontalMetrics({name: (round(WIDTH_EM * 1000), 0) for name in names})
    builder.setupHorizontalHeader(ascent=1000, descent=-1)
    builder.setupCharacterMap({})
    builder.setupPost(keepGlyphNames=False)
    builder.updateHead(created=_EPOCH, modified=_EPOCH)
    built = io.BytesIO()
    builder.save(built)
    return built.getvalue()


def _to_unicode(glyphs: Glyphs) -> bytes:
    lines = [f"<{place:04X}> <{character.encode('utf-16-be').hex().upper()}>" for character, place in glyphs.codes.items()]
    blocks = [lines[start : start + _BLOCK] for start in range(0, len(lines), _BLOCK)]
    mapped = "\n".join(f"{len(block)} beginbfchar\n" + "\n".join(block) + "\nendbfchar" for block in blocks)
    return (
        "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n"
        "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n"
        "/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n"
        f"1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n{mapped}\n"
        "endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n"
    ).encode("ascii")
