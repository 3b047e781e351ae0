"""The typeface of the marks: Liberation Serif, metric twin of Times New Roman, as an embedded subset.

Decree 30/2020, Appendix I asks for Times New Roman. One fixed alphabet (ASCII, all Vietnamese letters, common signs), so that
the bytes never change, the work is done once per process, and one font object serves all marks of a file. Scaled to 1000 units
per em, because widths in a PDF count thousandths (ISO 32000-1 §9.2.4).
"""

from __future__ import annotations

import io
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from fontTools import subset
from fontTools.ttLib import TTFont, TTLibError
from fontTools.ttLib.scaleUpem import scale_upem

from signing.errors import GlyphMissing, MarkFontMissing

UNITS = 1000
PLACES = (
    "/usr/share/fonts/truetype/liberation2/LiberationSerif-Regular.ttf",
    "/usr/share/fonts/truetype/liberation/LiberationSerif-Regular.ttf",
    "/usr/share/fonts/liberation-serif/LiberationSerif-Regular.ttf",
    "/usr/share/fonts/liberation-serif-fonts/LiberationSerif-Regular.ttf",
    "/usr/local/share/fonts/LiberationSerif-Regular.ttf",
)
"""Where distributions put it (Debian: package `fonts-liberation2`)."""
_LETTERS = "ÀÁÂÃÈÉÊÌÍÒÓÔÕÙÚÝĂĐĨŨƠƯẠẢẤẦẨẪẬẮẰẲẴẶẸẺẼẾỀỂỄỆỈỊỌỎỐỒỔỖỘỚỜỞỠỢỤỦỨỪỬỮỰỲỴỶỸ"
_SIGNS = "–—‘’“”…•§°№"
ALPHABET = frozenset(map(chr, range(0x20, 0x7F))) | frozenset(_LETTERS + _LETTERS.lower() + _SIGNS)
_UNNEEDED = ["GPOS", "GSUB", "GDEF", "kern", "name", "OS/2", "post", "gasp", "FFTM", "BASE", "JSTF", "DSIG", "meta"]
_BLOCK = 100
"""Most entries of one bfchar block (Adobe Technical Note 5411)."""


@dataclass(frozen=True)
class Typeface:
    """A subset ready to be embedded. Glyph numbers are the character codes in the PDF (Identity-H)."""

    name: str
    """PostScript name with subset tag, `ABCDEF+LiberationSerif` (ISO 32000-1 §9.6.4); the tag is made from the bytes."""
    program: bytes
    glyphs: dict[str, int]
    widths: tuple[int, ...]
    """Advance of each glyph in thousandths of the type size."""
    bounds: tuple[tuple[int, int], ...]
    """Lowest and highest point of each glyph, same unit."""
    box: tuple[int, int, int, int]
    ascent: int
    descent: int
    cap_height: int

    def width_pt(self, text: str, size_pt: float) -> float:
        """Width of `text`."""
        return sum(self.widths[self.glyphs[one]] for one in text) * size_pt / UNITS

    def reach_pt(self, text: str, size_pt: float) -> tuple[float, float]:
        """How far `text` goes below (negative) and above its baseline, stacked diacritics included."""
        found = [self.bounds[self.glyphs[one]] for one in text] or [(0, 0)]
        return min(low for low, _ in found) * size_pt / UNITS, max(high for _, high in found) * size_pt / UNITS

    def encoded(self, text: str) -> bytes:
        """`text` as a hexadecimal PDF string."""
        return b"<" + "".join(f"{self.glyphs[one]:04X}" for one in text).encode("ascii") + b">"

    def to_unicode(self) -> bytes:
        """The ToUnicode map (ISO 32000-1 §9.10.3)."""
        pairs = sorted((glyph, character) for character, glyph in self.glyphs.items())
        blocks = []
        for start in range(0, len(pairs), _BLOCK):
            part = pairs[start : start + _BLOCK]
            rows = "\n".join(f"<{glyph:04X}> <{character.encode('utf-16-be').hex().upper()}>" for glyph, character in part)
            blocks.append(f"{len(part)} beginbfchar\n{rows}\nendbfchar")
        return (
            "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n"
            "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n"
            "/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n"
            "1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n" + "\n".join(blocks) + "\n"
            "endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n"
        ).encode("ascii")


