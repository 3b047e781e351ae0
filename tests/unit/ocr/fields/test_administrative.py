from __future__ import annotations

from datetime import date

import pytest

from ocr.fields.extract import extract
from ocr.model import Field, PageText
from ocr.options import ReviewOptions
from tests.unit.ocr.fields.pages import Paper, decision, foot, letter

TODAY = date(2026, 11, 22)
SURE = ReviewOptions().automatic_above


def fields(*pages: PageText) -> dict[str, Field]:
    return {field.name: field for field in extract("administrative", pages, today=TODAY)}


def head_with(number: str | None = "Số: 125/QĐ-STP", day: str | None = "Thanh Hóa, ngày 05 tháng 3 năm 2024") -> Paper:
    paper = (
        Paper()
        .put("SỞ TƯ PHÁP", mid=0.27, y=0.06)
        .put("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", mid=0.68, y=0.06)
        .put("Độc lập - Tự do - Hạnh phúc", mid=0.68, y=0.08)
    )
    if number:
        paper.put(number, mid=0.27, y=0.11)
    if day:
        paper.put(day, mid=0.68, y=0.11)
    return paper.put("QUYẾT ĐỊNH", mid=0.5, y=0.15).put("Về việc cấp giấy phép", mid=0.5, y=0.172)


EXPECTED = {
    "title": "QUYẾT ĐỊNH",
    "number": "125/QĐ-STP",
    "issued_on": "2024-03-05",
    "issuer": "SỞ TƯ PHÁP",
    "issuer_parent": "UBND TỈNH THANH HÓA",
    "place": "Thanh Hóa",
    "subject": "Về việc cấp lại giấy phép hành nghề cho các văn phòng công chứng",
    "authority": "KT.",
    "signer_title": "PHÓ GIÁM ĐỐC",
    "signer": "Nguyễn Thị Minh Hằng",
    "recipients": "- Như Điều 3; - Lưu: VT, BTTP.",
    "valid_from": "2024-03-05",
}


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_a_decision_cell_by_cell_however_it_is_stored(turn: int) -> None:
    found = fields(foot(decision()).page(turn=turn))
    assert {name: field.value for name, field in found.items()} == EXPECTED
    assert all(field.confidence > SURE for field in found.values())


def test_evidence_is_in_stored_pixels() -> None:
    upright, stored = decision().page(), decision().page(turn=90)
    number = {word.text: word.box for line in stored.lines for word in line.words}["125/QĐ-STP"]
    box = fields(stored)["number"].evidence[0].box
    assert box.x0 <= number.x0
    assert box.y1 >= number.y1
    assert fields(upright)["number"].evidence[0].box != box


def test_the_foot_may_stand_on_a_later_page() -> None:
    found = fields(decision().page(), foot(Paper().put("hết nội dung trang hai.", x=0.16, y=0.1), y=0.2).page())
    assert found["signer"].value == "Nguyễn Thị Minh Hằng"
    assert found["signer"].evidence[0].page == 1
    assert found["number"].evidence[0].page == 0


def test_a_letter_has_its_subject_in_the_left_column() -> None:
    found = fields(letter().page())
    assert found["title"].value == "CÔNG VĂN"
    assert found["title"].raw == ""
    assert found["subject"].value == "V/v rà soát thủ tục hành chính năm 2023"
    assert found["number"].value == "4521/UBND-KSTTHC"
    assert found["issuer"].value == "ỦY BAN NHÂN DÂN TỈNH THANH HÓA"


@pytest.mark.parametrize("label", ["Số:", "Sô:", "S6:", "Só:", "SỐ:"])
def test_misread_label_of_the_number(label: str) -> None:
    assert fields(head_with(f"{label} 125/QĐ-STP").page())["number"].value == "125/QĐ-STP"


def test_d_is_repaired_to_the_listed_abbreviation_and_raw_is_kept() -> None:
    number = fields(head_with("Số: 125/QD-STP").page())["number"]
    assert number.value == "125/QĐ-STP"
    assert "QD-STP" in number.raw
    assert number.confidence < SURE
    assert "125/QD-STP" in number.candidates


