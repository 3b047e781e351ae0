from __future__ import annotations

import math
import warnings
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageOps

from ocr.errors import PageUnreadable
from ocr.model import Box
from ocr.prepare.colour import ink
from ocr.prepare.decode import Grey, decode
from ocr.prepare.geometry import carried, quarter_turn, untilt, within
from ocr.prepare.ground import contrasted, levelled, whitened
from ocr.prepare.margins import without_borders
from ocr.prepare.page import laid_out, prepared
from ocr.prepare.photo import page_corners, straightening
from ocr.prepare.rules import without_rules
from ocr.prepare.skew import headiness, ink_points, runs_down, share_inside, tilt
from tests.unit.ocr.paper import painted


def grey_of(picture: Image.Image) -> Grey:
    return np.asarray(picture.convert("L"))


def leaning(grey: Grey, clockwise_deg: float) -> Grey:
    height, width = grey.shape
    matrix = np.linalg.inv(untilt(clockwise_deg, width, height))
    return np.asarray(cv2.warpAffine(grey, matrix[:2], (width, height), borderValue=255), dtype=np.uint8)


PAGE = grey_of(painted().picture)
POINTS = ink_points(PAGE, 200)


class TestDecode:
    @pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "RGBA", "LA", "I;16", "CMYK"])
    def test_every_mode_of_white_paper_is_white(self, mode: str, tmp_path: Path) -> None:
        white = Image.new("L", (40, 30), 255)
        path = tmp_path / "page.tif"
        deep = Image.fromarray(np.full((30, 40), 65535, np.uint16))
        (deep if mode == "I;16" else white.convert(mode)).save(path)
        assert decode(str(path)).min() == 255

    def test_transparent_is_paper(self, tmp_path: Path) -> None:
        Image.new("RGBA", (40, 30), (0, 0, 0, 0)).save(tmp_path / "page.png")
        assert decode(str(tmp_path / "page.png")).min() == 255

    def test_exif_orientation_is_not_applied(self, tmp_path: Path) -> None:
        exif = Image.Exif()
        exif[0x0112] = 6
        Image.new("RGB", (40, 30), "white").save(tmp_path / "page.jpg", exif=exif)
        assert decode(str(tmp_path / "page.jpg")).shape == (30, 40, 3)

    @pytest.mark.parametrize("data", [b"", b"no image", b"\xff\xd8\xff\xe0"])
    def test_what_is_no_image_is_refused(self, data: bytes, tmp_path: Path) -> None:
        (tmp_path / "page.jpg").write_bytes(data)
        with pytest.raises(PageUnreadable):
            decode(str(tmp_path / "page.jpg"))

    def test_a_cut_image_is_refused(self, tmp_path: Path) -> None:
        path = tmp_path / "page.jpg"
        painted().picture.save(path)
        path.write_bytes(path.read_bytes()[:9000])
        with pytest.raises(PageUnreadable):
            decode(str(path))


