"""Words whose marks lay outside of the engine's line are read again with them; what says something else is left."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

import ocr.lost_marks
from ocr.engines.words import RawWord
from ocr.lost_marks import with_lost_marks
from ocr.model import Box
from ocr.options import ReadOptions
from tests.unit.ocr.paper import FONT

FACE = ImageFont.truetype(FONT, 56)
TITLE = "GIẤY CHỨNG NHẬN KẾT HÔN"


def title(read: str, *, cut_px: float) -> tuple[np.ndarray, list[RawWord]]:
    """A printed title, and its words as an engine gives them: `cut_px` of their tops left out."""
    picture = Image.new("L", (1100, 300), 255)
    draw = ImageDraw.Draw(picture)
    words, x = [], 80.0
    for printed, text in zip(TITLE.split(), read.split(), strict=True):
        draw.text((x, 100), printed, font=FACE, fill=0)
        left, top, right, bottom = draw.textbbox((x, 100), printed, font=FACE)
        words.append(RawWord(text, Box(left, top + cut_px, right, bottom), 0.91, (1, 1, 1)))
        x = right + 16
    return np.asarray(picture), words


def texts(words: tuple[RawWord, ...]) -> str:
    return " ".join(word.text for word in words)


def test_marks_above_the_engines_line_are_read() -> None:
    grey, words = title("GIAY CHƯNG NHẠN KET HON", cut_px=12)
    found = with_lost_marks(words, grey, 200, ReadOptions())
    assert texts(found) == TITLE
    assert [word.read for word in found] == ["GIAY", "CHƯNG", "NHẠN", "KET", "HON"]
    assert {word.line for word in found} == {(1, 1, 1)}
    for old, new in zip(words, found, strict=True):
        assert abs(new.box.x0 - old.box.x0) < 6
        assert new.box.y0 < old.box.y0 - 6


def test_words_whole_in_their_boxes_are_not_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    grey, words = title("GIAY CHƯNG NHẠN KET HON", cut_px=0)
    monkeypatch.setattr(ocr.lost_marks, "engine", lambda _kind: pytest.fail("read again"))
    assert with_lost_marks(words, grey, 200, ReadOptions()) == tuple(words)


def test_other_letters_do_not_take_the_place_of_what_was_read() -> None:
    grey, words = title("Quyết định phê duyệt đề_án", cut_px=12)
    assert with_lost_marks(words, grey, 200, ReadOptions()) == tuple(words)


def test_a_page_is_looked_at_a_few_times_only(monkeypatch: pytest.MonkeyPatch) -> None:
    grey, words = title("GIAY CHƯNG NHẠN KET HON", cut_px=12)
    looks: list[int] = []

    class Counting:
        def read(self, *_page: object) -> tuple[RawWord, ...]:
            looks.append(1)
            return ()

    monkeypatch.setattr(ocr.lost_marks, "engine", lambda _kind: Counting())
    many = [RawWord(word.text, word.box, word.confidence, (1, 1, number)) for number in range(9) for word in words]
    assert with_lost_marks(many, grey, 200, ReadOptions()) == tuple(many)
    assert 1 <= len(looks) <= 6
