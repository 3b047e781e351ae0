from __future__ import annotations

import pytest

from ocr.measure import cer, cer_without_marks, wer


def test_equal_texts_have_no_errors_whatever_their_normal_form_and_spacing() -> None:
    assert cer("Quyết định", "Quye\u0302\u0301t   đi\u0323nh\n") == 0


def test_one_wrong_letter_in_ten_is_a_tenth() -> None:
    assert cer("0123456789", "0123x56789") == pytest.approx(0.1)


def test_a_lost_mark_costs_a_character_but_nothing_without_marks() -> None:
    assert cer("đồng", "dồng") == pytest.approx(0.25)
    assert cer_without_marks("đồng", "dồng") == 0


def test_words_count_whole() -> None:
    assert wer("một hai ba bốn", "một hại ba") == pytest.approx(0.5)


def test_empty_truth() -> None:
    assert cer("", "") == 0
    assert cer("", "rác") == 1
