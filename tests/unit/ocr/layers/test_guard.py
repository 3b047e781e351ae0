from __future__ import annotations

import cv2
import numpy as np

from ocr.layers.guard import ALIKE, quick, similarity
from ocr.layers.model import Area
from tests.unit.ocr.paper import painted

PAGE = np.asarray(painted(mode="L").picture)


def test_equal_is_one() -> None:
    assert similarity(PAGE, PAGE) == 1.0
    assert quick(PAGE, PAGE) == (1.0, 0.0)


def test_what_a_person_would_not_accept_is_not_alike() -> None:
    area = [Area(150, 150, 1400, 500)]
    blurred = np.asarray(cv2.GaussianBlur(PAGE, (0, 0), 1.5))
    bitonal = np.where(PAGE < 128, 0, 255).astype(np.uint8)
    moved = np.roll(PAGE, 1, axis=1)
    assert max(similarity(PAGE, other, area) for other in (blurred, bitonal, moved)) < ALIKE


def test_only_the_area_counts() -> None:
    spoilt = PAGE.copy()
    spoilt[:100] = 0
    assert similarity(PAGE, spoilt, [Area(0, 200, 1000, 400)]) == 1.0


def test_the_quick_measure_is_the_stricter_one_on_writing() -> None:
    other = np.asarray(cv2.GaussianBlur(PAGE, (0, 0), 0.6))[200:500]
    assert quick(PAGE[200:500], other)[0] <= similarity(PAGE[200:500], other)