def test_a_gap_left_for_writing_keeps_the_number_doubtful() -> None:
    paper = head_with(None)
    paper.put("Số:", x=0.16, y=0.11).word("899", sure=0.96).word("/QĐ-STP", sure=0.96)
    number = fields(paper.page())["number"]
    assert number.value == "899/QĐ-STP"
    assert number.confidence < SURE


def test_digits_taller_than_their_label_are_handwriting() -> None:
    paper = head_with(None)
    paper.put("Số:", x=0.16, y=0.11).word("266/TB-STP", sure=0.97, tall=1.15)
    number = fields(paper.page())["number"]
    assert number.value == "266/TB-STP"
    assert number.confidence < SURE


@pytest.mark.parametrize("digits", ["@#", "......", "ø07ó..", "g/6Z€.."])
def test_illegible_digits_are_never_invented(digits: str) -> None:
    number = fields(head_with(f"Số: {digits}/QĐ-STP").page())["number"]
    assert number.value == ""
    assert number.confidence == 0.0
    assert number.candidates == ("/QĐ-STP",)
    assert number.evidence


@pytest.mark.parametrize("day", ["&", "...", "80", "Ôf", ""])
def test_an_illegible_day_gives_no_date(day: str) -> None:
    found = fields(head_with(day=f"Thanh Hóa, ngày {day} tháng 3 năm 2024").page())
    assert found["issued_on"].value == ""
    assert found["issued_on"].confidence == 0.0
    assert found["place"].value == "Thanh Hóa"


@pytest.mark.parametrize(
    "line",
    [
        "Thanh Hóa, ngày 5 tháng 3 năm 2024",  # no leading zero: a digit may be lost
        "Thanh Hóa, ngày ..15.. tháng 3 năm 2024",
        "Thanh Hóa, ngày{5 tháng 01 năm 2024",
        "Thanh Hóa, ngày 15 tháng 3 năm 2052",  # in the future
        "Thanh Hóa, ngày 31 tháng 02 năm 2024",
    ],
)
def test_doubtful_dates_stay_below_the_threshold(line: str) -> None:
    assert fields(head_with(day=line).page())["issued_on"].confidence < SURE


def test_tall_digits_are_taken_for_handwriting() -> None:
    paper = head_with(day=None)
    paper.put("Thanh Hóa, ngày", x=0.55, y=0.11).word("18", sure=0.96, tall=1.5)
    paper.word("tháng", sure=0.96).word("3", sure=0.96).word("năm", sure=0.96).word("2024", sure=0.96)
    issued = fields(paper.page())["issued_on"]
    assert issued.value == "2024-03-18"
    assert issued.confidence < SURE


def test_one_unsure_word_makes_the_value_unsure() -> None:
    paper = head_with(None)
    paper.put("Số: 125/QĐ-STP", mid=0.27, y=0.11, sure=0.8)
    assert fields(paper.page())["number"].confidence < SURE


def test_certification_stamp_gives_neither_number_nor_date() -> None:
    paper = head_with(None, None)
    paper.put("CHỨNG THỰC BẢN SAO ĐÚNG VỚI BẢN CHÍNH", mid=0.5, y=0.30)
    paper.put("Số chứng thực 1234 quyển số 01/2024-SCT/BS", mid=0.5, y=0.32)
    paper.put("Ngày 20 tháng 10 năm 2024", mid=0.6, y=0.34)
    found = fields(paper.page())
    assert "number" not in found
    assert "issued_on" not in found


def test_the_copy_number_is_not_the_documents_number() -> None:
    paper = head_with("Số: 7/SY-UBND").put("Số: 125/QĐ-STP", mid=0.27, y=0.13)
    assert fields(paper.page())["number"].value == "125/QĐ-STP"


def test_numbers_and_dates_cited_in_the_body_are_not_taken() -> None:
    paper = head_with(None, None)
    paper.put("Căn cứ Quyết định số 99/QĐ-UBND ngày 02 tháng 9 năm 2020 của UBND tỉnh;", x=0.14, y=0.25)
    found = fields(paper.page())
    assert "number" not in found
    assert "issued_on" not in found


