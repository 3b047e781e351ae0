"""Writes plans as a born-digital PDF: real text in embedded subsets of the Liberation fonts.

Small on purpose: one Type0 font a cut with a ToUnicode map, words placed one by one, rules as strokes. Drawings of a
plan are left out (an administrative document has none).
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from pathlib import Path

import pikepdf
from fontTools import subset
from fontTools.ttLib import TTFont
from pikepdf import Array, Dictionary, Name, String

from api.demo.painter.fonts import find_font, font_name, width_pt
from api.demo.painter.plan import Plan, Run

_LAYOUT = ("FFTM", "GDEF", "GPOS", "GSUB")
"""Tables a PDF does not use; without them making a subset takes a tenth of the time."""


class _Face:
    """One embedded cut: its subset, glyph numbers and PDF objects."""

    def __init__(self, name: str, characters: set[str]) -> None:
        self.name = name
        options = subset.Options(hinting=False, layout_features=[], notdef_outline=True)
        font = TTFont(find_font(name), recalcTimestamp=False)
        for table in _LAYOUT:
            if table in font:
                del font[table]
        subsetter = subset.Subsetter(options)
        subsetter.populate(text="".join(sorted(characters)))
        subsetter.subset(font)
        buffer = io.BytesIO()
        font.save(buffer)
        self.program = buffer.getvalue()
        self.font = TTFont(io.BytesIO(self.program))
        cmap = self.font.getBestCmap()
        self.glyphs = {char: self.font.getGlyphID(cmap[ord(char)]) for char in sorted(characters)}

    def encoded(self, text: str) -> str:
        """A run as the hexadecimal glyph numbers of a text operator."""
        return "".join(f"{self.glyphs[char]:04X}" for char in text)

    def embed(self, pdf: pikepdf.Pdf) -> pikepdf.Object:
        """The font's dictionary in a PDF."""
        scale = 1000 / self.font["head"].unitsPerEm
        tag = Name(f"/SOHOAA+{self.name.removesuffix('.ttf')}")
        hhea, box = self.font["hhea"], self.font["head"]
        descriptor = pdf.make_indirect(Dictionary(
            Type=Name.FontDescriptor, FontName=tag, Flags=4, ItalicAngle=-12 if "Italic" in self.name else 0, StemV=80,
            Ascent=round(hhea.ascent * scale), Descent=round(hhea.descent * scale), CapHeight=660,
            FontBBox=Array([round(edge * scale) for edge in (box.xMin, box.yMin, box.xMax, box.yMax)]),
            FontFile2=pdf.make_stream(self.program, Length1=len(self.program)),
        ))  # fmt: skip
        advance = [round(self.font["hmtx"][glyph][0] * scale) for glyph in self.font.getGlyphOrder()]
        descendant = pdf.make_indirect(Dictionary(
            Type=Name.Font, Subtype=Name.CIDFontType2, BaseFont=tag, FontDescriptor=descriptor, CIDToGIDMap=Name.Identity,
            CIDSystemInfo=Dictionary(Registry=String("Adobe"), Ordering=String("Identity"), Supplement=0),
            W=Array([0, Array(advance)]),
        ))  # fmt: skip
        return pdf.make_indirect(Dictionary(
            Type=Name.Font, Subtype=Name.Type0, BaseFont=tag, Encoding=Name("/Identity-H"),
            DescendantFonts=Array([descendant]), ToUnicode=pdf.make_stream(self._to_unicode().encode()),
        ))  # fmt: skip

    def _to_unicode(self) -> str:
        pairs = [f"<{glyph:04X}> <{char.encode('utf-16-be').hex().upper()}>" for char, glyph in self.glyphs.items()]
        blocks = [pairs[start : start + 100] for start in range(0, len(pairs), 100)]
        body = "\n".join(f"{len(block)} beginbfchar\n" + "\n".join(block) + "\nendbfchar" for block in blocks)
        return (
            "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n/CMapName /Sohoa-UCS def\n/CMapType 2 def\n"
            f"1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n{body}\nendcmap\nend\nend"
        )


def _runs(plans: Iterable[Plan]) -> Iterable[Run]:
    return (run for plan in plans for word in plan.words for run in word.runs)


def _content(plan: Plan, faces: dict[str, _Face], keys: dict[str, str]) -> bytes:
    out: list[str] = []
    for rule in plan.rules:
        red, green, blue = (part / 255 for part in rule.ink)
        top = plan.height_pt
        out.append(f"{red:.3f} {green:.3f} {blue:.3f} RG {rule.width_pt:.2f} w {rule.x0:.2f} {top - rule.y0:.2f} m "
                   f"{rule.x1:.2f} {top - rule.y1:.2f} l S")  # fmt: skip
    out.append("BT")
    for word in plan.words:
        x = word.x_pt
        for run in word.runs:
            name = font_name(run.style)
            red, green, blue = (part / 255 for part in run.style.ink)
            out.append(f"{red:.3f} {green:.3f} {blue:.3f} rg /{keys[name]} {run.style.size_pt:.2f} Tf "
                       f"1 0 0 1 {x:.2f} {plan.height_pt - word.y_pt:.2f} Tm <{faces[name].encoded(run.text)}> Tj")  # fmt: skip
            x += width_pt(run.text, run.style)
    out.append("ET")
    return "\n".join(out).encode()


def save_text_pdf(plans: Sequence[Plan], path: Path, *, title: str = "Văn bản mẫu") -> Path:
    """Write plans as a PDF with a real, searchable text layer. Equal plans give equal bytes.

    Handwritten runs are written in the typeface. Raises FontMissing when the fonts are not installed.
    """
    used: dict[str, set[str]] = {}
    for run in _runs(plans):
        used.setdefault(font_name(run.style), set()).update(run.text)
    faces = {name: _Face(name, characters) for name, characters in sorted(used.items())}
    keys = {name: f"F{number}" for number, name in enumerate(faces)}
    with pikepdf.new() as pdf:
        fonts = Dictionary({f"/{keys[name]}": face.embed(pdf) for name, face in faces.items()})
        for plan in plans:
            page = pdf.add_blank_page(page_size=(plan.width_pt, plan.height_pt))
            page.Resources = Dictionary(Font=fonts)
            page.Contents = pdf.make_stream(_content(plan, faces, keys))
        pdf.docinfo["/Title"] = String(title)
        pdf.docinfo["/Producer"] = String("Sohoa painter")
        pdf.save(path, deterministic_id=True, min_version="1.7")
    return path
