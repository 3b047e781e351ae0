from __future__ import annotations

import re
from importlib.resources import files
from pathlib import Path

import pytest

from ocr.errors import GazetteerUnreadable
from ocr.language.gazetteer import gazetteer, named
from tests.unit.ocr.language.test_correct import lines_of, texts


@pytest.mark.parametrize(
    ("read", "printed"),
    [
        ("TỈNH QUÁNG NGÃI", "TỈNH QUẢNG NGÃI"),
        ("Quáng Ngãi, ngày 06 tháng 11", "Quảng Ngãi, ngày 06 tháng 11"),
        ("KT. CHANH VĂN PHONG", "KT. CHÁNH VĂN PHÒNG"),
        ("TRƯỜNG PHONG CTSV", "TRƯỞNG PHÒNG CTSV"),
        ("UY BAN NHÂN DÂN", "ỦY BAN NHÂN DÂN"),
        ("CHÍ THỊ", "CHỈ THỊ"),
        ("xã Tịnh Khé, tỉnh Quáng Ngãi", "xã Tịnh Khê, tỉnh Quảng Ngãi"),
        ("PHƯỜNG TRA CÂU TỈNH QUÁNG NGÃI", "PHƯỜNG TRÀ CÂU TỈNH QUẢNG NGÃI"),
        ("Lý Sơn, ngày 06", "Lý Sơn, ngày 06"),
        ("phường 1 Báo Lộc", "phường 1 Bảo Lộc"),
        ("xã Bào Lâm 4", "xã Bảo Lâm 4"),
        ("tỉnh Thành Hóa", "tỉnh Thanh Hóa"),
    ],
)
def test_a_known_name_gets_its_marks(read: str, printed: str) -> None:
    assert texts(named(lines_of(read), gazetteer())) == [printed]


@pytest.mark.parametrize(
    "text",
    [
        "NGUYỄN VĂN PHONG",
        "CỘNG HOÀ XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "UỶ BAN NHÂN DÂN",
        "tỉnh Thanh Hoá",
        "ông Thái Nguyễn",
        "văn phong hành chính",
        "TRƯỜNG, PHONG",
        "UBND TỈNH",
        "xã Thành Hóa",  # Thạnh Hóa or Thanh Hòa
        "xã Tịnh Khé Đông",  # the name goes on
        "bà Tịnh Khé",
        "tỉnh Tịnh Khé",
    ],
)
def test_what_may_be_another_name_or_is_spelled_the_other_way_stays(text: str) -> None:
    assert texts(named(lines_of(text), gazetteer())) == [text]


def test_sure_words_stay_and_changed_ones_say_what_was_read() -> None:
    assert texts(named(lines_of("TỈNH QUÁNG NGÃI", confidence=0.99), gazetteer())) == ["TỈNH QUÁNG NGÃI"]
    (line,) = named(lines_of("TỈNH QUÁNG NGÃI"), gazetteer())
    assert [word.read for word in line.words] == ["", "QUÁNG", ""]


def test_an_added_file_adds_names(tmp_path: Path) -> None:
    more = tmp_path / "communes.tsv"
    more.write_text("# xã, phường\nplace\tĐồng Mẫu\n", encoding="utf-8")
    assert texts(named(lines_of("xã Đông Mẫu"), gazetteer(str(more)))) == ["xã Đồng Mẫu"]
    assert texts(named(lines_of("tỉnh Quáng Ngãi"), gazetteer(str(more)))) == ["tỉnh Quảng Ngãi"]


def test_every_commune_is_known() -> None:
    """As many for each province as domain.md 6.3 counts."""
    text = (files("ocr.language") / "data" / "communes.tsv").read_text(encoding="utf-8")
    said, listed = [], []
    for row in text.splitlines():
        if row.startswith("commune\t"):
            listed[-1] += 1
        elif head := re.fullmatch(r"# \d\d .* \((\d+)\)", row):
            said.append(int(head[1]))
            listed.append(0)
    assert (len(listed), sum(listed)) == (34, 3321)
    assert listed == said
    assert sum(len(names) for names in gazetteer().values()) > 2500


@pytest.mark.parametrize("content", ["hamlet\tĐồng Mẫu\n", "place\n", "place Đồng Mẫu\n"])
def test_a_wrong_line_is_named(content: str, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.tsv"
    wrong.write_text("place\tĐồng Mẫu\n" + content, encoding="utf-8")
    with pytest.raises(GazetteerUnreadable) as told:
        gazetteer(str(wrong))
    assert told.value.params == {"path": str(wrong), "line": 2}
    with pytest.raises(GazetteerUnreadable):
        gazetteer(str(tmp_path / "missing.tsv"))
