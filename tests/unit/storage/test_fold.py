"""Vietnamese text as words to compare."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.search.fold import MAX_WORD, clean, flat, new_tone_place, words


@pytest.mark.parametrize(
    ("text", "exact", "folded"),
    [
        ("Quyết Định", ("quyết", "định"), ("quyet", "dinh")),
        ("ĐƯỜNG", ("đường",), ("duong",)),
        ("Ðường ðất", ("đường", "đất"), ("duong", "dat")),  # Icelandic eth out of old encodings
        ("hòa Hoà HÒA hoạ họa", ("hoà", "hoà", "hoà", "hoạ", "hoạ"), ("hoa",) * 5),
        ("thủy thuỷ khỏe khoẻ", ("thuỷ", "thuỷ", "khoẻ", "khoẻ"), ("thuy", "thuy", "khoe", "khoe")),
        ("của mùa quý", ("của", "mùa", "quý"), ("cua", "mua", "quy")),  # no tone moves here
        ("2095/TB-ĐHĐL", ("2095", "tb", "đhđl"), ("2095", "tb", "dhdl")),
        ("snake_case a\u00adb zero\u200bwidth", ("snake", "case", "ab", "zerowidth"), ("snake", "case", "ab", "zerowidth")),
        ("— ! « … » ''", (), ()),
        ("", (), ()),
    ],
)
def test_words(text: str, exact: tuple[str, ...], folded: tuple[str, ...]) -> None:
    assert words(text) == (exact, folded)
    assert words(unicodedata.normalize("NFD", text)) == (exact, folded), "however it is composed"


def test_words_too_long_to_be_words_are_cut() -> None:
    assert words("x" * 1000).exact == ("x" * MAX_WORD,)


@given(st.text())
def test_folding_keeps_the_length_and_words_hold_nothing_an_index_could_trip_over(text: str) -> None:
    cleaned = clean(text)
    assert len(flat(cleaned)) == len(cleaned) == len(new_tone_place(cleaned))
    exact, folded = words(text)
    assert len(exact) == len(folded)
    for word in exact + folded:
        assert word.isalnum()
        word.encode()
    assert words(" ".join(exact)).exact == exact, "folding again changes nothing"
    assert words(" ".join(folded)).folded == folded
