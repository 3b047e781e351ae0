from __future__ import annotations

import pytest

from ocr.fields.classify import classify
from ocr.fields.words import capitals_share
from tests.unit.ocr.fields.pages import Paper, decision, foot, letter

CARD = "001085012345|012345678|Nguyễn Văn An|02031985|Nam|Số 1 phố Huế, Hà Nội|15062021"


def with_head(*rest: str) -> Paper:
    paper = Paper().put("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", mid=0.5, y=0.05).put("Độc lập - Tự do - Hạnh phúc", mid=0.5, y=0.07)
    for row, text in enumerate(rest):
        if capitals_share(text) > 0.8:
            paper.put(text, mid=0.5, y=0.12 + 0.03 * row)
        else:
            paper.put(text, x=0.12, y=0.12 + 0.03 * row)
    return paper


@pytest.mark.parametrize(
    ("paper", "expected"),
    [
        (foot(decision()), "administrative"),
        (letter(), "administrative"),
        (with_head("GIẤY KHAI SINH", "Họ, chữ đệm, tên: TRẦN AN", "Nơi đăng ký khai sinh: UBND xã A"), "birth_certificate"),
        (with_head("GIẨY KHAl SlNH", "Họ, chữ đệm, tên: TRẦN AN"), "birth_certificate"),
        (with_head("GIẤY CHỨNG NHẬN KẾT HÔN", "Họ, chữ đệm, tên vợ: LÊ THỊ B"), "marriage_certificate"),
        (with_head("GIẤY CHỨNG NHẬN", "QUYỀN SỬ DỤNG ĐẤT, QUYỀN SỞ HỮU NHÀ Ở", "Thửa đất số: 12"), "land_certificate"),
        (with_head("CĂN CƯỚC CÔNG DÂN", "Citizen Identity Card", "Số / No.: 001085012345"), "identity_card"),
        (Paper().put("Nguyễn Văn An", x=0.3, y=0.3).qr(CARD), "identity_card"),
        (with_head("GIẤY PHÉP LÁI XE", "Driver's license", "Số / No: 790123456789"), "driving_licence"),
        (with_head("GIẤY CHỨNG NHẬN ĐĂNG KÝ DOANH NGHIỆP", "Mã số doanh nghiệp: 0100109106"), "business_registration"),
        (with_head("ĐƠN ĐỀ NGHỊ", "Kính gửi: UBND xã A", "Tên tôi là: Lê Văn C"), "application_form"),
        (with_head("TỜ KHAI ĐĂNG KÝ KHAI SINH", "Kính gửi: UBND xã A"), "application_form"),
        (with_head("ĐƠN ĐỀ NGHỊ CẤP GIẤY CHỨNG NHẬN QUYỀN SỬ DỤNG ĐẤT", "Kính gửi: UBND xã A"), "application_form"),
        (with_head("HỢP ĐỒNG THUÊ NHÀ", "Số: 33/2024/HĐ-TN", "BÊN A (BÊN CHO THUÊ):", "BÊN B (BÊN THUÊ):"), "contract"),
        (Paper().put("Hóa đơn bán lẻ", x=0.1, y=0.1).put("Cà phê sữa 25.000", x=0.1, y=0.2), "generic"),
        (Paper(), "generic"),
    ],
)
def test_paper_types(paper: Paper, expected: str) -> None:
    found = classify([paper.page()])
    assert found.paper_type == expected
    assert 0.0 <= found.confidence <= 1.0


def test_a_decision_about_a_land_certificate_is_a_decision() -> None:
    paper = decision().put("Cấp giấy chứng nhận quyền sử dụng đất cho hộ ông A.", x=0.16, y=0.4)
    assert classify([paper.page()]).paper_type == "administrative"


def test_a_lone_word_is_not_sure() -> None:
    assert classify([Paper().put("Kính gửi: ông A", x=0.1, y=0.2).page()]).paper_type == "generic"


def test_no_pages() -> None:
    assert classify([]).paper_type == "generic"
