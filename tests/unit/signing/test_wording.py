"""The lời chứng: templates as data, dates in words, which template holds when."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from signing.certify_errors import BadWording
from signing.grounds import grounds
from signing.number_words import date_words, number_words
from signing.wording import WordingFacts, wording_named, wording_on

FACTS = WordingFacts(
    "07", "01/2026-SCTĐT/BS", date(2026, 2, 4), "UBND xã Tân Phước", "Giấy khai sinh", 2, "Trần Thị Thử", "CHỦ TỊCH"
)
OWN = """
id = "own-2027"
verified = true
legal_basis = "Nghị định mới"
valid_from = 2027-01-01
heading = "LỜI CHỨNG"
lines = ["Số {number}, {book}, {certifier_title} {certifier}"]
signer_heading = "NGƯỜI KÝ"
agency_heading = "CƠ QUAN"
qr_caption = "Tra cứu"
"""


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, "không"),
        (5, "năm"),
        (10, "mười"),
        (14, "mười bốn"),
        (15, "mười lăm"),
        (20, "hai mươi"),
        (21, "hai mươi mốt"),
        (24, "hai mươi tư"),
        (25, "hai mươi lăm"),
        (101, "một trăm linh một"),
        (111, "một trăm mười một"),
        (2000, "hai nghìn"),
        (2005, "hai nghìn không trăm linh năm"),
        (2026, "hai nghìn không trăm hai mươi sáu"),
        (2115, "hai nghìn một trăm mười lăm"),
    ],
)
def test_numbers_in_words(number: int, words: str) -> None:
    assert number_words(number) == words


def test_a_date_in_words() -> None:
    assert date_words(date(2026, 4, 4)) == "ngày mùng bốn tháng tư năm hai nghìn không trăm hai mươi sáu"
    assert date_words(date(2027, 1, 31)) == "ngày ba mươi mốt tháng một năm hai nghìn không trăm hai mươi bảy"


def test_the_shipped_wording_tells_what_the_law_asks_for() -> None:
    text = "\n".join(wording_on(FACTS.on).fill(FACTS))
    for part in (
        "đúng với bản chính",
        "Số chứng thực: 07;",
        "01/2026-SCTĐT/BS",
        "Ngày 04 tháng 02 năm 2026",
        "UBND xã Tân Phước",
        "2 trang",
    ):
        assert part in text
    assert not wording_on(FACTS.on).verified, "the exact words of the law were never read: see domain notes"


def test_an_office_brings_its_own_words(tmp_path: Path) -> None:
    path = tmp_path / "own.toml"
    path.write_text(OWN, encoding="utf-8")
    own = wording_on(FACTS.on, str(path))
    assert own.fill(FACTS) == ("Số 07, 01/2026-SCTĐT/BS, CHỦ TỊCH Trần Thị Thử",)
    assert wording_named("own-2027", str(path)) == own
    assert wording_named("e-copy-2020", str(path)).id == "e-copy-2020", "copies begun before the change keep their words"


@pytest.mark.parametrize(
    "spoilt",
    [
        OWN.replace("{number}", "{nummer}"),
        OWN.replace('id = "own-2027"', 'id = ""'),
        OWN + "more = 1",
        "\x00",
        OWN.replace("lines", "line"),
    ],
)
def test_a_spoilt_template_is_refused_before_anything_is_signed(tmp_path: Path, spoilt: str) -> None:
    path = tmp_path / "own.toml"
    path.write_text(spoilt, encoding="utf-8")
    with pytest.raises(BadWording):
        wording_on(FACTS.on, str(path))


def test_a_template_that_is_gone_is_named() -> None:
    with pytest.raises(BadWording, match="old-1"):
        wording_named("old-1")
    with pytest.raises(BadWording):
        wording_on(date(1999, 1, 1))


def test_the_grounds_of_refusal_are_the_six_of_the_law_and_what_is_shared() -> None:
    assert list(grounds()) == ["R1", "R2", "R3", "R4", "R5", "R6", "SHARED"]
    assert all(ground.vi and ground.en and ground.basis for ground in grounds().values())
