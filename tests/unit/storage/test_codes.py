"""The digitisation-result code."""

from __future__ import annotations

from datetime import date

import pytest
from pydantic import ValidationError

from storage.codes import CodeOptions, render_result_code, series_name
from storage.errors import BadTemplate

DAY = date(2026, 3, 2)


def _render(template: str, **changes: str) -> str:
    values = {"owner": "087084000999", "paper_type": "KQ.G15.000031", "unit": "H56.12"} | changes
    return render_result_code(template, **values, issued=DAY, number=7)


def test_owner_and_type_are_in_the_default() -> None:
    assert _render(CodeOptions().template) == "087084000999-KQ.G15.000031-H56.12-2026-000007"


@pytest.mark.parametrize(
    ("template", "blank", "expected"),
    [
        ("{owner}-{type}-{year}-{seq:06d}", ("owner",), "KQ.G15.000031-2026-000007"),
        ("{type}-{owner}-{seq}", ("owner",), "KQ.G15.000031-7"),
        ("{seq}-{owner}", ("owner",), "7"),
        ("{owner}-{unit}-{seq}", ("owner", "unit"), "7"),
        ("{type}.{owner}/{unit}-{seq}", ("owner", "unit"), "KQ.G15.000031.7"),
        ("{type}-{year}{month}{day}-{seq:04d}", (), "KQ.G15.000031-20260302-0007"),
    ],
)
def test_a_blank_part_is_left_out_with_one_separator(template: str, blank: tuple[str, ...], expected: str) -> None:
    assert _render(template, **dict.fromkeys(blank, "")) == expected


def test_separators_inside_a_part_stay() -> None:
    assert _render("{owner}-{seq}", owner="A--1") == "A--1-7"


@pytest.mark.parametrize(
    "template", ["{owner}", "{seq}{nonsense}", "{seq", "{}", "{0}{seq}", "{seq:zz}", "{seq.real}", "{seq!x}"]
)
def test_a_template_that_cannot_work_is_refused_at_once(template: str) -> None:
    with pytest.raises(BadTemplate):
        _render(template)
    with pytest.raises(ValidationError):
        CodeOptions(template=template)


def test_numbers_run_for_each_unit_and_year() -> None:
    names = {series_name(unit, day) for unit in ("H56.12", "H56.13") for day in (DAY, date(2027, 1, 1))}
    assert len(names) == 4
