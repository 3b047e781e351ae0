from __future__ import annotations

import pytest

from ocr.language.forms import formed
from tests.unit.ocr.language.test_correct import lines_of, texts


@pytest.mark.parametrize(
    ("read", "printed"),
    [
        ("Só: 12 /QĐ-UBND", "Số: 12 /QĐ-UBND"),
        ('Só" 2116 /TB-ĐHĐL', "Số: 2116 /TB-ĐHĐL"),
        ('TL" HIỆU TRƯỞNG', "TL. HIỆU TRƯỞNG"),
        ("KT:CHỦ TỊCH UBND", "KT. CHỦ TỊCH UBND"),
        ("Công văn số 4§69/UBND", "Công văn số 4869/UBND"),
        ("- Hiệu trưởng (đề b/€);", "- Hiệu trưởng (để b/c);"),
        ("- Hiệu trưởng (đề be);", "- Hiệu trưởng (để bc);"),
        ("- Cán bộ lớp (đê t/h);", "- Cán bộ lớp (để t/h);"),
        ("- Cán bộ lớp (đề /h);", "- Cán bộ lớp (để t/h);"),
        ("ngày 27 tháng, 8 năm. 2025", "ngày 27 tháng 8 năm 2025"),
        ("diện tích 126 m?, gồm", "diện tích 126 m², gồm"),
        ("ở một SỐ cơ quan", "ở một số cơ quan"),
        ("góp phần, gÓp sức", "góp phần, góp sức"),
    ],
)
def test_a_fixed_form_is_read_as_it_is_printed(read: str, printed: str) -> None:
    assert texts(formed(lines_of(read))) == [printed]


@pytest.mark.parametrize(
    "text",
    [
        "Sở Nội vụ tỉnh",
        "Só hai ba",
        "TL văn phòng",
        "§ khoản 2",
        "Số: 07/QĐ-UBND",
        "KT. CHỦ TỊCH",
        "(đề án b/c)",
        "đề b/c",
        "bao nhiêu m?",
        "khí CO và",
        "các SV của",
        "QUYẾT ĐỊNH SỐ 7",
        "của SỐ NHÀ",
        "mạng VNPT có",
        "Giao Sở Nội",
        "VNPT iOffice ĐÔng",
        "Ngày, tháng, năm sinh: 15/02/1985",
        "trong 6 tháng, hết hạn",
    ],
)
def test_everything_else_stays(text: str) -> None:
    assert texts(formed(lines_of(text))) == [text]


def test_a_changed_word_says_what_was_read() -> None:
    (line,) = formed(lines_of("TL:HIỆU TRƯỞNG"))
    assert [word.read for word in line.words] == ["TL:HIỆU", "TL:HIỆU", ""]
    assert line.words[0].box.x1 == line.words[1].box.x0