def test_a_number_of_another_kind_than_the_title_is_a_contradiction() -> None:
    number = fields(head_with("Số: 125/TB-STP").page())["number"]
    assert any(check.code == "number.kind_matches_title" and check.ok is False for check in number.checks)
    assert number.confidence < SURE


def test_a_place_to_hand_in_papers_is_no_list_of_recipients() -> None:
    paper = head_with().put("Nơi nhận hồ sơ: 126 phố Xốm, phường Phú Lương.", x=0.16, y=0.4)
    assert "recipients" not in fields(paper.page())


def test_the_last_authority_rules_and_a_lost_tone_is_respelt_from_the_list() -> None:
    paper = head_with().put("TM. ỦY BAN NHÂN DÂN", mid=0.7, y=0.5).put("KT. CHỦ TỊCH", mid=0.7, y=0.518)
    paper.put("PHÓ CHỦ TICH", mid=0.7, y=0.536).put("Nguyên Phước Bình", mid=0.7, y=0.65)
    found = fields(paper.page())
    assert found["authority"].value == "KT."
    assert "TM. ỦY BAN NHÂN DÂN" in found["authority"].raw
    assert (found["signer_title"].value, found["signer_title"].raw) == ("PHÓ CHỦ TỊCH", "PHÓ CHỦ TICH")
    assert found["signer"].value == "Nguyên Phước Bình"  # a name is never respelt, only doubted
    assert found["signer"].confidence < SURE


def test_capitals_of_a_seal_are_no_position() -> None:
    paper = head_with().put("Nơi nhận:", x=0.14, y=0.5).put("TRƯỜNG", mid=0.7, y=0.51)
    found = fields(paper.page())
    assert "signer" not in found
    assert found["signer_title"].confidence < SURE


@pytest.mark.parametrize(("text", "name"), [("MẬT", "secrecy"), ("HOẢ TỐC", "urgency"), ("KHẨN", "urgency")])
def test_marks(text: str, name: str) -> None:
    assert fields(head_with().put(text, x=0.2, y=0.13).page())[name].raw == text


@pytest.mark.parametrize(
    ("sentence", "name", "value", "sure"),
    [
        ("Quyết định này có hiệu lực kể từ ngày 01/7/2024.", "valid_from", "2024-07-01", True),
        ("Giấy phép này có giá trị đến ngày 31 tháng 12 năm 2026.", "valid_until", "2026-12-31", True),
        ("Giấy phép số 7 của công ty B có giá trị đến ngày 31/12/2026.", "valid_until", "2026-12-31", False),
        ("Giấy phép này có giá trị trong phạm vi tỉnh Thanh Hóa.", "scope", "trong phạm vi tỉnh Thanh Hóa", True),
    ],
)
def test_validity_as_stated(sentence: str, name: str, value: str, sure: bool) -> None:
    found = fields(head_with().put(sentence, x=0.14, y=0.4).page())
    assert found[name].value == value
    assert (found[name].confidence > SURE) is sure


def test_nothing_read_gives_no_fields() -> None:
    assert extract("administrative", [Paper().page()], today=TODAY) == ()
    assert extract("administrative", [], today=TODAY) == ()


def test_a_number_under_the_title_is_no_subject() -> None:
    head = (
        Paper()
        .put("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", mid=0.5, y=0.06)
        .put("Độc lập - Tự do - Hạnh phúc", mid=0.5, y=0.08)
        .put("HỢP ĐỒNG THUÊ NHÀ", mid=0.5, y=0.15)
        .put("Số: 19/2024/HĐ-TN", mid=0.5, y=0.172)
    )
    found = {field.name: field for field in extract("contract", [head.page()], today=TODAY)}
    assert found["number"].value == "19/2024/HĐ-TN"
    assert "subject" not in found
    found = {one.name: one for one in extract("contract", [head.put("Về việc thuê nhà ở", mid=0.5, y=0.194).page()], today=TODAY)}
    assert found["subject"].value == "Về việc thuê nhà ở"
