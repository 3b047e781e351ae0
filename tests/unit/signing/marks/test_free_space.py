"""Empty places: what counts as ink on real paper, and that the place found has none."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from signing.marks.free_space import Sheet
from signing.model import Corner

SIZE = (842, 595)
WIDE, TALL = 120.0, 35.0


def paper(colour: tuple[int, int, int] = (255, 255, 255), size: tuple[int, int] = SIZE) -> NDArray[np.uint8]:
    return np.full((*size, 3), colour, dtype=np.uint8)


def spot(pixels: NDArray[np.uint8], corner: Corner = Corner.TOP_RIGHT) -> tuple[slice, slice] | None:
    window = Sheet(pixels).nearest(WIDE, TALL, corner)
    if window is None:
        return None
    top, left = int(window.top_pt), int(window.left_pt)
    return slice(top, top + int(TALL)), slice(left, left + int(WIDE))


@pytest.mark.parametrize(
    ("corner", "left", "top"),
    [
        (Corner.TOP_RIGHT, 595 - 22 - WIDE, 22),
        (Corner.TOP_LEFT, 22, 22),
        (Corner.BOTTOM_RIGHT, 595 - 22 - WIDE, 842 - 22 - TALL),
        (Corner.BOTTOM_LEFT, 22, 842 - 22 - TALL),
    ],
)
def test_an_empty_page_gives_the_corner_itself(corner: Corner, left: float, top: float) -> None:
    window = Sheet(paper()).nearest(WIDE, TALL, corner)
    assert window is not None
    assert window.left_pt == pytest.approx(left, abs=1.5)
    assert window.top_pt == pytest.approx(top, abs=1.5)
    assert not window.moved


@pytest.mark.parametrize("seed", range(12))
def test_nothing_is_ever_covered_however_the_ink_lies(seed: int) -> None:
    random = np.random.default_rng(seed)
    pixels = paper((250, 246, 235))
    ink = np.zeros(SIZE, dtype=bool)
    for _ in range(int(random.integers(5, 90))):
        row, column = int(random.integers(0, 800)), int(random.integers(0, 560))
        height, width = int(random.integers(1, 30)), int(random.integers(1, 200))
        pixels[row : row + height, column : column + width] = random.integers(0, 180, 3)
        ink[row : row + height, column : column + width] = True
    for corner in Corner:
        found = spot(pixels, corner)
        if found is not None:
            assert not ink[found].any()


def test_ink_at_the_corner_moves_the_mark_along_the_margin_and_says_so() -> None:
    pixels = paper()
    pixels[10:60, 400:590] = 0
    pixels[90:780, 60:540] = 120
    window = Sheet(pixels).nearest(WIDE, TALL, Corner.TOP_RIGHT)
    assert window is not None
    assert window.moved
    assert window.top_pt + TALL < 90
    assert window.left_pt + WIDE < 400


@pytest.mark.parametrize("step", [30, 60])
def test_faint_print_counts(step: int) -> None:
    """A hairline or faded text drawn small is a light grey."""
    pixels = paper()
    pixels[30:50, 440:580:3] = 255 - step
    found = spot(pixels)
    assert found is not None
    assert (pixels[found] == 255).all()


def test_yellow_uneven_and_noisy_paper_is_still_paper() -> None:
    light = np.linspace(250, 200, SIZE[0])[:, None, None] * np.ones((1, SIZE[1], 3)) * np.array([1.0, 0.97, 0.85])
    noisy = light + np.random.default_rng(1).normal(0, 2.5, (*SIZE, 3))
    window = Sheet(np.clip(noisy, 0, 255).astype(np.uint8)).nearest(WIDE, TALL, Corner.TOP_RIGHT)
    assert window is not None
    assert not window.moved


def test_a_photograph_a_coloured_card_and_a_black_border_are_occupied_even_where_they_are_smooth() -> None:
    pixels = paper()
    pixels[0:200, 300:595] = (180, 200, 235)
    pixels[:, 585:] = 5
    found = spot(pixels)
    assert found is not None
    assert (pixels[found] == 255).all()


@pytest.mark.parametrize("colour", [(20, 20, 20), (90, 60, 120)])
def test_a_dark_page_has_no_place_for_black_text(colour: tuple[int, int, int]) -> None:
    assert spot(paper(colour)) is None


def test_a_page_full_of_print_has_no_place() -> None:
    pixels = paper()
    pixels[::14, :] = 0
    assert spot(pixels) is None


def test_a_page_smaller_than_the_mark_has_no_place() -> None:
    assert spot(paper(size=(40, 90))) is None


def test_what_was_taken_is_not_given_again() -> None:
    sheet = Sheet(paper())
    taken = []
    for _ in range(5):
        window = sheet.nearest(WIDE, TALL, Corner.TOP_RIGHT)
        assert window is not None
        sheet.occupy(window.left_pt, window.top_pt, window.left_pt + WIDE, window.top_pt + TALL)
        taken.append((window.left_pt, window.top_pt))
    for place, (left, top) in enumerate(taken):
        for other_left, other_top in taken[:place]:
            assert abs(left - other_left) >= WIDE or abs(top - other_top) >= TALL


def test_the_scale_of_the_drawing_does_not_matter() -> None:
    half = Sheet(paper(size=(421, 298)), scale=0.5).nearest(WIDE, TALL, Corner.TOP_RIGHT)
    assert half is not None
    assert half.left_pt == pytest.approx(595 - 22 - WIDE, abs=4)
    assert half.top_pt == pytest.approx(22, abs=4)
