"""What kind of page goes into which layers, and that nothing on it gets lost or dull."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFilter

from ocr.layers import guard
from ocr.layers.apart import apart
from ocr.layers.model import Area, Coding, Layers
from ocr.layers.source import Source
from ocr.layers.tones import group4
from tests.unit.ocr.paper import painted

RED, BLUE = (200, 20, 40), (30, 60, 200)


def page() -> Image.Image:
    return painted(mode="RGB", dpi=300).picture


def layers(folder: Path, picture: Image.Image, quality: int = 95) -> Layers | None:
    path = folder / "page.jpg"
    picture.save(path, quality=quality, subsampling=0, dpi=(300, 300))
    with Image.open(path) as image:
        return apart(Source.of(image, str(path), 300), path.stat().st_size)


def covering(found: Layers, area: Area) -> list[Image.Image]:
    """The patches that hold `area`, cut to it."""
    cuts = []
    for patch in found.pictures[1:]:
        if patch.area.hull(area) == patch.area:
            x, y = area.x0 - patch.area.x0, area.y0 - patch.area.y0
            cuts.append(Image.open(io.BytesIO(patch.jpeg)).convert("RGB").crop((x, y, x + area.size[0], y + area.size[1])))
    return cuts


def test_writing_becomes_masks_at_a_fraction_of_the_bytes(tmp_path: Path) -> None:
    found = layers(tmp_path, page())
    assert found is not None
    assert found.coding is Coding.LAYERED
    assert len(found.masks) == 2
    assert found.likeness >= guard.ALIKE
    assert found.size < 0.4 * (tmp_path / "page.jpg").stat().st_size


def test_soft_edges_take_more_tones_than_crisp_ones(tmp_path: Path) -> None:
    found = layers(tmp_path, page().filter(ImageFilter.BoxBlur(0.5)))
    assert found is not None
    assert len(found.masks) > 2
    assert found.likeness >= guard.ALIKE


def test_a_seal_is_coded_as_coarsely_as_the_guard_allows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    picture = page()
    ImageDraw.Draw(picture).ellipse((700, 400, 1000, 700), outline=RED, width=6)
    usual = layers(tmp_path, picture)
    monkeypatch.setattr("ocr.layers.apart.PICTURE_STEPS", (3,))
    finest = layers(tmp_path, picture)
    assert usual is not None
    assert finest is not None
    usual_size, finest_size = (sum(len(patch.jpeg) for patch in found.pictures[1:]) for found in (usual, finest))
    assert usual_size < 0.8 * finest_size
    assert usual.likeness >= guard.ALIKE


@pytest.mark.parametrize("ink", [RED, BLUE])
def test_a_seal_over_writing_stays_sharp_and_in_colour(ink: tuple[int, int, int], tmp_path: Path) -> None:
    picture = page()
    ImageDraw.Draw(picture).ellipse((700, 400, 1000, 700), outline=ink, width=6)
    found = layers(tmp_path, picture)
    assert found is not None
    (cut,) = covering(found, Area(698, 398, 1002, 702))
    true = np.asarray(picture.crop((698, 398, 1002, 702)))
    assert np.abs(np.asarray(cut).astype(int) - true).mean() < 4
    assert guard.similarity(*(np.asarray(Image.fromarray(np.asarray(part)).convert("L")) for part in (true, cut))) >= guard.ALIKE


def test_a_thin_coloured_signature_is_a_picture(tmp_path: Path) -> None:
    picture = page()
    ImageDraw.Draw(picture).line([(1200, 1150), (1300, 1080), (1340, 1180), (1500, 1100)], fill=BLUE, width=3)
    found = layers(tmp_path, picture)
    assert found is not None
    assert covering(found, Area(1205, 1085, 1495, 1175))


def test_faint_pencil_is_not_lost(tmp_path: Path) -> None:
    picture = page()
    ImageDraw.Draw(picture).line([(300, 1150), (500, 1120), (700, 1180)], fill=(236, 236, 236), width=8)
    found = layers(tmp_path, picture)
    assert found is not None
    (cut,) = covering(found, Area(310, 1125, 690, 1175))
    assert np.asarray(cut.convert("L")).min() < 243


def test_a_photograph_is_no_set_of_tones(tmp_path: Path) -> None:
    picture = page()
    ramp = np.linspace(0, 255, 400, dtype=np.uint8)
    photo = np.stack([np.tile(ramp, (400, 1))] * 3, axis=2) // 2 + np.tile(ramp[:, None, None], (1, 400, 3)) // 2
    picture.paste(Image.fromarray(photo), (600, 500))
    found = layers(tmp_path, picture)
    assert found is None or covering(found, Area(620, 520, 980, 880))


def test_a_page_full_of_colour_stays_as_it_is(tmp_path: Path) -> None:
    colours = np.random.default_rng(1).integers(0, 256, (60, 45, 3), np.uint8)
    assert layers(tmp_path, Image.fromarray(colours).resize((2400, 3200), Image.Resampling.BICUBIC)) is None


def test_a_file_that_is_small_already_stays_as_it_is(tmp_path: Path) -> None:
    assert layers(tmp_path, Image.new("RGB", (400, 560), "white"), quality=30) is None


def test_masks_are_lossless() -> None:
    ink = np.random.default_rng(2).integers(0, 2, (61, 77)).astype(bool)
    header = io.BytesIO()
    Image.fromarray(ink).save(header, "TIFF", compression="group4", tiffinfo={278: 61})
    assert group4(ink) in header.getvalue()


def test_the_guard_decides(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "similarity", lambda *_: 0.979)
    assert layers(tmp_path, page()) is None
