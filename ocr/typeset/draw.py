"""Blocks drawn one under the other into the current column of an open fpdf2 document."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, assert_never

from fpdf import FPDF
from fpdf.enums import MethodReturnValue
from fpdf.fonts import FontFace

from ocr.typeset.fonts import find_font, printable
from ocr.typeset.model import (
    BLACK,
    WHITE,
    Align,
    Banner,
    Beside,
    Block,
    Colour,
    Columns,
    Facts,
    Family,
    Gap,
    PageBreak,
    Picture,
    Rule,
    Style,
    Table,
    Text,
    Together,
)
from ocr.typeset.pictures import flattened

_MM_PER_PT = 25.4 / 72
_HEAD_FILL: Colour = (232, 236, 240)
_CELL_MM = 1.0
_BANNER_MM = 2.5
_LONGEST_CELL = 1200
"""Characters of one cell: a row must fit on a page."""


class Pen:
    """Draws blocks where the document stands; the margins of the document are the column."""

    def __init__(self, paper: FPDF, family: Family) -> None:
        self._paper, self._family = paper, family
        self._loaded: set[tuple[Family, str]] = set()

    def draw(self, blocks: Sequence[Block]) -> None:
        """Draw `blocks` in order."""
        for block in blocks:
            self._one(block)

    def _one(self, block: Block) -> None:
        paper = self._paper
        match block:
            case Text():
                self._text(block)
            case Banner():
                self._banner(block)
            case Facts():
                self._facts(block)
            case Table():
                self._table(block)
            case Picture():
                self._picture(block)
            case Gap():
                paper.ln(block.height_mm)
            case Rule():
                self._rule(block)
            case PageBreak():
                paper.add_page()
            case Beside():
                self._beside(block)
            case Columns():
                self._columns(block)
            case Together():
                self._keep(block.blocks)
            case _:
                assert_never(block)

    def _set(self, style: Style) -> Family:
        family = style.family or self._family
        self.choose(family, bold=style.bold, italic=style.italic, size_pt=style.size_pt)
        self._paper.set_text_color(*style.colour)
        return family

    def choose(self, family: Family, *, size_pt: float, bold: bool = False, italic: bool = False) -> None:
        """Take up a font; each cut is opened when it is first used."""
        cut = ("B" if bold else "") + ("I" if italic else "")
        if (family, cut) not in self._loaded:
            self._loaded.add((family, cut))
            self._paper.add_font(family.value, cut, str(find_font(family, bold=bold, italic=italic)))
        self._paper.set_font(family.value, cut, size_pt)

    def _lines(self, text: str, style: Style, width: float, *, dry: bool = False) -> float:
        """Set a paragraph `width` wide here (or only measure it); returns its height in millimetres."""
        family = self._set(style)
        height = style.size_pt * style.leading * _MM_PER_PT
        shown = printable(text, family)
        if not shown:
            return 0.0
        options: dict[str, Any] = {"align": style.align.value, "new_x": "LEFT", "new_y": "NEXT"}
        if dry:
            measured = self._paper.multi_cell(width, height, shown, dry_run=True, output=MethodReturnValue.HEIGHT, **options)
            return float(measured)  # type: ignore[arg-type]
        self._paper.multi_cell(width, height, shown, **options)
        return 0.0

    def _text(self, block: Text) -> None:
        paper = self._paper
        left = paper.l_margin + block.indent_mm
        if block.hanging:
            self._room(block.style.size_pt * block.style.leading * _MM_PER_PT)
            family = self._set(block.style)
            paper.set_x(paper.l_margin)
            paper.cell(block.indent_mm, block.style.size_pt * block.style.leading * _MM_PER_PT, printable(block.hanging, family))
        paper.set_x(left)
        self._lines(block.text, block.style, paper.epw - block.indent_mm)
        paper.set_x(paper.l_margin)

    def _room(self, height: float) -> None:
        """A new page unless `height` millimetres are left."""
        if self._paper.will_page_break(height):
            self._paper.add_page()

    def _banner(self, block: Banner) -> None:
        paper = self._paper
        large = Style(block.size_pt, bold=True, colour=block.colour)
        small = Style(block.size_pt * 0.58, colour=block.colour)
        width = paper.epw - 2 * _BANNER_MM
        height = self._lines(block.text, large, width, dry=True) + self._lines(block.below, small, width, dry=True)
        self._room(height + 2 * _BANNER_MM)
        top = paper.get_y()
        paper.set_fill_color(*block.fill)
        paper.rect(paper.l_margin, top, paper.epw, height + 2 * _BANNER_MM, style="F")
        paper.set_xy(paper.l_margin + _BANNER_MM, top + _BANNER_MM)
        self._lines(block.text, large, width)
        paper.set_x(paper.l_margin + _BANNER_MM)
        self._lines(block.below, small, width)
        paper.set_xy(paper.l_margin, top + height + 2 * _BANNER_MM)

    def _facts(self, block: Facts) -> None:
        paper = self._paper
        label, value = Style(block.size_pt, colour=(70, 70, 70)), Style(block.size_pt)
        for name, text in block.rows:
            wide = paper.epw - block.indent_mm - block.label_mm
            heights = (self._lines(name, label, block.label_mm - 2, dry=True), self._lines(text, value, wide, dry=True))
            self._room(min(max(heights), paper.eph))
            top, page = paper.get_y(), paper.page_no()
            paper.set_x(paper.l_margin + block.indent_mm)
            self._lines(name, label, block.label_mm - 2)
            paper.set_xy(paper.l_margin + block.indent_mm + block.label_mm, top)
            self._lines(text, value, wide)
            if paper.page_no() == page:
                paper.set_y(max(top + max(heights), paper.get_y()))
            paper.set_x(paper.l_margin)

    def _table(self, block: Table) -> None:
        paper = self._paper
        self.choose(self._family, bold=True, size_pt=block.size_pt)
        self._set(Style(block.size_pt))
        paper.set_draw_color(*BLACK)
        paper.set_fill_color(*WHITE)
        paper.set_line_width(0.15)
        aligns = tuple(align.value for align in block.aligns) or tuple(Align.LEFT.value for _ in block.head)
        with paper.table(
            col_widths=block.widths or None,
            headings_style=FontFace(emphasis="BOLD", fill_color=_HEAD_FILL),
            line_height=block.size_pt * 1.2 * _MM_PER_PT,
            text_align=aligns,
            v_align="TOP",
            padding=_CELL_MM,
            align="LEFT",
        ) as table:
            for cells in (block.head, *block.rows):
                row = table.row()
                for cell in cells:
                    row.cell(self._cell(cell))
        paper.set_x(paper.l_margin)

    def _cell(self, text: str) -> str:
        whole = printable(text, self._family)
        return whole if len(whole) <= _LONGEST_CELL else whole[: _LONGEST_CELL - 1] + "…"

    def _picture(self, block: Picture) -> None:
        paper = self._paper
        data, height = flattened(block)
        caption = Style(7, align=Align.CENTRE)
        self._room(height + (self._lines(block.caption, caption, block.width_mm, dry=True) if block.caption else 0))
        spare = paper.epw - block.width_mm
        left = paper.l_margin + {Align.CENTRE: spare / 2, Align.RIGHT: spare}.get(block.align, 0)
        top = paper.get_y()
        paper.image(data, x=left, y=top, w=block.width_mm, h=height, alt_text=block.caption or None)
        paper.set_xy(left, top + height)
        self._lines(block.caption, caption, block.width_mm)
        paper.set_x(paper.l_margin)

    def _rule(self, block: Rule) -> None:
        paper = self._paper
        self._room(2)
        paper.set_draw_color(*block.colour)
        paper.set_line_width(0.2)
        y = paper.get_y() + 1
        paper.line(paper.l_margin, y, paper.w - paper.r_margin, y)
        paper.ln(2)

    def _beside(self, block: Beside) -> None:
        paper = self._paper
        width = block.picture.width_mm
        self._room(flattened(block.picture)[1] + 4)
        left, right = paper.l_margin, paper.r_margin
        narrow = (left, right + width + block.gap_mm)
        self._side_by_side([(narrow, block.blocks), ((paper.w - right - width, right), (block.picture,))])

    def _columns(self, block: Columns) -> None:
        paper = self._paper
        count = len(block.columns)
        width = (paper.epw - block.gap_mm * (count - 1)) / count
        self._room(max(self._height(column, width) for column in block.columns))
        lefts = [paper.l_margin + place * (width + block.gap_mm) for place in range(count)]
        self._side_by_side([((left, paper.w - left - width), blocks) for left, blocks in zip(lefts, block.columns, strict=True)])

    def _side_by_side(self, parts: Sequence[tuple[tuple[float, float], Sequence[Block]]]) -> None:
        """Draw each part from the same height within its own margins, and go on below the longest."""
        paper = self._paper
        top, page, ends = paper.get_y(), paper.page_no(), []
        for margins, blocks in parts:
            if paper.page_no() == page:
                paper.set_y(top)
            with self._column(*margins):
                self.draw(blocks)
            ends.append((paper.page_no(), paper.get_y()))
        paper.set_y(max(ends)[1])

    @contextmanager
    def _column(self, left: float, right: float) -> Iterator[None]:
        """The document's column is narrower inside the block."""
        paper = self._paper
        before = paper.l_margin, paper.r_margin
        paper.set_left_margin(left)
        paper.set_right_margin(right)
        paper.set_x(left)
        try:
            yield
        finally:
            paper.set_left_margin(before[0])
            paper.set_right_margin(before[1])
            paper.set_x(before[0])

    def _keep(self, blocks: Sequence[Block]) -> None:
        height = self._height(blocks, self._paper.epw)
        if height <= self._paper.eph:
            self._room(height)
        self.draw(blocks)

    def _height(self, blocks: Sequence[Block], width: float) -> float:
        """How tall `blocks` become in a column `width` wide; a table counts as its head and two rows."""
        return sum(self._height_of(block, width) for block in blocks)

    def _height_of(self, block: Block, width: float) -> float:
        measures: dict[type, Callable[[Any], float]] = {
            Text: lambda one: self._lines(one.text, one.style, width - one.indent_mm, dry=True),
            Banner: lambda one: 2 * _BANNER_MM + one.size_pt * 1.2 * _MM_PER_PT * (1.6 if one.below else 1),
            Facts: lambda one: sum(self._fact_height(one, row, width) for row in one.rows),
            Table: lambda one: 3 * (one.size_pt * 1.2 * _MM_PER_PT + 2 * _CELL_MM),
            Picture: lambda one: flattened(one)[1] + (4 if one.caption else 0),
            Gap: lambda one: one.height_mm,
            Rule: lambda _: 2.0,
            Beside: lambda one: max(
                self._height(one.blocks, width - one.picture.width_mm - one.gap_mm), self._height((one.picture,), width)
            ),
            Columns: lambda one: max(self._height(column, width / len(one.columns)) for column in one.columns),
            Together: lambda one: self._height(one.blocks, width),
            PageBreak: lambda _: 0.0,
        }
        return measures[type(block)](block)

    def _fact_height(self, block: Facts, row: tuple[str, str], width: float) -> float:
        style = Style(block.size_pt)
        wide = width - block.indent_mm - block.label_mm
        return max(self._lines(row[0], style, block.label_mm - 2, dry=True), self._lines(row[1], style, wide, dry=True))
