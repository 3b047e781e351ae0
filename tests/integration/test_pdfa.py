"""Outside judges of the searchable PDF: veraPDF (PDF/A-2b), qpdf (structure), poppler (text and its places)."""

from __future__ import annotations

import math
import re
import subprocess
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import numpy as np
import pikepdf
import pypdfium2
import pytest
from PIL import Image, ImageDraw

from ingest.model import PageImage
from ocr.layers.guard import similarity
from ocr.layers.model import Area, Coding
from ocr.model import Box, Line, PageText, TextSource, Word
from ocr.options import CopyOptions, PageCodingKind
from ocr.prepare.geometry import carried, quarter_turn, untilt
from ocr.searchable import build
from tests.unit.ocr.paper import Painted, painted
from tests.unit.ocr.test_searchable import INFO
from tests.world.verapdf import validate

pytestmark = pytest.mark.slow


def lying(page: Painted, path: Path, turn_deg: int, lean_deg: float) -> tuple[PageImage, PageText]:
    """The painted page as a scanner would have delivered it, with its true text in stored pixels."""
    width, height = page.picture.size
    to_upright = np.linalg.inv(untilt(lean_deg, width, height))
    stored_size = (height, width) if turn_deg % 180 else (width, height)
    to_stored = np.linalg.inv(quarter_turn(turn_deg, *stored_size)) @ to_upright
    picture = page.picture.rotate(-lean_deg, fillcolor=255, resample=Image.Resampling.BICUBIC).rotate(turn_deg, expand=True)
    image = replace(page, picture=picture).saved(path)
    truth = page.page_text()
    lines = []
    for line in truth.lines:
        words = tuple(Word(word.text, carried(word.box, to_stored), 1.0) for word in line.words)
        lines.append(Line(words, carried(line.box, to_stored)))
    text = PageText(*picture.size, page.dpi, tuple(lines), TextSource.OCR, "truth", turn_deg, lean_deg)
    return image, text


def poppler_words(pdf: Path, dpi: float) -> list[tuple[str, Box]]:
    """Words as poppler sees them, boxes in pixels of the page as shown."""
    done = subprocess.run(["pdftotext", "-bbox", str(pdf), "-"], check=True, capture_output=True)
    scale = dpi / 72
    found = []
    for word in ET.fromstring(done.stdout).iter("{http://www.w3.org/1999/xhtml}word"):
        sides = [float(word.attrib[side]) * scale for side in ("xMin", "yMin", "xMax", "yMax")]
        found.append((word.text or "", Box(*sides)))
    return found


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
@pytest.mark.parametrize("lean", [0.0, 1.4, -3.0])
def test_words_lie_over_the_pixels_and_read_as_the_page(turn: int, lean: float, tmp_path: Path) -> None:
    page = painted()
    image, text = lying(page, tmp_path / "page.png", turn, lean)
    pdf = tmp_path / "page.pdf"
    build([(image, text)], str(pdf), INFO)
    shown = quarter_turn(turn, image.width_px, image.height_px)
    expected = [(word.text, carried(word.box, shown), carried(line.box, shown)) for line in text.lines for word in line.words]
    found = poppler_words(pdf, page.dpi)
    assert sorted(word for word, _ in found) == sorted(word for word, _, _ in expected)
    for word, true, line in expected:
        box = min((box for text, box in found if text == word), key=lambda box: abs(box.x0 - true.x0) + abs(box.y0 - true.y0))
        assert abs(box.x0 - true.x0) <= 2, word
        assert abs(box.x1 - true.x1) <= 2, word
        drop = (true.x1 - true.x0) * math.tan(math.radians(abs(lean))) / 2  # inside the word, which is written level
        assert line.y0 - 2 <= box.y0 <= true.y0 + 2 + drop, word
        assert true.y1 - 2 - drop <= box.y1 <= line.y1 + 2, word
    # By default poppler cuts leaning lines where they have sunk by a line, whoever wrote them; in their order they are whole.
    command = ["pdftotext", *(["-raw"] if lean else []), str(pdf), "-"]
    plain = subprocess.run(command, check=True, capture_output=True, encoding="utf-8").stdout
    assert [text for text in plain.replace("\f", "").splitlines() if text] == list(page.lines)


