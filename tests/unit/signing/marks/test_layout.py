"""Lines of marks: leading, stacked diacritics, breaking, and the time that is never torn apart."""

from __future__ import annotations

import pytest

from signing.marks.layout import LEADING, SAMPLE_TIME, filled, fitting, shaped, shapes, shown
from signing.marks.typeface import typeface

FACE = typeface()
GIVEN = ("Bản số hóa từ văn bản giấy", "Người số hóa: Nguyễn Thị Hương Ẩn", "Thời gian: {time}")


def test_the_natural_shape_keeps_the_lines_as_given() -> None:
    natural = next(shapes(GIVEN, FACE, 10))
    assert natural.lines == GIVEN
    assert natural.width_pt == pytest.approx(max(FACE.width_pt(shown(line), 10) for line in GIVEN) + 4)


@pytest.mark.parametrize("size", [7.0, 10.0, 14.0])
def test_lines_keep_their_distance_and_stacked_diacritics_never_touch(size: float) -> None:
    shape = shaped(("gỵpq ụ", "ẨỄỖẮ", "gỵpq ụ", "ẨỄỖẮ"), FACE, size)
    for place in range(3):
        gap = shape.baselines_pt[place + 1] - shape.baselines_pt[place]
        assert gap >= LEADING * size - 1e-9
        below = -FACE.reach_pt(shape.lines[place], size)[0]
        above = FACE.reach_pt(shape.lines[place + 1], size)[1]
        assert gap >= below + above
    assert shape.baselines_pt[0] >= FACE.reach_pt("gỵpq ụ", size)[1]
    assert shape.height_pt >= shape.baselines_pt[-1] - FACE.reach_pt("ẨỄỖẮ", size)[0]


def test_every_shape_tells_the_same_words_and_fits_its_own_box() -> None:
    words = " ".join(GIVEN).replace(";", "").split()
    seen = list(shapes(GIVEN, FACE, 10))
    assert len(seen) > 3
    assert len({len(one.lines) for one in seen}) > 2
    for one in seen:
        assert " ".join(one.lines).replace(";", "").split() == words
        assert all(FACE.width_pt(shown(line), 10) <= one.width_pt - 4 + 1e-9 for line in one.lines)
        assert sum("{time}" in line for line in one.lines) == 1


def test_the_time_is_as_wide_as_any_time_and_filled_in_at_the_end() -> None:
    assert FACE.width_pt("11/11/1111 11:11:11 +07:00", 10) == pytest.approx(FACE.width_pt(SAMPLE_TIME, 10))
    shape = filled(next(shapes(GIVEN, FACE, 10)), "23/11/2026 11:32:05 +07:00")
    assert shape.lines[-1] == "Thời gian: 23/11/2026 11:32:05 +07:00"


def test_a_box_takes_the_first_shape_that_fits_or_none() -> None:
    natural = next(shapes(GIVEN, FACE, 10))
    assert fitting(shapes(GIVEN, FACE, 10), natural.width_pt, natural.height_pt) == natural
    narrow = fitting(shapes(GIVEN, FACE, 10), natural.width_pt - 10, 200)
    assert narrow is not None
    assert len(narrow.lines) > len(natural.lines)
    assert fitting(shapes(GIVEN, FACE, 10), 50, 20) is None


def test_no_lines_and_empty_lines() -> None:
    assert next(shapes((), FACE, 10, (30.0, 20.0))).height_pt == pytest.approx(24)
    assert next(shapes(("", "  ", "Sao y"), FACE, 10)).lines == ("Sao y",)