def tidy(text: str) -> str:
    """`text` in composed letters (NFC), without control characters, blanks as single spaces."""
    plain = "".join(" " if unicodedata.category(one) in {"Cc", "Zs", "Zl", "Zp"} else one for one in text)
    return " ".join(unicodedata.normalize("NFC", plain).split())


def typeface(path: str = "", text: str = "") -> Typeface:
    """The typeface at `path` (empty: the installed one) with everything that `text` needs.

    Raises:
        MarkFontMissing: it is not installed, or lacks Vietnamese letters (fonts-liberation 1.07 lacks 93 of them).
        GlyphMissing: it has no glyph for something in `text`.
    """
    found = path or installed()
    extra = frozenset(text) - ALPHABET
    if extra - _characters(found):
        raise GlyphMissing(characters="".join(sorted(extra - _characters(found))))
    return _subset(found, extra)


def installed() -> str:
    """Path of the installed typeface.

    Raises:
        MarkFontMissing: it is not installed.
    """
    found = next((place for place in PLACES if Path(place).is_file()), None)
    if found is None:
        raise MarkFontMissing(name="Liberation Serif")
    return found


@lru_cache(maxsize=4)
def _characters(path: str) -> frozenset[str]:
    with _opened(path) as font:
        known = frozenset(map(chr, font.getBestCmap() or ()))
    if ALPHABET - known:
        raise MarkFontMissing(name=Path(path).name)
    return known


def _opened(path: str) -> TTFont:
    try:
        return TTFont(path, recalcTimestamp=False)
    except (OSError, TTLibError) as error:
        raise MarkFontMissing(name=Path(path).name) from error


@lru_cache(maxsize=32)
def _subset(path: str, extra: frozenset[str]) -> Typeface:
    options = subset.Options(hinting=False, layout_features=[], glyph_names=False, notdef_outline=True)
    options.drop_tables = [*options.drop_tables, *_UNNEEDED]
    with _opened(path) as font:
        names = font["name"]
        called = str(names.getDebugName(6) or "LiberationSerif").replace(" ", "")
        cap_height = getattr(font["OS/2"], "sCapHeight", 0) * UNITS // font["head"].unitsPerEm
        maker = subset.Subsetter(options)
        maker.populate(unicodes=[ord(one) for one in ALPHABET | extra])
        maker.subset(font)
        scale_upem(font, UNITS)
        glyphs = {chr(code): font.getGlyphID(name) for code, name in font.getBestCmap().items()}
        del font["cmap"]
        return _measured(font, glyphs, called, cap_height)


def _measured(font: TTFont, glyphs: dict[str, int], called: str, cap_height: int) -> Typeface:
    order = font.getGlyphOrder()
    outlines: Any = font["glyf"]
    bounds = [(getattr(outlines[name], "yMin", 0), getattr(outlines[name], "yMax", 0)) for name in order]
    built = io.BytesIO()
    font.save(built)
    program = built.getvalue()
    tag = "".join(chr(ord("A") + byte % 26) for byte in sha256(program).digest()[:6])
    head, across = font["head"], font["hhea"]
    return Typeface(
        name=f"{tag}+{called}",
        program=program,
        glyphs=glyphs,
        widths=tuple(font["hmtx"][name][0] for name in order),
        bounds=tuple(bounds),
        box=(head.xMin, head.yMin, head.xMax, head.yMax),
        ascent=across.ascent,
        descent=across.descent,
        cap_height=cap_height,
    )
