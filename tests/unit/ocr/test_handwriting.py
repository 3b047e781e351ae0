"""Digits written into the gaps of the head: read as far as possible, never surer than a person's look allows."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from api.demo.painter import pen
from ocr.engines.words import RawWord
from ocr.handwriting.fill import MOST, with_handwriting
from ocr.handwriting.gaps import GapKind, em_of, gaps, width_em
from ocr.handwriting.strings import read_digits
from ocr.model import Box
from tests.unit.ocr.paper import FONT

EM = 36
KEY = (1, 1, 1)


def words(*placed: tuple[str, float, float], confidence: float = 0.95, top: float = 100) -> list[RawWord]:
    """Words of one line by text, left edge and width in ems; a word without a width is as wide as its print."""
    return [
        RawWord(text, Box(x * EM, top, x * EM + (width or width_em(text)) * EM, top + 30), confidence, KEY)
        for text, x, width in placed
    ]


BODY = [RawWord("nghiêm", Box(0, 900, width_em("nghiêm") * EM, 930), 0.97, (2, 1, 1))]


def sheet(*drawn: tuple[str, float], hand: bool = True) -> np.ndarray:
    """A page with digits at so many ems from the left, on the line of `words`."""
    picture = Image.new("L", (900, 1200), 255)
    for text, x in drawn:
        if hand:
            mask = pen.digits(text, 34, 20, 5)
            picture.paste(0, (round(x * EM), 92), mask)
        else:
            ImageDraw.Draw(picture).text((round(x * EM), 96), text, font=ImageFont.truetype(FONT, EM), fill=0)
    return np.asarray(picture)


def test_gaps_lie_between_the_print() -> None:
    line = words(("Số:", 1, 0), ("đ#", 3, 2), ("/QĐ-UBND", 6, 0))
    (gap,) = gaps(line, em_of(BODY))
    assert gap.kind is GapKind.NUMBER
    assert (gap.first, gap.last, gap.text) == (1, 1, "đ#")
    assert (gap.box.x0, gap.box.x1) == (line[0].box.x1, line[2].box.x0)


def test_handwriting_grown_together_with_print_is_told_by_the_width_of_the_print() -> None:
    line = words(
        ("Hà", 0, 0), ("Nội,", 1.5, 0), ("ngày.)", 4, width_em("ngày") + 1.5), ("tháng", 8, 0), ("8", 11, 0), ("năm", 13, 0)
    )
    day, month = (gap for gap in gaps(line, em_of(BODY)))
    assert (day.before, day.text, day.after) == ("ngày", ".)", "")
    assert day.box.x0 == pytest.approx((4 + width_em("ngày")) * EM)
    assert (month.text, month.kind) == ("8", GapKind.MONTH)


def test_a_date_in_running_text_or_a_fraction_is_no_document_number() -> None:
    assert gaps(words(("Sở", 0, 0), ("Giao", 2, 0), ("thông", 4, 0), ("tải;", 7, 0)), EM) == []
    dated = words(("ngày", 0, 0), ("12", 3, 0), ("tháng", 5, 0), ("8", 8, 0), ("năm", 9, 0), ("2025/NĐ", 11, 0))
    assert {gap.kind for gap in gaps(dated, EM)} == {GapKind.DAY, GapKind.MONTH}


def test_most_numbers_written_by_hand_are_read() -> None:
    random, right, total = Random(3), 0, 0
    for seed in range(60):
        text = str(random.randint(10, 3000))
        mask = np.asarray(pen.digits(text, 40, 30, 900 + seed))
        found = read_digits(((mask > 100) * 255).astype(np.uint8), str.isdigit)
        right += found is not None and found.text == text
        total += 1
    assert right >= 0.8 * total


def test_only_what_may_stand_there_is_read() -> None:
    mask = ((np.asarray(pen.digits("47", 40, 30, 1)) > 100) * 255).astype(np.uint8)
    read = read_digits(mask, lambda text: text.isdigit() and 1 <= int(text) <= 31)
    assert read is None or read.probability < 0.05
    assert read_digits(np.zeros((40, 60), np.uint8), str.isdigit) is None


def test_nonsense_in_a_gap_becomes_digits_that_nobody_takes_for_sure() -> None:
    line = words(("Số:", 1, 0), ("đ#", 3, 1.2), ("/QĐ-UBND", 6, 0), confidence=0.96)
    found = with_handwriting([*line, *BODY], sheet(("27", 3)))
    assert [word.text for word in found[:3]] == ["Số:", "27", "/QĐ-UBND"]
    assert found[1].read == "đ#"
    assert found[1].confidence <= MOST
    assert 3 * EM <= found[1].box.x0 < found[1].box.x1 < 6 * EM


def test_digits_the_engine_is_sure_of_stay_as_read_and_become_doubtful_when_the_shapes_deny_them() -> None:
    line = words(("Số:", 1, 0), ("27", 3, 1.2), ("/QĐ-UBND", 6, 0), confidence=0.96)
    assert with_handwriting([*line, *BODY], sheet(("27", 3))) == (*line, *BODY)
    denied = with_handwriting([*line, *BODY], sheet(("35", 3)))
    assert [word.text for word in denied[:3]] == ["Số:", "27", "/QĐ-UBND"]
    assert denied[1].confidence <= MOST


def test_an_empty_gap_and_dots_stay_empty() -> None:
    line = words(("Số:", 1, 0), ("/QĐ-UBND", 6, 0))
    assert with_handwriting([*line, *BODY], sheet()) == (*line, *BODY)
    assert with_handwriting([*line, *BODY], sheet(("....", 3), hand=False)) == (*line, *BODY)


def test_print_is_cut_off_the_writing_it_was_read_with() -> None:
    merged = words(("ngày.)", 4, width_em("ngày") + 1.6), ("tháng", 8.2, 0), ("8", 11, 0), ("năm", 13, 0))
    found = with_handwriting([*merged, *BODY], sheet(("26", 4 + width_em("ngày") + 0.2)))
    assert [word.text for word in found[:2]] == ["ngày", "26"]
    assert found[0].box.x1 <= found[1].box.x0 + 1
