from __future__ import annotations

from collections.abc import Sequence

import pytest

from ocr.language import correct
from ocr.language.lexicon import lexicon
from ocr.model import Box, Line, Word

DOUBTED, SURE = 0.8, 0.99


def lines_of(*texts: str, confidence: float = DOUBTED) -> list[Line]:
    made = []
    for row, text in enumerate(texts):
        words = tuple(
            Word(part, Box(100.0 * at, 40.0 * row, 100.0 * at + 90, 40.0 * row + 30), confidence)
            for at, part in enumerate(text.split())
        )
        made.append(Line(words, words[0].box.union(words[-1].box)))
    return made


def corrected(lines: Sequence[Line]) -> tuple[Line, ...]:
    return correct.corrected(lines, lexicon())


def texts(lines: Sequence[Line]) -> list[str]:
    return [line.text for line in lines]


@pytest.mark.parametrize(
    ("read", "printed"),
    [
        ("quy đinh tại khoản này", "quy định tại khoản này"),
        ("được tô chức thực hiện", "được tổ chức thực hiện"),
        ("có thâm quyên quyết định", "có thẩm quyền quyết định"),
        ("kế hoạch triên khai, thực hiện", "kế hoạch triển khai, thực hiện"),
        ("quy định chỉ tiết một số điều", "quy định chi tiết một số điều"),
        ("theo quy đlnh của pháp luật", "theo quy định của pháp luật"),
        ("Ùy ban nhân dân", "Ủy ban nhân dân"),
    ],
)
def test_a_doubted_word_gets_the_marks_its_neighbours_ask_for(read: str, printed: str) -> None:
    assert texts(corrected(lines_of(read))) == [printed]


def test_a_changed_word_says_what_was_read_and_keeps_its_place_and_confidence() -> None:
    before = lines_of("theo quy đinh, của")
    (after,) = corrected(before)
    changed = after.words[2]
    assert (changed.text, changed.read) == ("định,", "đinh,")
    assert (changed.box, changed.confidence) == (before[0].words[2].box, DOUBTED)
    assert [word.read for word in after.words if word is not changed] == ["", "", ""]


def test_a_neighbour_on_the_line_before_counts() -> None:
    assert texts(corrected(lines_of("theo các quy", "đinh của pháp luật"))) == ["theo các quy", "định của pháp luật"]


@pytest.mark.parametrize(
    "text",
    [
        "số 15/2O24/QĐ-UBND ngày l2 tháng 3",
        "QĐ-UBND của UBND và HĐND",
        "bà Nguyên Thi Đinh và ông Trân Van Tô",
        "ông Đinh và bà Tô của",
        "quy đ1nh2 tại khoan9 này",
        "NGUYÊN THI ĐINH",
        "kỳ họp thứ 5 của blốc xyz",
    ],
)
def test_numbers_codes_and_names_stay_as_read(text: str) -> None:
    assert texts(corrected(lines_of(text, confidence=0.3))) == [text]


def test_a_sure_word_stays_as_read() -> None:
    text = "theo quy đinh của pháp luật"
    assert texts(corrected(lines_of(text, confidence=SURE))) == [text]


def test_right_words_stay_whatever_their_confidence() -> None:
    text = "Căn cứ quy định của pháp luật về tổ chức chính quyền địa phương"
    before = lines_of(text, confidence=0.5)
    assert corrected(before) == tuple(before)


def test_two_rare_words_do_not_vouch_for_each_other() -> None:
    text = "thực hành tiết kiệm, tránh phô trương, hình thức"
    assert texts(corrected(lines_of(text, confidence=0.97))) == [text]


def test_the_same_page_is_always_corrected_alike() -> None:
    before = lines_of("được tô chưc thực hiên", "theo quy đinh", confidence=0.6)
    assert len({corrected(before) for _ in range(5)}) == 1


def test_a_page_without_words_stays_empty() -> None:
    assert corrected([]) == ()