class TestGeometry:
    @given(turn=st.sampled_from([0, 90, 180, 270]), angle=st.floats(-8, 8), x=st.floats(0, 800), y=st.floats(0, 1000))
    def test_a_point_comes_back_exactly(self, turn: int, angle: float, x: float, y: float) -> None:
        matrix = untilt(angle, 900, 1100) @ quarter_turn(turn, 900, 1100)
        point = Box(x, y, x, y)
        back = carried(carried(point, matrix), np.linalg.inv(matrix))
        assert math.dist((back.x0, back.y0), (x, y)) < 1e-6

    @pytest.mark.parametrize("turn", [0, 90, 180, 270])
    def test_quarter_turns_agree_with_the_pixels(self, turn: int) -> None:
        stored = np.zeros((30, 50), np.uint8)
        stored[4:9, 10:22] = 1
        y, x = np.nonzero(np.rot90(stored, -(turn // 90)))
        box = carried(Box(10, 4, 22, 9), quarter_turn(turn, 50, 30))
        assert (box.x0, box.y0, box.x1, box.y1) == (x.min(), y.min(), x.max() + 1, y.max() + 1)

    def test_boxes_end_at_the_page(self) -> None:
        assert within(Box(-5, 3, 120, 40), 100, 30) == Box(0, 3, 100, 30)


class TestSkew:
    @pytest.mark.parametrize("angle", [-6.0, -1.3, 0.6, 2.5])
    def test_the_lean_is_measured_clockwise(self, angle: float) -> None:
        assert tilt(ink_points(leaning(PAGE, angle), 200)) == pytest.approx(angle, abs=0.11)

    def test_straight_and_empty_pages_are_straight(self) -> None:
        assert abs(tilt(POINTS)) <= 0.05
        assert tilt(ink_points(np.full((800, 600), 255, np.uint8), 200)) == 0

    def test_only_sideways_pages_run_down(self) -> None:
        assert not runs_down(POINTS)
        assert not runs_down(ink_points(leaning(PAGE, 3), 200))
        assert runs_down(ink_points(np.ascontiguousarray(np.rot90(PAGE)), 200))

    @pytest.mark.parametrize("lean", [-2.0, 0.0, 1.5])
    def test_lines_stand_on_their_feet(self, lean: float) -> None:
        points = ink_points(leaning(PAGE, lean), 200)
        assert headiness(points, lean) < -0.003
        assert headiness(points.turned(180), lean) > 0.003

    @pytest.mark.parametrize("turn", [0, 90, 180, 270])
    def test_points_turn_as_the_pixels_do(self, turn: int) -> None:
        mine, other = POINTS.turned(turn), ink_points(np.ascontiguousarray(np.rot90(PAGE, -(turn // 90))), 200)
        assert (mine.height, mine.width) == (other.height, other.width)
        for name in ("x", "y"):
            a, b = getattr(mine, name), getattr(other, name)
            assert np.percentile(a, [5, 30, 60, 95]) == pytest.approx(np.percentile(b, [5, 30, 60, 95]), abs=2)

    def test_share_of_ink_inside_boxes(self) -> None:
        page = painted()
        boxes = [box for _, box in page.words]
        assert share_inside(POINTS, boxes) > 0.97
        assert share_inside(POINTS, boxes[:3]) < 0.1


class TestGround:
    def test_a_clean_page_is_left_alone(self) -> None:
        assert levelled(PAGE, 200) is PAGE

    def test_shadow_goes_and_text_stays(self) -> None:
        shade = np.linspace(1, 0.4, PAGE.shape[1])[None, :]
        flat = levelled((PAGE * shade).astype(np.uint8), 200)
        assert np.percentile(flat, 20) > 240
        assert flat[PAGE < 60].mean() < 90

    def test_dark_ink_is_left_alone(self) -> None:
        assert contrasted(PAGE, 200) is PAGE

    def test_pale_ink_is_made_dark_the_palest_most_and_the_other_side_goes(self) -> None:
        depth = np.linspace(0.15, 0.45, PAGE.shape[1])[None, :]
        faded = 250 - (250 - PAGE.clip(0, 250)) * depth
        ghost = 250 - (250 - PAGE[:, ::-1].clip(0, 250)) * 0.09
        dark = contrasted(np.minimum(faded, ghost).astype(np.uint8), 200)
        ink, (left, right) = PAGE < 60, np.split(np.arange(PAGE.shape[1]), [PAGE.shape[1] // 2])
        palest, darkest = dark[:, left][ink[:, left]].mean(), dark[:, right][ink[:, right]].mean()
        assert palest < 120
        assert abs(palest - darkest) < 60
        assert (dark[(PAGE > 245)] > 245).mean() > 0.99

    def test_paper_of_what_the_engine_gets_is_white_and_ink_as_it_was(self) -> None:
        dirty = np.minimum(PAGE, 236).astype(np.uint8)
        white = whitened(dirty)
        assert set(white[dirty > 225].tolist()) == {255}
        assert (white[dirty <= 225] == dirty[dirty <= 225]).all()
        reading = prepared(laid_out(dirty, 200, 200), 0, 200).grey
        assert not ((reading > 225) & (reading < 255)).any()

    def test_nothing_lies_outside_an_untilted_sheet(self) -> None:
        shaded = (leaning(PAGE, 3.0) * 0.6).astype(np.uint8)
        shaded[:, :3] = shaded[:3] = 40  # an edge that would be drawn out into stripes
        reading = prepared(laid_out(shaded, 200, 200), 0, 200)
        assert reading.tilt_deg == pytest.approx(3.0, abs=0.3)
        assert reading.grey[:20, :20].min() == 255


class TestMargins:
    def test_a_dark_lid_goes_and_words_stay(self) -> None:
        page = PAGE.copy()
        page[:30] = page[:, -24:] = 18
        cleaned = without_borders(page)
        assert cleaned[:30].min() > 200
        assert cleaned[:, -24:].min() > 200
        assert (cleaned[80:, :-80] == page[80:, :-80]).all()

    def test_a_page_without_one_is_left_alone(self) -> None:
        assert without_borders(PAGE) is PAGE


class TestRules:
    def test_rules_and_leaders_go_and_words_stay(self) -> None:
        page = PAGE.copy()
        page[1:4, :] = page[-40:-37, 100:-100] = page[:, 20:23] = 0
        for x in range(200, 900, 9):
            page[60:63, x : x + 3] = 0
        cleaned = without_rules(page, 200)
        assert (cleaned[:140] < 128).sum() < 10
        words = PAGE[200:-60] < 128
        assert (cleaned[200:-60][words] < 128).mean() > 0.995

    def test_a_page_without_them_is_left_alone(self) -> None:
        assert without_rules(PAGE, 200) is PAGE


class TestPhoto:
    CORNERS = np.array([[180.0, 150], [1000, 240], [960, 1270], [120, 1200]])

    def photo(self, table: int = 70) -> Grey:
        matrix, width, height = straightening(self.CORNERS, 100)
        sheet = cv2.resize(PAGE, (width, height))
        view = cv2.warpPerspective(sheet, np.linalg.inv(matrix), (1150, 1400), borderValue=table)
        return np.asarray(view, dtype=np.uint8)

    def test_the_page_is_found(self) -> None:
        found = page_corners(self.photo())
        assert found is not None
        assert np.abs(found - self.CORNERS).max() < 3

    def test_where_a_shadow_makes_it_darker_than_the_lit_table(self) -> None:
        photo = self.photo(table=115)
        shade = np.ones(photo.shape, np.float32)
        cv2.circle(shade, (150, 1300), 700, 0.4, -1)
        shaded = np.asarray(photo * cv2.GaussianBlur(shade, (0, 0), 60), dtype=np.uint8)
        assert np.median(shaded[1100:1150, 200:400]) < np.median(shaded[50:100])
        found = page_corners(shaded)
        assert found is not None
        assert np.abs(found - self.CORNERS).max() < 5

    def test_a_folded_corner_is_where_the_sides_would_meet(self) -> None:
        photo = self.photo()
        cv2.fillPoly(photo, [np.array([[1000, 240], [950, 238], [998, 290]])], 70)
        found = page_corners(photo)
        assert found is not None
        assert np.abs(found - self.CORNERS).max() < 3

    def test_a_scan_is_no_photo(self) -> None:
        assert page_corners(PAGE) is None
        bordered = np.pad(PAGE, ((0, 60), (0, 0)))
        assert page_corners(bordered) is None

    @pytest.mark.parametrize("shape", [(1, 1), (1, 900), (3, 2), (39, 400)])
    def test_a_strip_is_no_photo(self, shape: tuple[int, int]) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            assert page_corners(np.full(shape, 200, np.uint8)) is None

    def test_a_page_in_a_photo_of_many_pixels_is_brought_to_twice_the_reading_resolution(self) -> None:
        large = np.asarray(cv2.resize(self.photo(), None, fx=4.5, fy=4.5), dtype=np.uint8)
        sheet = laid_out(large, 300, 200)
        assert (sheet.is_photo, sheet.dpi) == (True, 400)
        assert sheet.grey.shape == (4677, 3307)

    def test_an_a4_sheet_gets_the_size_of_a4(self) -> None:
        _, width, height = straightening(self.CORNERS, 200)
        assert (width, height) == (1654, 2339)


class TestPage:
    def test_a_red_seal_fades_and_black_stays(self) -> None:
        pixels = np.full((20, 20, 3), 255, np.uint8)
        pixels[:10] = (215, 40, 45)
        pixels[10] = 0
        assert ink(pixels, 200)[:10].min() > 200
        assert ink(pixels, 200)[10].max() == 0

    @pytest.mark.parametrize("turn", [0, 1, 2, 3])
    def test_red_print_in_lines_stays_and_a_seal_fades(self, turn: int) -> None:
        pixels = np.full((1600, 1200, 3), 255, np.uint8)
        cv2.putText(pixels, "KHAI SINH", (300, 300), cv2.FONT_HERSHEY_DUPLEX, 2.4, (206, 34, 62), 6)
        cv2.circle(pixels, (700, 1100), 140, (206, 34, 62), 6)
        cv2.putText(pixels, "MAU", (650, 1100), cv2.FONT_HERSHEY_DUPLEX, 1.2, (206, 34, 62), 3)
        turned = np.rot90(ink(np.ascontiguousarray(np.rot90(pixels, turn)), 200), -turn)
        assert (turned[200:330, 280:900] < 100).sum() > 5_000
        assert (turned[900:] < 150).sum() == 0

    @pytest.mark.parametrize(("dpi", "turn", "lean"), [(200.0, 0, 0.0), (300.0, 90, 1.5), (100.0, 180, -2.0), (150.0, 270, 0.0)])
    def test_the_way_back_leads_to_the_stored_pixels(self, dpi: float, turn: int, lean: float) -> None:
        page = painted(dpi=dpi)
        stored = np.ascontiguousarray(np.rot90(leaning(grey_of(page.picture), lean), turn // 90))
        reading = prepared(laid_out(stored, dpi, 200), turn, 200)
        assert reading.tilt_deg == pytest.approx(lean, abs=0.15)
        there = np.linalg.inv(reading.to_stored)
        y, x = np.nonzero(stored < 100)
        moved = there @ np.vstack([x + 0.5, y + 0.5, np.ones(len(x))])
        under = reading.grey[moved[1].astype(int), moved[0].astype(int)]
        assert (under < 160).mean() > 0.9


class TestDecodeJpeg:
    """OpenCV's way to the pixels of a JPEG beside Pillow's."""

    PICTURE = Image.effect_noise((75, 53), 80).convert("RGB").resize((301, 211))

    def saved(self, path: Path, picture: Image.Image, **options: Any) -> str:
        picture.save(path, "JPEG", **options)
        return str(path)

    @pytest.mark.parametrize(
        "options", [{}, {"progressive": True}, {"subsampling": 0, "quality": 95}, {"keep_rgb": True}, {"quality": 30}]
    )
    def test_the_pixels_of_a_jpeg_are_pillows(self, options: dict[str, Any], tmp_path: Path) -> None:
        tinted = Image.merge("RGB", [*self.PICTURE.split()[:2], ImageOps.mirror(self.PICTURE.split()[2])])
        for picture in (tinted, tinted.convert("L")):
            if picture.mode == "L" and "keep_rgb" in options:
                continue
            path = self.saved(tmp_path / "page.jpg", picture, **options)
            with Image.open(path) as image:
                assert (decode(path) == np.asarray(image)).all()

    def test_exif_does_not_turn_it(self, tmp_path: Path) -> None:
        exif = Image.Exif()
        exif[274] = 6
        assert decode(self.saved(tmp_path / "page.jpg", self.PICTURE, exif=exif)).shape == (211, 301, 3)

    @pytest.mark.parametrize("left", [0.9, 0.5, 0.05])
    def test_a_jpeg_cut_off_is_unreadable(self, left: float, tmp_path: Path) -> None:
        path = tmp_path / "page.jpg"
        whole = Path(self.saved(path, self.PICTURE)).read_bytes()
        path.write_bytes(whole[: int(left * len(whole))])
        with pytest.raises(PageUnreadable):
            decode(str(path))

    def test_cmyk_goes_the_other_way(self, tmp_path: Path) -> None:
        path = self.saved(tmp_path / "page.jpg", self.PICTURE.convert("CMYK"))
        assert decode(path).shape == (211, 301, 3)
