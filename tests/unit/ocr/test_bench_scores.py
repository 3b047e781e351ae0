"""The yardstick of `make bench-ocr`: a page read perfectly has no errors, one read twice has."""

from __future__ import annotations

import pytest

from scripts.bench_ocr_scores import Score

PAGE = (
    "Về việc dự Lễ kỷ niệm 80 năm thành lập Bộ Giáo dục,",
    "Khai giảng năm học 2025-2026 và cấp giấy chứng nhận",
    "Nhà trường thông báo chương trình Lễ kỷ",
    "niệm 80 năm thành lập Bộ Giáo dục, Khai giảng năm học 2025-2026",
    "và cấp giấy chứng nhận.",
)
"""Heading and body say the same, broken elsewhere."""


def errors(read: str) -> int:
    score = Score()
    score.add(PAGE, read)
    return score.wrong


def test_words_that_stand_twice_on_a_page_are_each_counted_in_their_own_line() -> None:
    assert errors("\n".join(PAGE)) == 0


def test_order_and_breaks_cost_nothing_by_themselves() -> None:
    assert errors("\n".join(reversed(PAGE))) == 0
    assert errors(" ".join(PAGE)) < 10


def test_a_line_read_twice_counts_as_read_and_not_on_the_page() -> None:
    assert errors("\n".join([*PAGE, PAGE[0]])) == len(PAGE[0].replace(" ", ""))


def test_a_wrong_letter_and_a_lost_mark_cost_one_each() -> None:
    score = Score()
    score.add(PAGE, "\n".join(PAGE).replace("Nhà", "Nbà").replace("dự Lễ", "dư Lễ"))
    assert (score.wrong, score.wrong_bare) == (2, 1)
    assert score.cer == pytest.approx(2 / sum(map(len, PAGE)))
