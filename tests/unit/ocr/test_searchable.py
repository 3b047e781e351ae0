from __future__ import annotations

import hashlib
import io
import math
import subprocess
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pikepdf
import pypdfium2 as pdfium
import pytest
from fontTools.ttLib import TTFont
from PIL import Image, ImageCms

from ingest.model import PageImage
from ocr.errors import PageUnreadable, PdfNotWritten
from ocr.model import Box, DocumentInfo, Line, PageText, TextSource, Word
from ocr.options import CopyOptions, PageCodingKind
from ocr.pdfa.colour import srgb_profile
from ocr.pdfa.font import Glyphs
from ocr.pdfa.text import placed, readable
from ocr.searchable import build
from tests.unit.ocr.paper import page_image, painted

INFO = DocumentInfo(
    "Quyết định <số 1> & phụ lục", "Về việc thử", "UBND xã Mẫu", datetime(2026, 11, 20, 1, 2, 3, tzinfo=UTC), "ab" * 32
)


AS_STORED = CopyOptions(page_coding=PageCodingKind.OFF)


def built(folder: Path, pages: list[tuple[PageImage, PageText]], name: str = "out.pdf", options: CopyOptions = AS_STORED) -> Path:
    build(pages, str(folder / name), INFO, options)
    return folder / name


def empty(image: PageImage, turn_deg: int = 0) -> PageText:
    return PageText(image.width_px, image.height_px, image.dpi, (), TextSource.NONE, "none", turn_deg)


def shown(pdf: Path, dpi: float) -> Image.Image:
    document = pdfium.PdfDocument(pdf)
    picture = document[0].render(scale=dpi / 72).to_pil()
    document.close()
    return picture


def pdf_image(pdf: Path) -> Image.Image:
    with pikepdf.open(pdf) as opened:
        return pikepdf.PdfImage(opened.pages[0].Resources.XObject.Im0).as_pil_image().convert("1", dither=Image.Dither.NONE)


class TestImages:
    def test_jpeg_bytes_go_in_untouched(self, tmp_path: Path) -> None:
        image = painted(mode="RGB").saved(tmp_path / "page.jpg")
        with pikepdf.open(built(tmp_path, [(image, empty(image))])) as pdf:
            picture = pdf.pages[0].Resources.XObject.Im0
            assert picture.read_raw_bytes() == Path(image.path).read_bytes()
            assert (picture.Filter, picture.ColorSpace) == ("/DCTDecode", "/DeviceRGB")

    def test_bitonal_stays_bitonal_and_every_pixel_equal(self, tmp_path: Path) -> None:
        page = painted(mode="1")
        image = page.saved(tmp_path / "page.png")
        pdf = built(tmp_path, [(image, empty(image))])
        with pikepdf.open(pdf) as opened:
            assert opened.pages[0].Resources.XObject.Im0.Filter == "/CCITTFaxDecode"
        again = shown(pdf, page.dpi).convert("L").point(lambda value: 255 * (value > 127))
        fax = pdf_image(pdf)
        assert (np.asarray(fax) == np.asarray(page.picture)).all()
        assert again.getpixel((5, 5)) == 255

    def test_cmyk_becomes_rgb(self, tmp_path: Path) -> None:
        image = page_image(Image.new("RGB", (300, 400), "red"), tmp_path / "page.jpg", 100)
        Image.new("CMYK", (300, 400), (0, 255, 255, 0)).save(image.path)
        pdf = built(tmp_path, [(image, empty(image))])
        with pikepdf.open(pdf) as opened:
            assert opened.pages[0].Resources.XObject.Im0.ColorSpace == "/DeviceRGB"
        red, green, _ = shown(pdf, 72).convert("RGB").getpixel((50, 50))
        assert red > 150
        assert green < 90

    def test_a_jpeg_that_keeps_red_green_blue_goes_in_as_it_is(self, tmp_path: Path) -> None:
        page = painted(mode="RGB")
        image = page.saved(tmp_path / "page.jpg")
        page.picture.save(image.path, quality=95, keep_rgb=True)
        with pikepdf.open(built(tmp_path, [(image, empty(image))], options=CopyOptions())) as pdf:
            assert pdf.pages[0].Resources.XObject.Im0.read_raw_bytes() == Path(image.path).read_bytes()

    def test_a_wide_gamut_profile_is_kept(self, tmp_path: Path) -> None:
        profile = srgb_profile().replace(b"sRGB IEC61966-2.1", b"Display P3 (fake)")
        image = page_image(Image.new("RGB", (300, 400), "red"), tmp_path / "page.jpg", 100)
        Image.new("RGB", (300, 400), "red").save(image.path, icc_profile=profile)
        with pikepdf.open(built(tmp_path, [(image, empty(image))])) as pdf:
            space = pdf.pages[0].Resources.XObject.Im0.ColorSpace
            assert (space[0], space[1].N) == ("/ICCBased", 3)

    def test_what_is_no_image_is_refused(self, tmp_path: Path) -> None:
        image = page_image(Image.new("L", (300, 400)), tmp_path / "page.png", 100)
        Path(image.path).write_bytes(b"none")
        with pytest.raises(PageUnreadable):
            built(tmp_path, [(image, empty(image))])


