"""Fitness of scans: what is wrong is told, what is right is not."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageDraw, ImageFilter

from ingest.errors import PageUnreadable
from ingest.model import Quality
from ingest.options import IntakeOptions
from ingest.quality import measure
from tests.world.bad_pdfs import page_picture

OPTIONS = IntakeOptions()
LOW = IntakeOptions(min_dpi=100, target_dpi=150)
PAGE = page_picture("Cộng hòa xã hội chủ nghĩa Việt Nam", (1240, 1754)).convert("L")


def measured(image: Image.Image, folder: Path, dpi: float = 150, options: IntakeOptions = LOW) -> Quality:
    path = folder / "page.png"
    image.save(path)
    return measure(str(path), dpi, options)


def codes(quality: Quality) -> set[str]:
    return {note.code for note in quality.notes}


def test_a_good_page_has_no_notes(tmp_path: Path) -> None:
    quality = measured(PAGE, tmp_path)
    assert (quality.blank, codes(quality)) == (False, set())
    assert abs(quality.skew_deg) < 0.2


@pytest.mark.parametrize("grey", [255, 235, 180])
@pytest.mark.parametrize("spread", [0, 12])
def test_blank_paper(grey: int, spread: int, tmp_path: Path) -> None:
    paper = Image.new("L", (1240, 1754), grey)
    if spread:
        grain = Image.effect_noise(paper.size, spread)
        paper = ImageChops.add(paper, grain, offset=-128)
    quality = measured(paper, tmp_path)
    assert quality.blank
    assert codes(quality) == {"blank_page"}


def test_the_back_showing_through_is_blank(tmp_path: Path) -> None:
    faint = ImageChops.lighter(PAGE.transpose(Image.Transpose.FLIP_LEFT_RIGHT), Image.new("L", PAGE.size, 225))
    assert measured(faint, tmp_path).blank


@pytest.mark.parametrize("size", [1, 3])
def test_a_line_of_writing_is_not_blank(size: int, tmp_path: Path) -> None:
    paper = Image.new("L", (1240, 1754), 250)
    ImageDraw.Draw(paper).text((300, 800), "Đã nhận. " * size, fill=40, font_size=30)
    assert not measured(paper, tmp_path).blank


@pytest.mark.parametrize("angle", [-8.0, -2.5, 0.5, 3.0, 7.0])
@pytest.mark.parametrize("on_its_side", [False, True])
def test_skew(angle: float, on_its_side: bool, tmp_path: Path) -> None:
    page = PAGE.rotate(90, expand=True) if on_its_side else PAGE
    quality = measured(page.rotate(-angle, fillcolor=255, resample=Image.Resampling.BICUBIC), tmp_path)
    assert quality.skew_deg == pytest.approx(angle, abs=0.25)
    assert ("skewed" in codes(quality)) == (abs(angle) >= 2)


def test_a_lone_seal_has_no_angle(tmp_path: Path) -> None:
    paper = Image.new("L", (1240, 1754), 250)
    pen = ImageDraw.Draw(paper)
    pen.ellipse((500, 1200, 740, 1440), outline=60, width=8)
    pen.ellipse((540, 1240, 700, 1400), outline=60, width=4)
    assert measured(paper, tmp_path).skew_deg == 0


@pytest.mark.parametrize(("sigma", "blurred"), [(0, False), (0.8, False), (2.0, True), (4.0, True)])
def test_blur(sigma: float, blurred: bool, tmp_path: Path) -> None:
    quality = measured(PAGE.filter(ImageFilter.GaussianBlur(sigma)), tmp_path)
    assert ("blurred" in codes(quality)) == blurred


@pytest.mark.parametrize("side", [(0, 0, 40, 1754), (1200, 0, 1240, 1754), (0, 0, 1240, 40), (0, 1714, 1240, 1754)])
def test_black_borders(side: tuple[int, int, int, int], tmp_path: Path) -> None:
    page = PAGE.copy()
    page.paste(10, side)
    assert "black_border" in codes(measured(page, tmp_path))


@pytest.mark.parametrize(
    ("dpi", "expected"),
    [(100, {"below_min_dpi"}), (197, {"below_target_dpi"}), (200, {"below_target_dpi"}), (296, set()), (300, set())],
)
def test_resolution_floors(dpi: float, expected: set[str], tmp_path: Path) -> None:
    assert codes(measured(PAGE.resize((2480, 3508)), tmp_path, dpi, OPTIONS)) & {"below_min_dpi", "below_target_dpi"} == expected


def test_exif_turns_are_not_applied(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[274] = 6
    path = tmp_path / "a.jpg"
    PAGE.rotate(-3, fillcolor=255, resample=Image.Resampling.BICUBIC).save(path, exif=exif)
    assert measure(str(path), 150, OPTIONS).skew_deg == pytest.approx(3, abs=0.25)


def test_what_is_no_image(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(b"nothing")
    with pytest.raises(PageUnreadable):
        measure(str(tmp_path / "a.jpg"), 300, OPTIONS)


def test_it_is_cheap(tmp_path: Path) -> None:
    """An A4 page at 300 dpi; the bound is ten times what a quiet machine needs."""
    path = tmp_path / "a.jpg"
    PAGE.resize((2480, 3508)).save(path, quality=85)
    started = time.process_time()
    measure(str(path), 300, OPTIONS)
    assert time.process_time() - started < 0.5
