from __future__ import annotations

from uuid import UUID

import pytest

from ocr.options import SamplingOptions
from ocr.review.sampling import drawn, over_budget

IDS = [UUID(int=number).hex for number in range(4000)]


def test_the_draw_is_repeatable_and_as_large_as_asked() -> None:
    options = SamplingOptions(percent=5)
    chosen = {one for one in IDS if drawn(one, options)}
    assert chosen == {one for one in reversed(IDS) if drawn(one, options)}
    assert 0.04 < len(chosen) / len(IDS) < 0.06


def test_more_is_drawn_without_letting_anybody_go() -> None:
    few, many = SamplingOptions(percent=5), SamplingOptions(percent=20)
    assert all(drawn(one, many) for one in IDS if drawn(one, few))


def test_another_seed_draws_others_and_the_ends_are_all_and_none() -> None:
    one, other = SamplingOptions(percent=5), SamplingOptions(percent=5, seed="2026")
    assert [drawn(paper, one) for paper in IDS] != [drawn(paper, other) for paper in IDS]
    assert not any(drawn(paper, SamplingOptions()) for paper in IDS)
    assert all(drawn(paper, SamplingOptions(percent=100)) for paper in IDS)


@pytest.mark.parametrize(
    ("checked", "errors", "stops"), [(19, 19, False), (20, 0, False), (100, 3, False), (100, 4, True), (20, 1, True)]
)
def test_a_batch_stops_above_the_budget_once_enough_was_checked(checked: int, errors: int, stops: bool) -> None:
    assert over_budget(checked, errors, SamplingOptions(budget_percent=3, least_checked=20)) is stops