class TestPages:
    def test_a_page_has_the_size_of_its_paper_and_is_shown_upright(self, tmp_path: Path) -> None:
        image = page_image(Image.new("L", (2480, 3508), 255), tmp_path / "page.png", 300)
        with pikepdf.open(built(tmp_path, [(image, empty(image, 90))])) as pdf:
            assert [float(side) for side in pdf.pages[0].MediaBox] == pytest.approx([0, 0, 595.2, 841.92])
            assert pdf.pages[0].Rotate == 90

    def test_equal_input_gives_equal_bytes(self, tmp_path: Path) -> None:
        page = painted()
        pages = [(page.saved(tmp_path / "page.png"), page.page_text())]
        first, second = (hashlib.sha256(built(tmp_path, pages, name).read_bytes()).hexdigest() for name in ("a.pdf", "b.pdf"))
        assert first == second

    def test_many_pages_in_parts_are_the_same_document(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        page = painted()
        image = page.saved(tmp_path / "page.png")
        pages = [(image, page.page_text()), (image, empty(image, 180)), (image, page.page_text())]
        whole = built(tmp_path, pages, "whole.pdf")
        monkeypatch.setattr("ocr.searchable._PART_PAGES", 1)
        parts = built(tmp_path, pages, "parts.pdf")
        with pikepdf.open(whole) as one, pikepdf.open(parts) as other:
            assert len(one.pages) == len(other.pages) == 3
            for left, right in zip(one.pages, other.pages, strict=True):
                assert left.Contents.read_bytes() == right.Contents.read_bytes()
                assert left.get("/Rotate") == right.get("/Rotate")
                assert right.Resources.Font.F0.Subtype == "/Type0"
        assert sorted(path.name for path in tmp_path.iterdir()) == ["page.png", "parts.pdf", "whole.pdf"]

    def test_a_place_that_cannot_be_written_is_a_coded_error(self, tmp_path: Path) -> None:
        image = page_image(Image.new("L", (300, 400), 255), tmp_path / "page.png", 100)
        with pytest.raises(PdfNotWritten):
            build([(image, empty(image))], str(tmp_path / "none" / "out.pdf"), INFO)

    def test_what_the_document_says_about_itself(self, tmp_path: Path) -> None:
        image = page_image(Image.new("L", (300, 400), 255), tmp_path / "page.png", 100)
        with pikepdf.open(built(tmp_path, [(image, empty(image))])) as pdf:
            with pdf.open_metadata() as meta:
                assert meta["dc:title"] == INFO.title
                assert meta["dc:source"] == f"urn:sha256:{INFO.source_sha256}"
                assert (meta["pdfaid:part"], meta["pdfaid:conformance"]) == ("2", "B")
                assert meta["xmp:CreateDate"] == "2026-11-20T01:02:03+00:00"
            assert str(pdf.Root.Lang) == "vi"
            with pdf.open_outline() as outline:
                assert [entry.title for entry in outline.root] == [INFO.title]


class TestText:
    def test_the_text_is_the_page_text_in_pdfium_too(self, tmp_path: Path) -> None:
        page = painted()
        pdf = built(tmp_path, [(page.saved(tmp_path / "page.png"), page.page_text())])
        document = pdfium.PdfDocument(pdf)
        text = document[0].get_textpage().get_text_range().replace("\r\n", "\n")
        document.close()
        assert [line.rstrip() for line in text.splitlines()] == list(page.lines)

    def test_words_of_one_letter_and_words_that_touch_are_words_in_every_viewer(self, tmp_path: Path) -> None:
        image = page_image(Image.new("L", (900, 400), 255), tmp_path / "page.png", 100)
        places = {"-": (50, 60), "Kế": (70, 110), "hoạch": (111, 190), "2": (190, 200), "I": (230, 236)}
        words = tuple(Word(text, Box(x0, 50, x1, 80), 1) for text, (x0, x1) in places.items())
        text = replace(empty(image), lines=(Line(words, Box(50, 50, 236, 80)),), source=TextSource.OCR)
        pdf = built(tmp_path, [(image, text)])
        document = pdfium.PdfDocument(pdf)
        assert document[0].get_textpage().get_text_range().split() == list(places)
        document.close()
        for order in ([], ["-raw"], ["-layout"]):
            seen = subprocess.run(["pdftotext", *order, pdf, "-"], capture_output=True, encoding="utf-8", check=True).stdout
            assert seen.split() == list(places)

    def test_characters_beyond_the_basic_plane_and_broken_ones(self, tmp_path: Path) -> None:
        image = page_image(Image.new("L", (900, 400), 255), tmp_path / "page.png", 100)
        words = tuple(
            Word(text, Box(50 + 200 * n, 50, 200 + 200 * n, 80), 1) for n, text in enumerate(("𠀀字", "a\ud800\x00b", "Đ\u0323"))
        )
        text = replace(empty(image), lines=(Line(words, Box(50, 50, 600, 80)),), source=TextSource.OCR)
        document = pdfium.PdfDocument(built(tmp_path, [(image, text)]))
        assert document[0].get_textpage().get_text_range().split() == ["𠀀字", "ab", "Đ\u0323"]
        document.close()

    def test_readable(self) -> None:
        assert readable("e\u0302\u0301\x00\ufeff") == "ế"

    @pytest.mark.parametrize("turn", [0, 90, 180, 270])
    @pytest.mark.parametrize("lean", [-4.0, 0.0, 2.5])
    def test_a_leaning_word_is_found_in_its_hull(self, turn: int, lean: float) -> None:
        width, height, angle = 120.0, 30.0, math.radians(lean - turn)
        corners = [(x * math.cos(angle) - y * math.sin(angle), x * math.sin(angle) + y * math.cos(angle))
                   for x in (-width / 2, width / 2) for y in (-height / 2, height / 2)]  # fmt: skip
        xs, ys = [400 + x for x, _ in corners], [300 + y for _, y in corners]
        page = PageText(800, 600, 72, (), TextSource.OCR, "", turn, lean)
        found = placed(Box(min(xs), min(ys), max(xs), max(ys)), page)
        assert (found.width, found.height) == pytest.approx((width, height))


class TestParts:
    def test_the_profile_is_srgb(self) -> None:
        ours = ImageCms.ImageCmsProfile(io.BytesIO(srgb_profile()))
        colours = Image.fromarray(np.random.default_rng(1).integers(0, 256, (64, 64, 3), np.uint8))
        again = ImageCms.profileToProfile(colours, ours, ImageCms.createProfile("sRGB"))
        assert np.abs(np.asarray(again).astype(int) - np.asarray(colours)).max() <= 2

    def test_the_profile_does_not_change(self) -> None:
        digest = hashlib.sha256(srgb_profile()).hexdigest()
        assert digest == "f9f763f0c9c886273d104df65f27dadf5feba797c3a330bfcc335195ef7ffa4a"

    def test_every_character_has_a_glyph_of_its_own(self, tmp_path: Path) -> None:
        glyphs = Glyphs.of(["ướt", "Ự"])
        assert list(glyphs.codes) == sorted({" ", *"ướtỰ"})
        page = painted()
        with pikepdf.open(built(tmp_path, [(page.saved(tmp_path / "page.png"), page.page_text())])) as pdf:
            font = pdf.pages[0].Resources.Font.F0.DescendantFonts[0].FontDescriptor.FontFile2.read_bytes()
        assert len(TTFont(io.BytesIO(font)).getGlyphOrder()) == 2 + len(set(page.text) - set(" \n"))
