"""What a person types becomes phrases; what is shown has the hits marked."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.search.fold import MARK_END, MARK_START, clean
from storage.search.query import MAX_PHRASES, MAX_WORDS, phrases
from storage.search.snippet import WIDTH, snippet


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("quyết định", [("quyết",), ("định",)]),
        ('"quyết định" đất', [("quyết", "định"), ("đất",)]),
        ("“quyết định” đất", [("quyết", "định"), ("đất",)]),
        ('đất "quyết định', [("đất",), ("quyết", "định")]),
        ("2095/TB-ĐHĐL", [("2095", "tb", "đhđl")]),
        ("đất đất Đất", [("đất",)]),
        ('"" * -', []),
        ('a"b c"d', [("a",), ("b", "c"), ("d",)]),
    ],
)
def test_phrases(typed: str, expected: list[tuple[str, ...]]) -> None:
    assert [phrase.exact for phrase in phrases(typed)] == expected


@given(st.text())
def test_any_input_gives_few_phrases_of_words_only(typed: str) -> None:
    found = phrases(typed)
    assert len(found) <= MAX_PHRASES
    assert sum(len(phrase.exact) for phrase in found) <= MAX_WORDS
    assert all(word.isalnum() for phrase in found for word in (*phrase.exact, *phrase.folded))


def test_too_much_is_cut() -> None:
    assert len(phrases(" ".join(f"w{number}" for number in range(100)))) == MAX_PHRASES
    assert len(phrases("-".join(f"w{number}" for number in range(100)))[0].exact) == MAX_WORDS


def _shown(text: str, typed: str, width: int = WIDTH) -> str:
    return snippet(clean(text), phrases(typed), width).replace(MARK_START, "[").replace(MARK_END, "]")


def test_hits_are_marked_as_they_stand_in_the_text() -> None:
    assert _shown("UỶ BAN nhân dân\nQuyết Định số 1", "quyet dinh ủy") == "[UỶ] BAN nhân dân [Quyết] [Định] số 1"
    assert _shown("Số: 2095 / TB-ĐHĐL ngày", "2095/tb-dhdl") == "Số: [2095 / TB-ĐHĐL] ngày"
    assert _shown("đất đai, đấtđai", "đất") == "[đất] đai, đấtđai", "whole words only"


def test_the_part_with_the_most_hits_is_shown() -> None:
    text = "đất " + "lời mở đầu " * 100 + "quy hoạch sử dụng đất tại xã " + "phần cuối " * 100
    shown = _shown(text, "quy hoạch đất", 60)
    assert "[quy] [hoạch] sử dụng [đất]" in shown
    assert shown.startswith("… ")
    assert shown.endswith(" …")


def test_without_a_hit_the_beginning_is_shown() -> None:
    assert _shown("một hai ba " * 100, "không", 20) == "một hai ba một hai …"
    assert _shown("", "không") == ""


@given(st.text(max_size=400), st.text(max_size=20), st.integers(min_value=5, max_value=50))
def test_a_snippet_is_a_part_of_the_text_with_balanced_marks(text: str, typed: str, width: int) -> None:
    cleaned = clean(text)
    shown = snippet(cleaned, phrases(typed), width)
    assert shown.count(MARK_START) == shown.count(MARK_END)
    bare = shown.replace(MARK_START, "").replace(MARK_END, "").removeprefix("… ").removesuffix(" …")
    assert "".join(bare.split()) in "".join(cleaned.split())
    assert len(bare) <= width
