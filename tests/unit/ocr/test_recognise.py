"""Real Tesseract on a few small painted pages; bigger measurements live outside the unit tests."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import segno
from PIL import Image

from ocr.engines import tesseract
from ocr.engines.choice import engine as chosen
from ocr.engines.kept import KeptEngine
from ocr.engines.tesseract import ProgramEngine
from ocr.engines.together import TogetherEngine
from ocr.engines.words import Engine
from ocr.errors import EngineMissing, PageTimeout
from ocr.measure import cer
from ocr.model import PageText, TextSource
from ocr.options import EngineKind, ReadOptions
from ocr.recognise import read_page
from tests.unit.ocr.paper import Painted, page_image, painted

OPTIONS = ReadOptions()


def worst_distance(page: Painted, text: PageText) -> float:
    """The largest distance in pixels between a word's true sides and those read, over words read right."""
    truth = {word: box for word, box in page.words if sum(other == word for other, _ in page.words) == 1}
    read = [word for line in text.lines for word in line.words if word.text in truth]
    assert len(read) > 0.8 * len(truth)
    sides = [[abs(getattr(word.box, s) - getattr(truth[word.text], s)) for s in ("x0", "y0", "x1", "y1")] for word in read]
    return float(np.max(sides))


def test_a_page_is_read_where_it_stands(tmp_path: Path) -> None:
    page = painted(dpi=300)
    text = read_page(page.saved(tmp_path / "page.png"), OPTIONS)
    assert cer(page.text, text.text) < 0.02
    assert (text.source, text.turn_deg, text.skew_deg) == (TextSource.OCR, 0, 0.0)
    assert text.engine.startswith("tesseract 5")
    assert text.secrecy is None
    assert 0.8 < text.confidence <= 1
    assert worst_distance(page, text) < 5


def test_an_upside_down_photo_in_colour_without_turn_is_turned(tmp_path: Path) -> None:
    page = painted(mode="RGB")
    text = read_page(page_image(page.picture.rotate(180), tmp_path / "page.jpg", page.dpi), OPTIONS)
    assert text.turn_deg == 180
    assert cer(page.text, text.text) < 0.02


@pytest.mark.parametrize("turn", [90, 270])
def test_a_sideways_bitonal_page_is_turned_and_keeps_stored_boxes(turn: int, tmp_path: Path) -> None:
    page = painted(mode="1")
    sideways = page.picture.rotate(turn, expand=True)
    text = read_page(page_image(sideways, tmp_path / "page.tif", page.dpi), OPTIONS)
    assert text.turn_deg == turn
    assert cer(page.text, text.text) < 0.03
    first = text.lines[0].words[0].box
    middle = (first.x0 + first.x1) / 2 / sideways.width, (first.y0 + first.y1) / 2 / sideways.height
    assert middle == pytest.approx((0.28, 0.85) if turn == 90 else (0.72, 0.15), abs=0.04)


def test_the_turn_a_file_asks_for_is_taken_first(tmp_path: Path) -> None:
    page = painted()
    image = page_image(page.picture.rotate(90, expand=True), tmp_path / "page.png", page.dpi, exif_turn_deg=90)
    text = read_page(image, OPTIONS)
    assert text.turn_deg == 90
    assert cer(page.text, text.text) < 0.02


def test_a_blank_page_has_no_words_and_keeps_its_asked_turn(tmp_path: Path) -> None:
    blank = Image.new("L", (600, 800), 255)
    text = read_page(page_image(blank, tmp_path / "page.png", 100, exif_turn_deg=270), OPTIONS)
    assert (text.lines, text.source, text.turn_deg, text.confidence) == ((), TextSource.NONE, 270, 0.0)


def test_codes_are_read(tmp_path: Path) -> None:
    sheet = Image.new("L", (900, 700), 255)
    code = segno.make("037099000123||Nguyễn Văn A", error="m")
    code.save(str(tmp_path / "code.png"), scale=5, border=4)
    with Image.open(tmp_path / "code.png") as picture:
        sheet.paste(picture.convert("L"), (500, 100))
    text = read_page(page_image(sheet, tmp_path / "page.png", 150), OPTIONS)
    assert [found.text for found in text.codes] == ["037099000123||Nguyễn Văn A"]
    assert text.codes[0].format == "QRCode"
    assert text.codes[0].box.x0 > 500


@pytest.fixture(params=[ProgramEngine, KeptEngine, TogetherEngine])
def engine(request: pytest.FixtureRequest) -> Engine:
    """All engines behind the port, each alone."""
    made: Engine = request.param()
    return made


class TestEngines:
    WHITE = np.full((100, 100), 255, np.uint8)

    def test_missing_language_data_says_which(self, engine: Engine) -> None:
        with pytest.raises(EngineMissing, match="tesseract-ocr-xyz"):
            engine.read(self.WHITE, 200, "xyz", 30)

    def test_too_long_and_then_as_before(self, engine: Engine) -> None:
        page = np.asarray(painted().picture)
        with pytest.raises(PageTimeout):
            engine.read(page, 200, "vie", 0.01)
        assert len(engine.read(page, 200, "vie", 30)) > 20

    def test_nothing_on_white(self, engine: Engine) -> None:
        assert engine.read(self.WHITE, 200, "vie", 30) == ()
        assert engine.upright_turn(self.WHITE, 200, 30) is None

    def test_a_page_is_read_alike_whatever_was_read_before(self, engine: Engine) -> None:
        page = np.asarray(painted().picture)
        first = engine.read(page, 200, "vie", 30)
        engine.read(np.ascontiguousarray(page[::-1]), 200, "vie", 30)
        assert engine.read(page, 200, "vie", 30) == first

    @pytest.mark.parametrize("turn", [0, 90, 180, 270])
    def test_all_propose_the_same_turn(self, engine: Engine, turn: int) -> None:
        turned = np.ascontiguousarray(np.rot90(np.asarray(painted().picture), turn // 90))
        assert engine.upright_turn(turned, 200, 30) == turn


class TestProgram:
    def test_missing_program(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("pytesseract.pytesseract.tesseract_cmd", "no-such-program")
        with pytest.raises(EngineMissing):
            ProgramEngine().read(TestEngines.WHITE, 200, "vie", 30)

    def test_what_is_installed(self) -> None:
        assert tesseract.version()[0].isdigit()
        assert {"vie", "osd"} <= set(tesseract.languages())


class TestChoice:
    def test_kept_where_it_can_be(self) -> None:
        assert isinstance(chosen(EngineKind.AUTO), TogetherEngine)
        assert isinstance(chosen(EngineKind.LIBRARY), KeptEngine)
        assert isinstance(chosen(EngineKind.PROGRAM), ProgramEngine)

    def test_without_language_data_the_program_says_what_is_missing(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("ocr.engines.kept.is_there", lambda: False)
        assert isinstance(chosen(EngineKind.AUTO), ProgramEngine)
