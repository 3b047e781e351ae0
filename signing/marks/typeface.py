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
from typing import Any, cast

from fontTools.ttLib import TTFont, TTLibError

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
_NEEDED = frozenset({"head", "hhea", "maxp", "hmtx", "loca", "glyf"})
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
    """The outlines that are needed, scaled. By hand, because fontTools' own subsetter brings 14 MB of code for other formats."""
    with _opened(path) as font:
        names = font.getBestCmap()
        wanted = {names[ord(one)]: one for one in sorted(ALPHABET | extra)}
        cap_height = round(getattr(font["OS/2"], "sCapHeight", 0) * UNITS / font["head"].unitsPerEm)
        called = str(font["name"].getDebugName(6) or "LiberationSerif").replace(" ", "")
        order = _order(font, set(wanted))
        _cut(font, order)
        glyphs = {character: order.index(name) for name, character in wanted.items()}
        return _measured(font, glyphs, called, cap_height)


def _order(font: TTFont, wanted: set[str]) -> list[str]:
    """The names of the glyphs to keep, parts of composed ones too, in the order of the typeface."""
    outlines: Any = font["glyf"]
    waiting, kept = list(wanted), {".notdef"}
    while waiting:
        name = waiting.pop()
        if name not in kept:
            kept.add(name)
            waiting += outlines[name].getComponentNames(outlines)
    return [name for name in font.getGlyphOrder() if name in kept]


def _cut(font: TTFont, order: list[str]) -> None:
    """Keep the tables that an embedded typeface needs (ISO 32000-1 §9.9) and these glyphs, without hinting."""
    outlines, metrics = cast("Any", font["glyf"]), cast("Any", font["hmtx"]).metrics
    factor = UNITS / font["head"].unitsPerEm
    kept = {name: _scaled(outlines[name], factor, outlines) for name in order}
    advances = {name: (round(metrics[name][0] * factor), round(metrics[name][1] * factor)) for name in order}
    for table in font.reader.keys() - _NEEDED:
        del font[table]
    font.setGlyphOrder(order)
    outlines.glyphs, outlines.glyphOrder = kept, order
    for name in order:
        kept[name].recalcBounds(outlines)
    font["hmtx"].metrics = advances
    font["head"].unitsPerEm = UNITS
    across = cast("Any", font["hhea"])
    across.ascent, across.descent, across.lineGap = (
        round(one * factor) for one in (across.ascent, across.descent, across.lineGap)
    )


def _scaled(glyph: Any, factor: float, outlines: Any) -> Any:
    glyph.expand(outlines)
    glyph.removeHinting()
    if glyph.isComposite():
        for part in glyph.components:
            part.x, part.y = round(part.x * factor), round(part.y * factor)
    elif glyph.numberOfContours > 0:
        glyph.coordinates.scale((factor, factor))
        glyph.coordinates.toInt()
    return glyph


def _measured(font: TTFont, glyphs: dict[str, int], called: str, cap_height: int) -> Typeface:
    order, outlines = font.getGlyphOrder(), cast("Any", font["glyf"])
    bounds = [(getattr(outlines[name], "yMin", 0), getattr(outlines[name], "yMax", 0)) for name in order]
    built = io.BytesIO()
    font.save(built)
    program = built.getvalue()
    tag = "".join(chr(ord("A") + byte % 26) for byte in sha256(program).digest()[:6])
    head, across = cast("Any", font["head"]), cast("Any", font["hhea"])
    return Typeface(
        name=f"{tag}+{called}",
        program=program,
        glyphs=glyphs,
        widths=tuple(font["hmtx"].metrics[name][0] for name in order),
        bounds=tuple(bounds),
        box=(head.xMin, head.yMin, head.xMax, head.yMax),
        ascent=across.ascent,
        descent=across.descent,
        cap_height=cap_height,
    )
