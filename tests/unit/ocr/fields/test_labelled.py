from __future__ import annotations

from datetime import date

from ocr.fields.extract import extract
from ocr.model import Field, PageText
from ocr.options import ReviewOptions
from tests.unit.ocr.fields.pages import Paper
from tests.unit.ocr.fields.test_classify import CARD, with_head

TODAY = date(2026, 11, 22)
SURE = ReviewOptions().automatic_above


def fields(kind: str, page: PageText) -> dict[str, Field]:
    return {field.name: field for field in extract(kind, [page], today=TODAY)}


def birth() -> Paper:
    return with_head(
        "GIẤY KHAI SINH",
        "Số: 45/2023",
        "Họ, chữ đệm, tên: TRẦN BẢO AN",
        "Ngày, tháng, năm sinh: 02/3/2023 Giới tính: Nữ",
        "Số định danh cá nhân: 038323001234",
        "Họ, chữ đệm, tên người mẹ: LÊ THỊ HOA",
        "Nơi đăng ký khai sinh: UBND xã Hoằng Đồng",
        "Ngày, tháng, năm đăng ký: 15/3/2023",
    )


def test_birth_certificate() -> None:
    found = fields("birth_certificate", birth().page())
    values = {name: field.value for name, field in found.items()}
    assert values == {
        "title": "GIẤY KHAI SINH",
        "number": "45/2023",
        "owner_name": "TRẦN BẢO AN",
        "born_on": "2023-03-02",
        "owner_id": "038323001234",
        "mother": "LÊ THỊ HOA",
        "issuer": "UBND xã Hoằng Đồng",
        "issued_on": "2023-03-15",
    }


def test_the_stamps_number_is_not_the_certificates() -> None:
    paper = with_head("GIẤY KHAI SINH").put("Số chứng thực: 12/2024 quyển số 01-SCT/BS", x=0.2, y=0.25)
    assert "number" not in fields("birth_certificate", paper.page())


def test_impossible_personal_number_is_doubtful() -> None:
    page = with_head("GIẤY KHAI SINH", "Số định danh cá nhân: 003323001234").page()
    assert fields("birth_certificate", page)["owner_id"].confidence < SURE


def test_the_cards_code_is_the_stronger_witness() -> None:
    paper = with_head("CĂN CƯỚC CÔNG DÂN", "Số / No.: 001085012845", "Họ và tên / Full name:", "NGUYỄN VĂN AN").qr(CARD)
    found = fields("identity_card", paper.page())
    assert found["owner_id"].value == "001085012345"
    assert "001085012845" in found["owner_id"].candidates
    assert found["owner_id"].confidence < SURE  # the two witnesses differ: a person decides
    assert found["owner_name"].value == "Nguyễn Văn An"
    assert found["owner_name"].confidence > SURE
    assert found["born_on"].value == "1985-03-02"
    assert found["issued_on"].value == "2021-06-15"


def test_business_code_is_checked() -> None:
    good = with_head("GIẤY CHỨNG NHẬN ĐĂNG KÝ DOANH NGHIỆP", "Mã số doanh nghiệp: 0100109106")
    bad = with_head("GIẤY CHỨNG NHẬN ĐĂNG KÝ DOANH NGHIỆP", "Mã số doanh nghiệp: 0100109107")
    assert fields("business_registration", good.page())["number"].confidence > SURE
    assert fields("business_registration", bad.page())["number"].confidence < SURE


def test_land_certificate_number_and_parcel() -> None:
    page = with_head(
        "GIẤY CHỨNG NHẬN",
        "QUYỀN SỬ DỤNG ĐẤT, QUYỀN SỞ HỮU TÀI SẢN GẮN LIỀN VỚI ĐẤT",
        "Số phát hành: AA 01234567",
        "Thửa đất số: 125; Tờ bản đồ số: 17",
        "Số vào sổ cấp Giấy chứng nhận: CS 00123",
    ).page()
    found = fields("land_certificate", page)
    assert found["number"].value == "AA01234567"
    assert found["parcel"].value == "125"
    assert found["map_sheet"].value == "17"
    assert found["register_number"].value == "CS00123"


def test_two_columns_and_names_that_run_on() -> None:
    paper = with_head("GIẤY CHỨNG NHẬN KẾT HÔN")
    paper.put("Họ, chữ đệm, tên vợ: NGÔ PHƯƠNG HIỀN", x=0.08, y=0.3).put(
        "Họ, chữ đệm, tên chồng: HOÀNG HỮU", x=0.52, y=0.3
    ).join()
    paper.put("Giấy tờ tùy thân: Thẻ căn cước số", x=0.08, y=0.32).put("HÙNG", x=0.52, y=0.32).join()
    paper.put("052195000055", x=0.08, y=0.34).put("Giấy tờ tùy thân: Thẻ căn cước số", x=0.52, y=0.34).join()
    paper.put("052091000717", x=0.52, y=0.36)
    found = fields("marriage_certificate", paper.page())
    assert found["owner_name"].value == "HOÀNG HỮU HÙNG"
    assert found["spouse_name"].value == "NGÔ PHƯƠNG HIỀN"
    assert found["owner_id"].value == "052091000717"
    assert found["spouse_id"].value == "052195000055"


