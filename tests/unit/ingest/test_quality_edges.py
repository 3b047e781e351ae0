"""Cut-off text, folded corners, fingers and shadows, double feeds: told with their place, and clean pages stay free of them."""

from __future__ import annotations

import time
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from api.demo.painter.page import PaintedPage
from api.demo.painter.papers import PaperKind, paint
from api.demo.painter.spoil.conditions import spoil
from ingest.model import ColourMode, DpiSource, Note, PageImage, PageOrigin
from ingest.options import IntakeOptions, QualityOptions
from ingest.quality import judge, measure
from ingest.quality_stack import judged, unfit
from ingest.reduced import Reduced

DPI = 150
OPTIONS = IntakeOptions()
NEW = {"cut_off", "folded_corner", "shadow"}


@cache
def painted(kind: PaperKind) -> PaintedPage:
    return paint(kind, 5, DPI)[0]


def edge_notes(page: PaintedPage) -> dict[str, Note]:
    quality = judge(Reduced(page.image.convert("L"), DPI), DPI, OPTIONS)
    return {note.code: note for note in quality.notes if note.code in NEW}


@pytest.mark.parametrize("kind", [PaperKind.DECISION, PaperKind.BIRTH])
@pytest.mark.parametrize("how", [("sealed", "entry_stamp", "scanner"), ("holes", "faded"), ("bleed", "noise"), ("borders",)])
def test_pages_that_are_fit_have_no_such_note(kind: PaperKind, how: tuple[str, ...]) -> None:
    assert not edge_notes(spoil(painted(kind), how, 3))


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize(
    ("how", "code"), [("fold", "folded_corner"), ("finger", "shadow"), ("shadow", "shadow"), ("cut_off", "cut_off")]
)
def test_what_hands_do_is_told_with_its_place(how: str, code: str, seed: int) -> None:
    clean = painted(PaperKind.DECISION)
    page = spoil(clean, [how], seed)
    note = edge_notes(page)[code]
    x0, y0, x1, y1 = (int(note.params[side]) for side in ("x0", "y0", "x1", "y1"))
    assert 0 <= x0 < x1 <= 1000
    assert 0 <= y0 < y1 <= 1000
    assert x0 == 0 or y0 == 0 or x1 == 1000 or y1 == 1000
    if how != "cut_off":  # there the place is where the picture ends
        changed = np.abs(np.asarray(page.image.convert("L"), dtype=int) - np.asarray(clean.image.convert("L"), dtype=int)) > 40
        rows, columns = np.nonzero(changed)
        high, wide = changed.shape
        inside = (columns >= (x0 - 15) * wide / 1000) & (columns <= (x1 + 15) * wide / 1000)
        inside &= (rows >= (y0 - 15) * high / 1000) & (rows <= (y1 + 15) * high / 1000)
        assert inside.mean() > 0.8


def test_thresholds_are_options() -> None:
    page = spoil(painted(PaperKind.DECISION), ["finger"], 1)
    blind = OPTIONS.model_copy(update={"quality": QualityOptions(shadow_share=0.5)})
    assert "shadow" not in {note.code for note in judge(Reduced(page.image.convert("L"), DPI), DPI, blind).notes}


def sheet(height_px: int) -> PageImage:
    return PageImage(0, "", "image/png", 1240, height_px, DPI, DpiSource.TAG, ColourMode.COLOUR, PageOrigin.IMAGE)


def test_a_sheet_longer_than_its_neighbours_may_be_two() -> None:
    options = QualityOptions(hold=("double_feed",))
    pages = judged([sheet(1754), sheet(1760), sheet(2100), sheet(1754)], options)
    assert [[note.code for note in page.quality.notes] for page in pages] == [[], [], ["double_feed"], []]
    assert (unfit(pages, options), unfit(pages[:2], options), unfit(pages, QualityOptions())) == (True, False, False)
    assert not any(page.quality.notes for page in judged([sheet(1754), sheet(2480)], options))


def test_together_they_are_cheap(tmp_path: Path) -> None:
    """An A4 page at 300 dpi, its decoding apart; the bound is four times the 12 ms of a quiet machine."""
    image = painted(PaperKind.DECISION).image.convert("L").resize((2480, 3508), Image.Resampling.NEAREST)
    small = Reduced(image.reduce(2), DPI)
    judge(small, 300, OPTIONS)
    started = time.process_time()
    judge(small, 300, OPTIONS)
    assert time.process_time() - started < 0.05
    image.save(tmp_path / "a.png")
    assert not {note.code for note in measure(str(tmp_path / "a.png"), 300, OPTIONS).notes} & NEW
