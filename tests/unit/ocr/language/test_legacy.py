from __future__ import annotations

import pytest

from ocr.language.legacy import converted, from_tcvn3, from_vni

TCVN3 = "Céng hoµ x· héi chñ nghÜa ViÖt Nam §éc lËp - Tù do - H¹nh phóc UBND tØnh Qu¶ng Ng·i ngµy 20 quyÕt ®Þnh cÊp"
VNI = "Coäng hoøa xaõ hoäi chuû nghóa Vieät Nam Ñoäc laäp - Töï do - Haïnh phuùc UBND tænh Quaûng Ngaõi ngaøy 20 quyeát ñònh caáp"
MEANT = "Cộng hòa xã hội chủ nghĩa Việt Nam Độc lập - Tự do - Hạnh phúc UBND tỉnh Quảng Ngãi ngày 20 quyết định cấp"


@pytest.mark.parametrize(("text", "code", "meant"), [(TCVN3, "TCVN3", MEANT.replace("hòa", "hoà")), (VNI, "VNI", MEANT)])
def test_old_codes_are_recognised_and_converted(text: str, code: str, meant: str) -> None:
    assert converted(text.split()) == (code, meant.split())


def test_capitals() -> None:
    assert from_tcvn3("CéNG") == "CỘNG"
    assert from_tcvn3("UBND") == "UBND"
    assert from_vni("COÄNG") == "CỘNG"
    assert from_vni("ÑOÄC") == "ĐỘC"


@pytest.mark.parametrize(
    "text", ["BO CONG THVONG CONG HOA XA HOI CHU NGHTA VIET NAM", "the quick brown fox jumps over a lazy dog", ""]
)
def test_what_no_code_makes_vietnamese_is_left(text: str) -> None:
    assert converted(text.split()) is None
