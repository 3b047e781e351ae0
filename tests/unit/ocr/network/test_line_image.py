"""Lines at the network's height and in its range of values."""

from __future__ import annotations

import numpy as np
import pytest

from ocr.network.line_image import as_values, scaled


@pytest.mark.parametrize(("height", "width"), [(72, 400), (40, 400), (36, 400), (20, 400), (9, 4), (300, 1), (1, 1), (2, 900)])
def test_every_size_comes_to_the_height_in_proportion(height: int, width: int) -> None:
    line = np.random.default_rng(1).integers(0, 256, (height, width), np.uint8)
    made = scaled(line, 36)
    assert made.shape == (36, max(round(width * 36 / height), 1))
    assert made.dtype == np.uint8


def test_an_even_line_stays_even() -> None:
    for height in (80, 45, 20):
        assert (scaled(np.full((height, 200), 77, np.uint8), 36) == 77).all()


def test_faint_print_fills_the_range() -> None:
    line = np.full((36, 120), 200, np.uint8)
    line[:, 10:110:10] = 120
    values = as_values(line)
    assert (values.min(), values.max()) == pytest.approx((-1, 1), abs=0.03)


def test_black_and_white_are_told_by_the_middle_row() -> None:
    line = np.full((36, 120), 255, np.uint8)
    line[:4] = 0  # a rule above the line
    line[18, 10:110:10] = 60
    assert as_values(line)[18, 10] == pytest.approx(-1, abs=0.02)


@pytest.mark.parametrize("value", [0, 128, 255])
def test_an_even_line_has_values(value: int) -> None:
    assert np.isfinite(as_values(np.full((36, 40), value, np.uint8))).all()
    assert np.isfinite(as_values(np.full((36, 2), value, np.uint8))).all()
