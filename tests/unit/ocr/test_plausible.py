from __future__ import annotations

import pytest

from ocr.plausible import is_marked, is_syllable, is_vietnamese
from tests.unit.ocr.paper import PARAGRAPH

VIETNAMESE = " ".join(PARAGRAPH)


@pytest.mark.parametrize("word", ["nghiêng", "Quyết", "ỦY", "gì", "ăn", "khuya", "oanh", "thuở", "Đắk", "hoà", "hòa"])
def test_syllables(word: str) -> None:
    assert is_syllable(word)


@pytest.mark.parametrize("word", ["THVONG", "ViÖt", "chuû", "tnrong", "h\u0301e\u0300", "straight", "wifi", "fax"])
def test_other_words(word: str) -> None:
    assert not is_syllable(word)


def test_marks() -> None:
    assert is_marked("đi")
    assert is_marked("Ấp")
    assert not is_marked("BO CONG")


def test_a_page_of_vietnamese_is_vietnamese() -> None:
    assert is_vietnamese(VIETNAMESE.split())


GARBAGE = {
    "read as English": "BO CONG THVONG TRUONG BAI HOC DIEN LUC V~ vi~c ta ch..rc dang Icy mon hQc hQc kY I nam hQC2021 Can cir "
    "ke hoach dao tao nam hoc Nha tnrong trien khai cho sinh vien cac khoi dang Icy mon hoc",
    "TCVN3": "Céng hoµ x· héi chñ nghÜa ViÖt Nam §éc lËp Tù do H¹nh phóc QuyÕt ®Þnh cña Uû ban nh©n d©n tØnh vÒ viÖc phª duyÖt",
    "VNI": "Coäng hoøa xaõ hoäi chuû nghóa Vieät Nam Ñoäc laäp Töï do Haïnh phuùc Quyeát ñònh cuûa Uyû ban nhaân daân tænh veà",
    "marks lost": "Thuc hien Cong van cua Uy ban nhan dan tinh ve viec to chuc hoi nghi danh gia chuong trinh muc tieu quoc gia",
    "broken characters": VIETNAMESE.replace("n", "\ufffd"),
    "private use": VIETNAMESE.replace("a", "\ue001"),
    "nothing": "",
}


@pytest.mark.parametrize("text", GARBAGE.values(), ids=GARBAGE.keys())
def test_garbage_is_not(text: str) -> None:
    assert not is_vietnamese(text.split())
