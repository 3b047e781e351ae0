from __future__ import annotations

import pytest

from ocr.language.lexicon import lexicon
from ocr.language.syllables import is_possible
from ocr.language.variants import variants

POSSIBLE = "nghiêng quyết giếng gì thuý thúy khuỷu người đường yêu oan huơ quốc kỹ ngoằn"
BROKEN = "quyêt định1 tổchức cê nga\u0301\u0323 kà bhyt triênn luât thuc"


@pytest.mark.parametrize("word", POSSIBLE.split())
def test_syllables_are_possible(word: str) -> None:
    assert is_possible(word)


@pytest.mark.parametrize("word", BROKEN.split())
def test_broken_words_are_not(word: str) -> None:
    assert not is_possible(word)


def test_nearly_all_counted_syllables_are_possible() -> None:
    counts = lexicon()
    known = [token for token in counts.tokens() if token.isalpha() and len(token) > 1]
    right = sum(counts.count(token) for token in known if is_possible(token))
    assert right > 0.98 * sum(counts.count(token) for token in known)


def test_a_pair_that_was_counted_is_likelier_than_one_that_was_not() -> None:
    counts = lexicon()
    assert counts.after("quyết", "định") > counts.after("quyết", "đinh") + 5
    assert counts.pair("quyết", "định") > 1000


def test_variants_share_the_letters_and_never_hold_the_word_itself() -> None:
    found = dict(variants("tô", lexicon()))
    assert "tổ" in found
    assert "tô" not in found
    assert found["tổ"] > found["tội"] if "tội" in found else "tội" not in found
    assert all(cost <= 0 for cost in found.values())


def test_a_mark_lost_is_likelier_than_the_dot_below_mistaken() -> None:
    found = dict(variants("bô", lexicon()))
    assert found["bố"] > found["bộ"]