def test_a_form_is_dated_at_its_foot() -> None:
    paper = with_head("ĐƠN ĐỀ NGHỊ", "Họ và tên: LÊ VĂN CƯỜNG", "Ngày, tháng, năm sinh: 04/3/2000")
    paper.put("Hoa Lộc, ngày 25 tháng 5 năm 2023", mid=0.7, y=0.6).put("NGƯỜI LÀM ĐƠN", mid=0.7, y=0.62)
    found = fields("application_form", paper.page())
    assert found["issued_on"].value == "2023-05-25"
    assert found["born_on"].value == "2000-03-04"


def test_the_body_that_signs_stands_under_the_date() -> None:
    paper = with_head("GIẤY CHỨNG NHẬN", "QUYỀN SỬ DỤNG ĐẤT").put("XH 09046829", x=0.75, y=0.9)
    paper.put("Cửu Phong, ngày 07 tháng 9 năm 2025", mid=0.7, y=0.6).put("VĂN PHÒNG ĐĂNG KÝ ĐẤT ĐAI", mid=0.7, y=0.62)
    paper.put("TỈNH CỬU PHONG", mid=0.7, y=0.64).put("GIÁM ĐỐC", mid=0.7, y=0.66).put("Tạ Phương Cẩm", mid=0.7, y=0.75)
    values = {name: field.value for name, field in fields("land_certificate", paper.page()).items()}
    assert values["issued_on"] == "2025-09-07"
    assert values["issuer"] == "VĂN PHÒNG ĐĂNG KÝ ĐẤT ĐAI TỈNH CỬU PHONG"
    assert (values["signer_title"], values["signer"]) == ("GIÁM ĐỐC", "Tạ Phương Cẩm")
    assert values["number"] == "XH09046829"


def test_contract_names_its_first_party() -> None:
    page = with_head(
        "HỢP ĐỒNG THUÊ NHÀ", "Hôm nay, ngày 03 tháng 02 năm 2024, tại xã A", "Bà: ĐẶNG QUỲNH ÁI", "Ông: ĐỖ QUANG LỘC"
    ).page()
    found = fields("contract", page)
    assert found["owner_name"].value == "ĐẶNG QUỲNH ÁI"
    assert found["issued_on"].value == "2024-02-03"


def test_generic_papers_are_never_sure_of_themselves() -> None:
    page = with_head("GIẤY XÁC NHẬN", "Họ và tên: LÊ VĂN C", "Số CCCD: 001085012345").page()
    found = fields("generic", page)
    assert found["title"].value == "GIẤY XÁC NHẬN"
    assert found["owner_id"].value == "001085012345"
    assert all(field.confidence < SURE for field in found.values())


def test_a_day_under_its_label_is_found_though_a_scrap_follows_the_label() -> None:
    paper = with_head("CĂN CƯỚC CÔNG DÂN").put("Có giá trị đến: xé đan", x=0.1, y=0.3)
    paper.put("phường Cẩm Lĩnh Tây", x=0.5, y=0.31).put("10/09/2031", x=0.1, y=0.32)
    assert fields("identity_card", paper.page())["valid_until"].value == "2031-09-10"


def test_the_body_that_signs_goes_on_though_its_marks_were_misread() -> None:
    paper = with_head("GIẤY CHỨNG NHẬN QUYỀN SỬ DỤNG ĐẤT")
    paper.put("Tây Trà Lĩnh, ngày 22 tháng 8 năm 2025", x=0.55, y=0.7)
    paper.put("VĂN PHÒNG ĐĂNG KÝ ĐẤT ĐAI", x=0.58, y=0.72).put("TĨNH TÂY TRÀ LĨNH", x=0.6, y=0.735)
    paper.put("PHÓ GIÁM ĐỐC", x=0.62, y=0.75)
    assert fields("land_certificate", paper.page())["issuer"].value == "VĂN PHÒNG ĐĂNG KÝ ĐẤT ĐAI TĨNH TÂY TRÀ LĨNH"


def test_a_certificates_longer_name_is_kept_whole() -> None:
    name = ("GIẤY CHỨNG NHẬN", "QUYỀN SỬ DỤNG ĐẤT, QUYỀN SỞ HỮU TÀI SẢN GẮN LIỀN VỚI ĐẤT")
    paper = Paper().put(name[0], y=0.15).put(name[1], y=0.17)
    assert fields("land_certificate", paper.page())["title"].value == " ".join(name)