def test_every_kind_of_page_image_is_pdf_a(tmp_path: Path) -> None:
    files = []
    for mode, suffix in (("RGB", "jpg"), ("L", "jpg"), ("L", "png"), ("1", "png"), ("1", "tif"), ("RGB", "png")):
        page = painted(mode=mode)
        image = page.saved(tmp_path / f"{mode}.{suffix}")
        out = tmp_path / f"{mode}-{suffix}.pdf"
        build([(image, page.page_text()), (image, replace(page.page_text(90), lines=()))], str(out), INFO)
        files.append(out)
    strange = painted(mode="RGB")
    Image.new("CMYK", strange.picture.size).save(tmp_path / "cmyk.jpg")
    image = replace(strange.saved(tmp_path / "plain.jpg"), path=str(tmp_path / "cmyk.jpg"))
    build([(image, strange.page_text())], str(tmp_path / "cmyk.pdf"), INFO)
    empty = replace(INFO, title="", subject="\x0b", creator="A\ud800 & <b>")
    build([(image, strange.page_text())], str(tmp_path / "odd-info.pdf"), empty)
    files += [tmp_path / "cmyk.pdf", tmp_path / "odd-info.pdf"]
    assert validate(files) == {str(path): [] for path in files}
    for path in files:
        checked = subprocess.run(["qpdf", "--check", str(path)], capture_output=True, encoding="utf-8", check=False)
        assert checked.returncode == 0, checked.stdout + checked.stderr
        fonts = subprocess.run(["pdffonts", str(path)], capture_output=True, encoding="utf-8", check=True).stdout
        assert re.search(r"Glyphless\s+CID TrueType\s+Identity-H\s+yes yes yes", fonts)


def test_layers_look_like_the_scan_in_poppler_and_pdfium(tmp_path: Path) -> None:
    page = painted(mode="RGB", dpi=300)
    ImageDraw.Draw(page.picture).ellipse((700, 400, 1000, 700), outline=(200, 20, 40), width=6)
    image, grey = page.saved(tmp_path / "page.jpg"), painted(dpi=300).saved(tmp_path / "grey.jpg")
    pdf, again, off = tmp_path / "layers.pdf", tmp_path / "again.pdf", tmp_path / "stored.pdf"
    codings = build([(image, page.page_text()), (grey, page.page_text())], str(pdf), INFO)
    build([(image, page.page_text()), (grey, page.page_text())], str(again), INFO)
    build([(image, page.page_text())], str(off), INFO, CopyOptions(page_coding=PageCodingKind.OFF))
    assert [coding.coding for coding in codings] == [Coding.LAYERED, Coding.LAYERED]
    assert validate([pdf, off]) == {str(pdf): [], str(off): []}
    assert pdf.read_bytes() == again.read_bytes()
    with pikepdf.open(pdf) as opened, opened.open_metadata() as meta:
        assert meta["{urn:sohoa:digitised-copy:1}PageCoding"] == [coding.said for coding in codings]
    scanned = np.asarray(Image.open(image.path).convert("L"))
    seal, writing = Area(690, 390, 1010, 710), Area(300, 300, 2000, 390)
    for drawn in (by_poppler(pdf, tmp_path), by_pdfium(pdf)):
        assert np.asarray(drawn).shape[:2] == scanned.shape
        assert similarity(scanned, np.asarray(drawn.convert("L")), [seal]) >= 0.98
        assert similarity(scanned, np.asarray(drawn.convert("L")), [writing]) >= 0.98
        red, green, _ = drawn.getpixel((850, 402))
        assert red - green > 120
    for drawn in (by_poppler(off, tmp_path), by_pdfium(off)):  # the stored pixels, not stretched by a rounding error
        assert similarity(scanned, np.asarray(drawn.convert("L"))) > 0.999


def by_poppler(pdf: Path, folder: Path) -> Image.Image:
    subprocess.run(["pdftoppm", "-r", "300", "-png", "-f", "1", "-singlefile", str(pdf), str(folder / "shown")], check=True)
    return Image.open(folder / "shown.png").convert("RGB")


def by_pdfium(pdf: Path) -> Image.Image:
    document = pypdfium2.PdfDocument(pdf)
    shown = document[0].render(scale=300 / 72).to_pil().convert("RGB")
    document.close()
    return shown


def test_the_judge_finds_what_is_wrong(tmp_path: Path) -> None:
    page = painted()
    out = tmp_path / "page.pdf"
    build([(page.saved(tmp_path / "page.png"), page.page_text())], str(out), INFO)
    broken = tmp_path / "broken.pdf"
    broken.write_bytes(out.read_bytes().replace(b"<pdfaid:part>2<", b"<pdfaid:part>7<"))
    (tmp_path / "none.pdf").write_bytes(b"no PDF")
    verdicts = validate([out, broken, tmp_path / "none.pdf"])
    assert verdicts[str(out)] == []
    assert any("6.6.4" in line for line in verdicts[str(broken)])
    assert verdicts[str(tmp_path / "none.pdf")]
