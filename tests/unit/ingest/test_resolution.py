"""Dots per inch: believed when plausible, else from the paper the pixels would fill."""

from __future__ import annotations

import json
import math
import os
from pathlib import Path

import pytest

from ingest.identify import identify
from ingest.model import DpiSource
from ingest.options import IntakeOptions
from ingest.resolution import from_paper, resolution
from ingest.split import page_images


@pytest.mark.parametrize("dpi", [100, 150, 200, 300, 400, 600])
@pytest.mark.parametrize(("short", "long"), [(210, 297), (148, 210), (54, 85.6)])
def test_whole_papers(short: float, long: float, dpi: int) -> None:
    """Up to what is the same pixels on other paper: A4 at 300 is A5 at 424 and A3 at 212."""
    width, height = round(short / 25.4 * dpi), round(long / 25.4 * dpi)
    assert from_paper(width, height) == from_paper(height, width) == dpi


@pytest.mark.parametrize("trim", [0.96, 0.98, 1.02, 1.04])
def test_trimmed_a4(trim: float) -> None:
    assert from_paper(round(2480 * trim), round(3508 * trim)) == 300


@pytest.mark.parametrize(
    ("size", "dpi"),
    [((3024, 4032), 300), ((4000, 3000), 300), ((1080, 1920), 100), ((2250, 4000), 200), ((300, 300), 100)],
)
def test_photos_and_crops(size: tuple[int, int], dpi: int) -> None:
    assert from_paper(*size) == dpi


@pytest.mark.parametrize(
    ("size", "tag", "expected"),
    [
        ((2480, 3508), (300, 300), (300, DpiSource.TAG)),
        ((2480, 3508), (299.9994, 299.9994), (300, DpiSource.TAG)),
        ((2480, 3508), None, (300, DpiSource.PAGE_SIZE)),
        ((2480, 3508), (72, 72), (300, DpiSource.PAGE_SIZE)),
        ((2480, 3508), (0, 0), (300, DpiSource.PAGE_SIZE)),
        ((2480, 3508), (math.nan, 300), (300, DpiSource.PAGE_SIZE)),
        ((2480, 3508), (1, 1), (300, DpiSource.PAGE_SIZE)),
        ((1728, 1100), (204, 98), (200, DpiSource.PAGE_SIZE)),
        ((595, 842), (72, 72), (72, DpiSource.TAG)),
        ((794, 1123), (96, 96), (96, DpiSource.TAG)),
        ((4961, 7016), (150, 150), (150, DpiSource.TAG)),
        ((3024, 4032), (72, 72), (300, DpiSource.PAGE_SIZE)),
    ],
)
def test_tags(size: tuple[int, int], tag: tuple[float, float] | None, expected: tuple[float, DpiSource]) -> None:
    dpi, source = resolution(*size, tag)
    assert dpi == pytest.approx(expected[0], abs=0.01)
    assert source is expected[1]


SHARED = Path(os.environ.get("SOHOA_SHARED", Path(__file__).parents[4] / "shared")) / "scans" / "pages"


@pytest.mark.skipif(not SHARED.is_dir(), reason="NO SHARED SCANS: the true resolutions cannot be checked (set SOHOA_SHARED)")
def test_real_scans(tmp_path: Path) -> None:
    wrong = []
    for truth in sorted(SHARED.glob("*.json")):
        facts = json.loads(truth.read_text(encoding="utf-8"))
        path = str(truth.with_name(facts["image"]))
        identified = identify(path, facts["image"], IntakeOptions())
        (page,) = page_images(path, identified, str(tmp_path), 0, 0, IntakeOptions())
        if abs(page.dpi - facts["dpi"]) > 0.01 * facts["dpi"]:
            wrong.append((facts["image"], page.dpi, facts["dpi"]))
    assert wrong == []
