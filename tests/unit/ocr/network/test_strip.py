"""Where the parts of a piece of a line lie on the page, whichever way it runs."""

from __future__ import annotations

import numpy as np
import pytest

from ocr.model import Box
from ocr.network.strip import Edges, Strip, marks_beside

KEY = (1, 1, 1)
HALVES = [(0.0, 0.5), (0.5, 1.0)]


def test_parts_are_as_large_as_their_ink() -> None:
    strip = Strip((100, 50, 200, 90), 0, KEY, [(104, 60, 120, 80), (130, 55, 148, 80), (160, 62, 190, 88)])
    assert strip.boxes(HALVES) == [Box(104, 55, 148, 80), Box(160, 62, 190, 88)]


def test_a_part_without_ink_is_as_high_as_the_piece() -> None:
    assert Strip((100, 50, 200, 90), 0, KEY, [(104, 60, 120, 80)]).boxes(HALVES)[1] == Box(150, 50, 200, 90)
    assert Strip((100, 50, 200, 90), 0, KEY, [(104, 60, 120, 80)]).boxes([]) == []


@pytest.mark.parametrize("quarters", [0, 1, 2, 3])
def test_turned_pieces_are_upright_and_their_parts_where_they_were(quarters: int) -> None:
    upright = np.full((20, 60), 255, np.uint8)
    upright[5:9, 3:13] = upright[11:15, 40:55] = 0
    page = np.full((200, 300), 255, np.uint8)
    turned = np.rot90(upright, -quarters)
    page[30 : 30 + turned.shape[0], 70 : 70 + turned.shape[1]] = turned
    edges = 70, 30, 70 + turned.shape[1], 30 + turned.shape[0]
    halves = np.zeros_like(upright)
    halves[5:9, 3:13], halves[11:15, 40:55] = 1, 2
    marked = np.zeros_like(page)
    marked[30 : 30 + turned.shape[0], 70 : 70 + turned.shape[1]] = np.rot90(halves, -quarters)
    blobs = [box_of(marked == number) for number in (1, 2)]
    strip = Strip(edges, quarters, KEY, blobs)
    assert (strip.pixels(page) == upright).all()
    assert strip.boxes(HALVES) == [Box(*blob) for blob in blobs]


def box_of(where: np.ndarray) -> Edges:
    rows, columns = np.nonzero(where)
    return int(columns.min()), int(rows.min()), int(columns.max()) + 1, int(rows.max()) + 1


class TestMarks:
    def page(self) -> np.ndarray:
        page = np.full((60, 100), 255, np.uint8)
        page[20:40, 10:30] = 0  # a letter
        page[14:17, 15:25] = 0  # its mark
        return page

    def test_ink_that_is_no_blob_is_a_mark(self) -> None:
        assert marks_beside(self.page(), (8, 12, 32, 42), [(10, 20, 30, 40)]) == [(15, 14, 25, 17)]

    def test_a_stroke_of_a_pen_is_none(self) -> None:
        page = self.page()
        page[14:40, 50:53] = 0
        assert marks_beside(page, (8, 12, 90, 42), [(10, 20, 30, 40)]) == [(15, 14, 25, 17)]

    def test_what_hangs_down_from_the_line_above_is_none(self) -> None:
        page = self.page()
        page[0:30, 60:64] = 0
        assert marks_beside(page, (8, 12, 90, 42), [(10, 20, 30, 40)]) == [(15, 14, 25, 17)]

    def test_a_piece_without_area_has_none(self) -> None:
        assert marks_beside(self.page(), (8, 12, 8, 42), []) == []
        assert marks_beside(self.page(), (8, 42, 32, 42), [(10, 20, 30, 40)]) == []

    def test_dust_is_not_compared_with_dust(self) -> None:
        page = np.full((80, 4_000), 255, np.uint8)
        page[::2, ::2] = 0
        assert marks_beside(page, (0, 0, 4_000, 80), [(0, 0, 2, 2)] * 50) == []
