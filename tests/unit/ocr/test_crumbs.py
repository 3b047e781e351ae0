"""Of what the engine read, print stays; rules, strokes and letters read twice go."""

from __future__ import annotations

import pytest

from ocr.crumbs import print_lines
from ocr.engines.words import RawWord
from ocr.model import Box

HEIGHT, LETTER, SPACE = 30.0, 16.0, 10.0


def line(text: str, confidence: float = 0.93, *, number: int = 1) -> list[RawWord]:
    words, x = [], 100.0
    for word in text.split():
        width = LETTER * len(word)
        words.append(RawWord(word, Box(x, 50, x + width, 50 + HEIGHT), confidence, (1, 1, number)))
        x += width + SPACE
    return words


def texts(words: list[RawWord]) -> list[str]:
    return [" ".join(word.text for word in kept) for kept in print_lines(words)]


@pytest.mark.parametrize(
    ("read", "printed"),
    [
        ("Đại học | ngoài công lập", "Đại học ngoài công lập"),
        ("4 _ Đỗ Thị Kim Giang", "4 Đỗ Thị Kim Giang"),
        ("Giới tính: Nam ¬", "Giới tính: Nam"),
        ("Tuấn PM (01). ———", "Tuấn PM (01)."),
    ],
)
def test_signs_nobody_prints_as_words_go(read: str, printed: str) -> None:
    assert texts(line(read)) == [printed]


@pytest.mark.parametrize("text", ["giai đoạn 2021 — 2030", "- Lưu: VT.", "Điều 1 * ghi chú", "ttcb_th@tinh.gov.vn ngày 2"])
def test_what_is_printed_stays(text: str) -> None:
    assert texts(line(text)) == [text]


def test_strokes_read_as_letters_go_and_a_stroke_that_ends_in_print_stays() -> None:
    assert texts([*line("Œl i", 0.6), *line("Nguyễn Văn Bình", 0.95, number=2)]) == ["Nguyễn Văn Bình"]
    assert texts([*line("Œl", 0.2), *line("Nguyễn Văn Bình", 0.95)]) == ["Œl Nguyễn Văn Bình"]


def test_a_first_letter_read_twice_is_read_once() -> None:
    (word,) = line("hiểm")
    twice = RawWord("h", Box(word.box.x0 - 4, 50, word.box.x0 + 12, 80), 0.6, word.line)
    assert texts([twice, word]) == ["hiểm"]
    beside = RawWord("h", Box(word.box.x0 - 30, 50, word.box.x0 - 14, 80), 0.6, word.line)
    assert texts([beside, word]) == ["h hiểm"]


def test_a_symbol_cut_at_its_hyphen_is_whole_unless_there_is_a_space() -> None:
    first, second = line("1743/QĐ- BGTVT")
    near = RawWord(second.text, Box(first.box.x1 + 1, 50, first.box.x1 + 80, 80), 0.8, second.line)
    ((whole,),) = print_lines([first, near])
    assert (whole.text, whole.read, whole.confidence) == ("1743/QĐ-BGTVT", "1743/QĐ- BGTVT", 0.8)
    assert whole.box == first.box.union(near.box)
    assert texts([first, second]) == ["1743/QĐ- BGTVT"]
