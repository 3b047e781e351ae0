"""What a person types in review is understood as people write it."""

from __future__ import annotations

import pytest

from api.refusals import BadValue, UnknownField
from api.review.values import checked_values
from ocr.fields.types import catalogue

KIND = catalogue()["administrative"]


@pytest.mark.parametrize("typed", ["31/01/2025", "31-1-2025", "31.1.2025", "2025-01-31", " 31/1/2025 "])
def test_days_as_people_write_them(typed: str) -> None:
    assert checked_values(KIND, {"issued_on": typed}) == {"issued_on": "2025-01-31"}


@pytest.mark.parametrize("typed", ["31/02/2025", "hôm qua", "01/2025"])
def test_no_real_day_is_said_with_the_field_named_for_people(typed: str) -> None:
    with pytest.raises(BadValue) as refused:
        checked_values(KIND, {"issued_on": typed})
    assert KIND.spec("issued_on").label_vi in refused.value.message("vi")


@pytest.mark.parametrize("typed", ["", "-", "–", "—"])
def test_a_dash_means_that_the_paper_does_not_have_it(typed: str) -> None:
    assert checked_values(KIND, {"number": typed}) == {"number": ""}


def test_unknown_fields_are_refused() -> None:
    with pytest.raises(UnknownField):
        checked_values(KIND, {"colour": "red"})
