"""Lines that layout analysis passed over are found as uncovered ink and read alone; scrawls stay unread."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from ocr.engines.words import RawWord
from ocr.model import Box
from ocr.options import ReadOptions
from ocr.prepare.colour import ink
from ocr.reread import Measure, unread, with_passed_over
from tests.unit.ocr.paper import FONT, painted

FACE = ImageFont.truetype(FONT, 36)
ROOM = 40
TEXTS = ("Căn cứ Luật Tổ chức chính quyền địa phương", "PHÓ CHỦ TỊCH", "Theo đề nghị của Giám đốc Sở Nội vụ tỉnh")


def page(*, hidden: int, pale: int = 0) -> tuple[np.ndarray, list[RawWord]]:
    """Three lines of print, and the words of all but one as an engine would give them; that one is printed in grey `pale`."""
    picture = Image.new("L", (1000, 500), 255)
    draw = ImageDraw.Draw(picture)
    words = []
    for number, text in enumerate(TEXTS):
        x, y = 60.0, 60 + 90 * number
        for word in text.split():
            draw.text((x, y), word, font=FACE, fill=pale if number == hidden else 0)
            left, top, right, bottom = draw.textbbox((x, y), word, font=FACE)
            if number != hidden:
                words.append(RawWord(word, Box(left, top, right, bottom), 0.96, (1, 1, number)))
            x = right + 12
    return np.asarray(picture), words


def texts(words: tuple[RawWord, ...] | list[RawWord]) -> list[str]:
    return [word.text for word in words]


def test_a_line_nobody_read_is_found_and_read_at_its_place() -> None:
    grey, words = page(hidden=1)
    (box,) = unread(words, grey, Measure(34.0))
    assert 40 <= box.x0 <= 70
    assert 140 <= box.y0 <= 170
    found = with_passed_over(words, grey, 200, ReadOptions())
    first = len(TEXTS[0].split())
    assert texts(found[first : first + 3]) == ["PHÓ", "CHỦ", "TỊCH"]
    assert texts(found[:first]) == TEXTS[0].split()
    assert texts(found[first + 3 :]) == TEXTS[2].split()
    assert all(box.x0 - 8 <= word.box.x0 and word.box.x1 <= box.x1 + 8 for word in found[first : first + 3])


def test_pale_print_is_found_where_the_other_print_is_dark() -> None:
    grey, words = page(hidden=1, pale=175)
    assert texts(with_passed_over(words, grey, 200, ReadOptions()))[len(TEXTS[0].split()) :][:3] == ["PHÓ", "CHỦ", "TỊCH"]


def test_a_page_read_whole_is_left_alone() -> None:
    grey, words = page(hidden=-1)
    assert unread(words, grey, Measure(34.0)) == []
    assert with_passed_over(words, grey, 200, ReadOptions()) == tuple(words)


def test_garbage_gives_way_to_what_stands_there() -> None:
    grey, words = page(hidden=1)
    garbage = [RawWord(text, Box(x, 150, x + 90, 185), 0.2, (9, 1, 1)) for text, x in (("PIlÓ", 60), ("Œl0", 160), ("TjCl", 270))]
    found = with_passed_over([*words, *garbage], grey, 200, ReadOptions())
    assert not set(texts(garbage)) & set(texts(found))
    assert "CHỦ" in texts(found)


def test_what_goes_on_beside_a_line_joins_it() -> None:
    grey, words = page(hidden=-1)
    left = [word for word in words if word.text not in {"phương", "địa"}]
    found = with_passed_over(left, grey, 200, ReadOptions())
    assert [word.text for word in found if word.line == (1, 1, 0)] == TEXTS[0].split()


def test_a_signature_is_no_line() -> None:
    grey, words = page(hidden=-1)
    signed = Image.fromarray(grey)
    ImageDraw.Draw(signed).line([(100, 420), (160, 340), (190, 440), (260, 350), (300, 430), (520, 390)], fill=0, width=5)
    assert with_passed_over(words, np.asarray(signed), 200, ReadOptions()) == tuple(words)


@pytest.mark.parametrize(("text", "freed"), [((30, 30, 30), False), ((235, 150, 150), True)])
def test_the_shadow_of_a_seal_becomes_paper_and_print_under_it_stays(
    text: tuple[int, int, int], freed: bool, tmp_path: Path
) -> None:
    picture = painted(mode="RGB").picture
    draw = ImageDraw.Draw(picture)
    draw.ellipse((300, 300, 580, 580), outline=(225, 60, 60), width=10)
    draw.ellipse((340, 340, 540, 540), fill=(235, 90, 90))
    draw.rectangle((420, 430, 470, 450), fill=text)
    grey = ink(np.asarray(picture), 200)
    assert (grey[435:445, 425:465].min() > 200) == freed
    assert grey[400, 380] > 240
