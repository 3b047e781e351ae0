"""Lines read together beside the library's own reading of the same pages."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from ocr.engines import together
from ocr.engines.kept import KeptEngine, data_folder
from ocr.engines.together import TogetherEngine, reader_of
from ocr.engines.words import LINE, RawWord
from ocr.measure import cer
from tests.unit.ocr.paper import painted

PAGE = np.asarray(painted().picture)


def text(words: Sequence[RawWord]) -> str:
    return " ".join(word.text for word in words)


def test_the_same_words_stand_in_the_same_places_and_lines() -> None:
    ours, library = TogetherEngine().read(PAGE, 200, "vie", 30), KeptEngine().read(PAGE, 200, "vie", 30)
    assert cer(text(library), text(ours)) < 0.005
    pairs = [(a, b) for a, b in zip(library, ours, strict=True) if a.text == b.text]
    assert len(pairs) > 0.98 * len(library)
    sides = [abs(getattr(a.box, side) - getattr(b.box, side)) for a, b in pairs for side in ("x0", "y0", "x1", "y1")]
    assert np.mean(np.array(sides) <= 2) > 0.98
    assert max(abs(a.confidence - b.confidence) for a, b in pairs) < 0.1
    assert len({word.line for word in ours}) == len({word.line for word in library})


def test_blurred_print_is_read_alike() -> None:
    height, width = PAGE.shape
    small = Image.fromarray(PAGE).resize((width // 2, height // 2), Image.Resampling.BOX)
    blurred = np.asarray(small.resize((width, height), Image.Resampling.BICUBIC))
    ours, library = TogetherEngine().read(blurred, 200, "vie", 30), KeptEngine().read(blurred, 200, "vie", 30)
    assert cer(text(library), text(ours)) < 0.01


def test_text_that_runs_down_a_page_is_read_where_it_stands() -> None:
    sideways = np.ascontiguousarray(np.rot90(PAGE, -1))
    ours, library = TogetherEngine().read(sideways, 200, "vie", 30), KeptEngine().read(sideways, 200, "vie", 30)
    assert cer(text(library), text(ours)) < 0.02
    assert all(word.box.y1 - word.box.y0 > word.box.x1 - word.box.x0 for word in ours if len(word.text) > 4)
    assert ours[0].box.x0 == pytest.approx(library[0].box.x0, abs=3)
    assert ours[0].box.y1 == pytest.approx(library[0].box.y1, abs=3)


def test_white_on_black_is_read() -> None:
    banner = PAGE.copy()
    words = TogetherEngine().read(PAGE, 200, "vie", 30)
    first = [word for word in words if word.line == words[0].line]
    x0, x1 = (round(side) for side in (min(word.box.x0 for word in first), max(word.box.x1 for word in first)))
    y0, y1 = (round(side) for side in (min(word.box.y0 for word in first), max(word.box.y1 for word in first)))
    cut = banner[y0 - 8 : y1 + 8, x0 - 8 : x1 + 8]
    found = TogetherEngine().read(np.ascontiguousarray(255 - cut), 200, "vie", 30, LINE)
    assert cer(text(first), text(found)) < 0.1


def test_several_languages_and_other_forms_are_read_by_the_library(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert reader_of("vie+eng") is None
    assert cer(text(KeptEngine().read(PAGE, 200, "vie+eng", 30)), text(TogetherEngine().read(PAGE, 200, "vie+eng", 30))) == 0
    damaged = Path(data_folder(), "vie.traineddata").read_bytes()[:100_000]
    (tmp_path / "cut.traineddata").write_bytes(damaged)
    monkeypatch.setattr(together, "data_folder", lambda: str(tmp_path))
    assert reader_of("cut") is None


def test_the_name_says_how_lines_are_read() -> None:
    assert TogetherEngine().name() == f"{KeptEngine().name()} batched"
