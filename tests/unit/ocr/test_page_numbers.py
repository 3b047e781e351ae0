"""Printed page numbers are found in the margins, and missing ones are told."""

from __future__ import annotations

from ocr.model import Box, Line, PageText, TextSource, Word
from ocr.page_numbers import Gap, gaps, number_of


def line(text: str, y: float, confidence: float = 0.9) -> Line:
    box = Box(1200, y, 1240, y + 30)
    return Line(tuple(Word(word, box, confidence) for word in text.split()), box)


def page(*lines: Line, turn_deg: int = 0) -> PageText:
    return PageText(2480, 3508, 300, lines, TextSource.OCR, "test", turn_deg=turn_deg)


def test_numbers_stand_alone_in_a_margin() -> None:
    assert number_of(page(line("2", 120), line("Điều 3. Hiệu lực", 900))) == 2
    assert number_of(page(line("Trang 4/9", 3400))) == 4
    assert number_of(page(line("- 12 -", 3380))) == 12
    assert number_of(page(line("2", 1700))) is None  # in the middle of the page: a cell of a table
    assert number_of(page(line("2", 120, 0.2))) is None
    assert number_of(page(line("2", 120), line("7", 3400))) is None
    assert number_of(page(line("2", 1700), turn_deg=90)) is None


def test_gaps_and_pages_out_of_order() -> None:
    pages = [page(), page(line("2", 120)), page(line("4", 120)), page(line("3", 120)), None, page(line("9", 120))]
    assert gaps(pages) == (Gap(2, 2, 4), Gap(3, 4, 3))
