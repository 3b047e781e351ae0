"""Marks of state secrecy are found as stamps and in print, and nothing else is taken for one."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from api.demo.painter.papers import paint
from api.demo.painter.spoil import secrecy
from api.demo.painter.spoil.conditions import spoil
from ocr.model import Box, SecrecyLevel
from ocr.options import ReadOptions
from ocr.prepare.decode import decode
from ocr.recognise import read_page
from ocr.secrecy import Seen, printed, stamped
from ocr.stamps import stamp_on
from tests.unit.ocr.paper import page_image

OPTIONS = ReadOptions()
HEIGHT = 2000.0


def line(text: str, y: float = 300, gap: float = 12, start: float = 300) -> list[Seen]:
    """Words of one line, `gap` pixels apart; `|` puts a wide gap."""
    seen, x = [], start
    for word in text.split():
        if word == "|":
            x += 80
            continue
        width = 20.0 * len(word)
        seen.append(Seen(word, Box(x, y, x + width, y + 34), y))
        x += width + gap
    return seen


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("MẬT", SecrecyLevel.MAT),
        ("TỐI MẬT", SecrecyLevel.TOI_MAT),
        ("TUYỆT MẬT", SecrecyLevel.TUYET_MAT),
        ("TUYỆTMẬT", SecrecyLevel.TUYET_MAT),
        ("(MẬT)", SecrecyLevel.MAT),
        ("MẬT | Số: 12/BC-UBND", SecrecyLevel.MAT),
        ("Độ mật: Tối mật", SecrecyLevel.TOI_MAT),
        ("Mức độ mật: MẬT", SecrecyLevel.MAT),
    ],
)
def test_print_at_the_place_of_the_mark_is_one(text: str, level: SecrecyLevel) -> None:
    found = printed(line(text), HEIGHT)
    assert found is not None
    assert (found.level, found.framed) == (level, False)


@pytest.mark.parametrize(
    "text",
    [
        "bí mật kinh doanh",
        "QUY CHẾ BẢO VỆ BÍ MẬT NHÀ NƯỚC",
        "mật",
        "Mật độ xây dựng",
        "MẬT ĐỘ DÂN SỐ",
        "MẶT TRƯỚC",
        "Độ mật: Thường",
        "Số: 12/QĐ-UBND",
        "NGUYỄN VĂN MẬT",
        "MẮT",
        "MẶT",
    ],
)
def test_the_word_alone_is_no_mark(text: str) -> None:
    assert printed(line(text), HEIGHT) is None


def test_print_in_the_lower_part_is_no_mark() -> None:
    assert printed(line("MẬT", y=1500), HEIGHT) is None


@pytest.mark.parametrize(
    ("texts", "level"),
    [
        (("MẬT",), SecrecyLevel.MAT),
        (("MẠT",), SecrecyLevel.MAT),
        (("TÔI", "MAT"), SecrecyLevel.TOI_MAT),
        (("TUYẸT", "MẬI"), SecrecyLevel.TUYET_MAT),
        (("ĐẾN",), None),
        (("HỎA", "TỐC"), None),
        (("KHẨN",), None),
        (("BẢN", "SAO"), None),
        (("Số:", "12"), None),
        ((), None),
    ],
)
def test_what_stands_in_a_frame(texts: tuple[str, ...], level: SecrecyLevel | None) -> None:
    assert stamped(texts) is level


@pytest.mark.parametrize("ink", [secrecy.RED_INK, secrecy.BLACK_INK], ids=["red", "black"])
@pytest.mark.parametrize(("words", "level"), list(zip(secrecy.STAMPS_MM, SecrecyLevel, strict=True)))
def test_a_stamp_is_found_where_it_stands(words: str, level: SecrecyLevel, ink: tuple[int, int, int], tmp_path: Path) -> None:
    seed = len(words)
    page = spoil(secrecy.stamped(paint("notice", seed, 200)[0], np.random.default_rng(seed), words, ink), ["scanner"], seed)
    image = page_image(page.image, tmp_path / "page.png", page.dpi)
    found = stamp_on(decode(image.path), image, 0, OPTIONS)
    assert found is not None
    assert (found.level, found.framed) == (level, True)
    assert found.box.y1 < 0.5 * image.height_px
    assert stamp_on(np.asarray(paint("notice", seed, 200)[0].image), image, 0, OPTIONS) is None


def test_a_page_with_a_stamp_says_so_upside_down_too(tmp_path: Path) -> None:
    page = secrecy.stamped(paint("letter", 3, 150)[0], np.random.default_rng(3), "TỐI MẬT")
    text = read_page(page_image(page.image.rotate(180), tmp_path / "page.png", page.dpi), OPTIONS)
    assert text.secrecy is not None
    assert text.secrecy.level is SecrecyLevel.TOI_MAT
    assert text.secrecy.box.y0 > 0.5 * text.height_px  # where it stands on the stored page
