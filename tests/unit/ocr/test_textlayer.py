from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pikepdf
import pypdfium2 as pdfium
import pytest
from PIL import ImageChops

from ingest.model import ColourMode, DpiSource, PageImage, PageOrigin
from ocr.engines import textlayer
from ocr.language import legacy
from ocr.measure import cer
from ocr.model import DocumentInfo, TextSource
from ocr.options import ReadOptions
from ocr.recognise import read_page
from ocr.searchable import build
from tests.unit.ocr.paper import Painted, painted
from tests.unit.ocr.test_searchable import INFO

SHARED = Path(os.environ.get("SOHOA_SHARED", str(Path(__file__).parents[3].parent / "shared"))) / "scans"
needs_scans = pytest.mark.skipif(not SHARED.is_dir(), reason=f"no shared scans at {SHARED}: set SOHOA_SHARED")


def layered(folder: Path, *, turn_deg: int = 0, info: DocumentInfo = INFO) -> tuple[Painted, PageImage, str]:
    """A scan with a good text layer, as another program would have made it: our own searchable PDF."""
    page = painted()
    image = page.saved(folder / "page.png")
    build([(image, page.page_text())], str(folder / "page.pdf"), info)
    if turn_deg:
        with pikepdf.open(folder / "page.pdf", allow_overwriting_input=True) as pdf:
            pdf.pages[0].obj.Rotate = turn_deg
            pdf.save()
    image = replace(image, has_text_layer=True, origin=PageOrigin.EMBEDDED, exif_turn_deg=turn_deg)
    return page, image, str(folder / "page.pdf")


def rendered(pdf: Path, folder: Path, dpi: float = 150) -> PageImage:
    document = pdfium.PdfDocument(pdf)
    document.init_forms()
    picture = document[0].render(scale=dpi / 72, may_draw_forms=True).to_pil().convert("RGB")
    document.close()
    picture.save(folder / "rendered.png")
    path = str(folder / "rendered.png")
    return PageImage(
        index=0,
        path=path,
        media_type="image/png",
        width_px=picture.width,
        height_px=picture.height,
        dpi=dpi,
        dpi_source=DpiSource.RENDERED,
        colour=ColourMode.COLOUR,
        origin=PageOrigin.RENDERED,
        has_text_layer=True,
    )


@pytest.mark.parametrize("turn", [0, 90])
def test_boxes_of_a_good_layer_are_in_stored_pixels(turn: int, tmp_path: Path) -> None:
    page, image, pdf = layered(tmp_path, turn_deg=turn)
    if turn:  # the layer stands sideways on the turned page, so it is not taken
        assert textlayer.layer_words(pdf, image) == ()
        return
    text = read_page(image, ReadOptions(), pdf)
    assert (text.source, text.text) == (TextSource.TEXT_LAYER, page.text)
    for word, (_, box) in zip((w for line in text.lines for w in line.words), page.words, strict=True):
        assert word.box.x0 == pytest.approx(box.x0, abs=2)
        assert word.box.x1 == pytest.approx(box.x1, abs=2)


def test_a_layer_elsewhere_than_the_ink_is_refused(tmp_path: Path) -> None:
    page, image, pdf = layered(tmp_path)
    moved = replace(image, path=str(tmp_path / "moved.png"))
    ImageChops.offset(page.picture, 0, round(0.16 * page.dpi)).save(moved.path)
    assert read_page(moved, ReadOptions(), pdf).source is TextSource.OCR


def test_a_layer_in_tcvn3_codes_is_converted(tmp_path: Path) -> None:
    page, image, pdf = layered(tmp_path)
    old = {ord(letter): chr(code) for code, letter in legacy.TCVN3.items() if isinstance(letter, str)}
    text = page.page_text()
    lines = tuple(
        replace(line, words=tuple(replace(word, text=word.text.translate(old)) for word in line.words)) for line in text.lines
    )
    build([(image, replace(text, lines=lines))], pdf, INFO)
    read = read_page(image, ReadOptions(), pdf)
    assert (read.source, read.engine.rsplit(" ", maxsplit=1)[-1]) == (TextSource.TEXT_LAYER, "TCVN3")
    assert cer(page.text, read.text) < 0.03  # capitals are a matter of fonts in this code


def test_a_broken_pdf_has_no_layer(tmp_path: Path) -> None:
    _, image, _ = layered(tmp_path)
    (tmp_path / "broken.pdf").write_bytes(b"%PDF-1.7\nnothing")
    assert textlayer.layer_words(str(tmp_path / "broken.pdf"), image) == ()
    assert textlayer.layer_words(str(tmp_path / "page.pdf"), replace(image, index=7)) == ()


@needs_scans
def test_a_born_digital_signed_page_gives_its_text_with_the_stamped_number(tmp_path: Path) -> None:
    source = SHARED / "signed" / "personal-then-agency-born-digital-2024.pdf"
    text = read_page(rendered(source, tmp_path), ReadOptions(), str(source))
    assert text.source is TextSource.TEXT_LAYER
    assert "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM" in text.text
    assert "542" in text.text
    assert "ngày 06 tháng 11 năm 2024" in text.text


@needs_scans
@pytest.mark.slow
def test_a_garbage_layer_is_refused_and_read_anew(tmp_path: Path) -> None:
    source = SHARED / "pdf" / "scan-bitonal-with-garbage-text-layer.pdf"
    text = read_page(rendered(source, tmp_path, 200), ReadOptions(), str(source))
    assert text.source is TextSource.OCR
    assert "BỘ CÔNG THƯƠNG" in text.text


@needs_scans
@pytest.mark.slow
def test_the_text_of_a_signature_is_not_the_text_of_its_scan(tmp_path: Path) -> None:
    source = SHARED / "signed" / "two-signatures-2025.pdf"
    text = read_page(rendered(source, tmp_path, 200), ReadOptions(), str(source))
    assert text.source is TextSource.OCR
    assert "Sở Giao thông vận tải" in text.text
