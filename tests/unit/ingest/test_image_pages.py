"""Pages of image files: kept where a PDF can carry them, converted without visible loss otherwise; turns and dpi told."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageChops, ImageOps

from ingest.errors import PageTooLarge, PageUnreadable, TypeUnsupported
from ingest.identify import identify
from ingest.model import ColourMode, DpiSource, FileKind, Identified, PageImage, PageOrigin
from ingest.options import IntakeOptions
from ingest.split import page_images
from tests.world.bad_images import good_heic
from tests.world.bad_pdfs import page_picture

OPTIONS = IntakeOptions()
PICTURE = page_picture(size=(620, 877))
COLOURED = PICTURE.copy()
COLOURED.paste((200, 30, 30), (300, 600, 400, 700))


def split(data: bytes, folder: Path) -> list[PageImage]:
    path = folder / "in"
    path.write_bytes(data)
    identified = identify(str(path), path.name, OPTIONS)
    return list(page_images(str(path), identified, str(folder), 0, identified.pages - 1, OPTIONS))


def encoded(image: Image.Image, kind: str, **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def opened(page: PageImage) -> Image.Image:
    with Image.open(page.path) as image:
        assert image.size == (page.width_px, page.height_px)
        return image.copy()


def far(one: Image.Image, other: Image.Image) -> float:
    return float(np.asarray(ImageChops.difference(one.convert("RGB"), other.convert("RGB"))).mean())


@pytest.mark.parametrize(("kind", "suffix"), [("JPEG", ".jpg"), ("PNG", ".png")])
@pytest.mark.parametrize("mode", ["L", "RGB"])
def test_what_a_pdf_can_carry_is_kept(kind: str, suffix: str, mode: str, tmp_path: Path) -> None:
    data = encoded(COLOURED.convert(mode), kind, dpi=(150, 150))
    (page,) = split(data, tmp_path)
    assert Path(page.path).read_bytes() == data
    assert Path(page.path).name == f"page-00001{suffix}"
    assert (round(page.dpi), page.dpi_source, page.origin) == (150, DpiSource.TAG, PageOrigin.IMAGE)
    assert page.colour is (ColourMode.COLOUR if mode == "RGB" else ColourMode.GREY)


def test_a_progressive_jpeg_is_kept(tmp_path: Path) -> None:
    data = encoded(COLOURED, "JPEG", progressive=True)
    assert Path(split(data, tmp_path)[0].path).read_bytes() == data


@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
def test_bitonal_becomes_group_4(kind: str, tmp_path: Path) -> None:
    bitonal = PICTURE.convert("1", dither=Image.Dither.NONE)
    (page,) = split(encoded(bitonal, kind), tmp_path)
    image = opened(page)
    assert (page.media_type, page.colour, image.info["compression"]) == ("image/tiff", ColourMode.BITONAL, "group4")
    assert image.tobytes() == bitonal.tobytes()


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P", "I;16", "CMYK"])
def test_odd_modes_lose_nothing_visible(mode: str, tmp_path: Path) -> None:
    """TIFF without compression: every mode becomes plain grey or colour, losslessly."""
    if mode == "I;16":
        source = Image.fromarray(np.asarray(PICTURE.convert("L"), dtype=np.uint16) * 257)
        expected = PICTURE.convert("L")
    else:
        source = COLOURED.convert(mode)
        expected = source.convert("RGB")
    (page,) = split(encoded(source, "PNG" if mode == "I;16" else "TIFF"), tmp_path)
    assert page.media_type == "image/png"
    assert opened(page).mode in {"L", "RGB"}
    assert far(opened(page), expected) < 0.5


def test_transparent_paper_is_white(tmp_path: Path) -> None:
    clear = Image.new("RGBA", (600, 800), (0, 0, 0, 0))
    clear.paste((0, 0, 0, 255), (100, 100, 300, 200))
    (page,) = split(encoded(clear, "PNG"), tmp_path)
    assert opened(page).getpixel((5, 5)) == (255, 255, 255)
    assert opened(page).getpixel((150, 150)) == (0, 0, 0)


def test_cmyk_jpeg_becomes_rgb_jpeg(tmp_path: Path) -> None:
    (page,) = split(encoded(COLOURED.convert("CMYK"), "JPEG", quality=95), tmp_path)
    assert (page.media_type, opened(page).mode) == ("image/jpeg", "RGB")
    assert far(opened(page), COLOURED.convert("CMYK").convert("RGB")) < 3


@pytest.mark.parametrize(("lossless", "media_type"), [(True, "image/png"), (False, "image/jpeg")])
def test_webp(lossless: bool, media_type: str, tmp_path: Path) -> None:
    (page,) = split(encoded(COLOURED, "WEBP", lossless=lossless, quality=90), tmp_path)
    assert page.media_type == media_type
    assert far(opened(page), COLOURED) < (0.001 if lossless else 4)


def test_heic(tmp_path: Path) -> None:
    (page,) = split(good_heic(tmp_path).read_bytes(), tmp_path)
    assert (page.media_type, page.exif_turn_deg) == ("image/jpeg", 0)
    assert far(opened(page), page_picture()) < 4


@pytest.mark.parametrize(("orientation", "turn"), [(1, 0), (3, 180), (6, 90), (8, 270)])
def test_turns_are_told_and_pixels_left(orientation: int, turn: int, tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[274] = orientation
    data = encoded(COLOURED, "JPEG", exif=exif)
    (page,) = split(data, tmp_path)
    assert page.exif_turn_deg == turn
    assert Path(page.path).read_bytes() == data
    with Image.open(io.BytesIO(data)) as image:
        expected = ImageOps.exif_transpose(image)
        assert far(image.rotate(-turn, expand=True), expected) < 0.001


@pytest.mark.parametrize("orientation", [2, 4, 5, 7])
def test_mirrored_pictures_are_flipped_back(orientation: int, tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[274] = orientation
    data = encoded(COLOURED, "JPEG", exif=exif, quality=95)
    (page,) = split(data, tmp_path)
    assert page.exif_turn_deg == 0
    assert "mirrored" in {note.code for note in page.quality.notes}
    with Image.open(io.BytesIO(data)) as image:
        assert far(opened(page), ImageOps.exif_transpose(image)) < 2
    assert opened(page).getexif().get(274, 1) == 1


def test_tiff_orientation_is_applied_once(tmp_path: Path) -> None:
    (page,) = split(encoded(COLOURED, "TIFF", tiffinfo={274: 6}), tmp_path)
    shown = opened(page).rotate(-page.exif_turn_deg, expand=True)
    assert far(shown, COLOURED.rotate(-90, expand=True)) < 0.001


def test_ranges_of_a_long_tiff_agree_with_the_whole(tmp_path: Path) -> None:
    frames = [page_picture(f"Trang {number}", size=(400, 560)) for number in range(4)]
    path = tmp_path / "in.tif"
    frames[0].save(path, "TIFF", save_all=True, append_images=frames[1:], compression="tiff_lzw")
    identified = identify(str(path), path.name, OPTIONS)
    tail = page_images(str(path), identified, str(tmp_path), 2, 3, OPTIONS)
    head = page_images(str(path), identified, str(tmp_path), 0, 1, OPTIONS)
    assert [page.index for page in head + tail] == [0, 1, 2, 3]
    assert all(far(opened(page), frames[page.index]) == 0 for page in head + tail)
    with pytest.raises(PageUnreadable):
        page_images(str(path), identified, str(tmp_path), 3, 4, OPTIONS)


def test_jpeg_in_tiff_is_not_blown_up(tmp_path: Path) -> None:
    (page,) = split(encoded(COLOURED, "TIFF", compression="jpeg", quality=90), tmp_path)
    assert page.media_type == "image/jpeg"
    assert far(opened(page), COLOURED) < 3


def test_limits_hold_here_too(tmp_path: Path) -> None:
    path = tmp_path / "in.png"
    path.write_bytes(encoded(PICTURE, "PNG"))
    with pytest.raises(PageTooLarge):
        page_images(str(path), Identified(FileKind.PNG, 1), str(tmp_path), 0, 0, IntakeOptions(max_page_pixels=500_000))
    with pytest.raises(TypeUnsupported):
        page_images(str(path), Identified(FileKind.ZIP, 1), str(tmp_path), 0, 0, OPTIONS)
