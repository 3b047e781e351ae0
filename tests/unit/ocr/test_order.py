from __future__ import annotations

from ocr.model import Box, Word
from ocr.order import in_lines, in_order

HEIGHT = 20.0


def at(x: float, y: float, text: str) -> list[Word]:
    words = []
    for part in text.split():
        width = 10.0 * len(part)
        words.append(Word(part, Box(x, y, x + width, y + HEIGHT), 0.9))
        x += width + 6
    return words


def texts(lines: list[list[Word]]) -> list[str]:
    return [" ".join(word.text for word in line) for line in lines]


LEFT = ("UBND TỈNH AN BÌNH", "SỞ NỘI VỤ", "Số: 12/SNV-VP")
RIGHT = ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc", "An Bình, ngày 05 tháng 3 năm 2025")
BODY = ["THÔNG BÁO", "Về việc thử nghiệm", "Căn cứ kế hoạch năm học của nhà trường và các đơn vị có liên quan"]
HEAD = [
    at(60, 100 + 40 * n, left) + at(480, 100 + 40 * n, right) for n, (left, right) in enumerate(zip(LEFT, RIGHT, strict=True))
]
REST = [at(400, 260, BODY[0]), at(350, 300, BODY[1]), at(60, 360, BODY[2])]


def test_the_head_is_read_column_by_column() -> None:
    assert texts(in_order([*HEAD, *REST], 1100)) == [*LEFT, *RIGHT, *BODY]


def test_a_page_number_above_the_head_stays_first() -> None:
    assert texts(in_order([at(500, 30, "2"), *HEAD, *REST], 1100))[0] == "2"


def test_columns_that_the_engine_already_parted_are_kept() -> None:
    right_first = [at(480, 100, RIGHT[0]), at(60, 100, LEFT[0]), *HEAD[1:], *REST]
    assert texts(in_order(right_first, 1100)) == [*LEFT, *RIGHT, *BODY]


def test_a_date_in_running_text_below_the_head_does_not_stretch_it() -> None:
    cited = at(60, 330, "Căn cứ Nghị định số 30/2020/NĐ-CP về công tác văn thư ban hành ngày 05 tháng 3 năm 2020")
    page = [*HEAD, REST[0], REST[1], cited]
    assert texts(in_order(page, 1100)) == [*LEFT, *RIGHT, *texts(page[-3:])]


def test_a_line_across_both_columns_ends_the_head_even_without_a_date_line() -> None:
    across = at(60, 150, "Căn cứ Nghị định về công tác văn thư và các quy định của pháp luật có liên quan khác")
    page = [*HEAD[:1], across, REST[2]]
    assert texts(in_order(page, 1100)) == [LEFT[0], RIGHT[0], *texts([across, REST[2]])]


def test_the_motto_alone_in_the_middle_changes_nothing() -> None:
    page = [
        at(300, 100, RIGHT[0]),
        at(350, 140, RIGHT[1]),
        at(400, 220, "ĐƠN XIN XÁC NHẬN"),
        at(60, 280, "Kính gửi: Ủy ban nhân dân xã"),
    ]
    assert texts(in_order(page, 1100)) == texts(page)


def test_the_foot_is_read_column_by_column() -> None:
    foot = [at(60, 500, "Nơi nhận:") + at(620, 496, "KT. GIÁM ĐỐC"), at(60, 540, "- Như trên;") + at(620, 540, "PHÓ GIÁM ĐỐC")]
    foot += [at(60, 580, "- Lưu: VT."), at(640, 700, "Nguyễn Văn An")]
    expected = ["Nơi nhận:", "- Như trên;", "- Lưu: VT.", "KT. GIÁM ĐỐC", "PHÓ GIÁM ĐỐC", "Nguyễn Văn An"]
    assert texts(in_order([*REST, *foot], 1100)) == [*BODY, *expected]


def test_the_words_noi_nhan_in_running_text_are_no_foot() -> None:
    page = [at(60, 100, "Nơi nhận hồ sơ: bộ phận một cửa") + at(700, 100, "của xã"), at(60, 140, "Thời gian: giờ hành chính")]
    assert texts(in_order(page, 1100)) == texts(page)


def test_loose_words_become_lines() -> None:
    loose = [*at(60, 140, "dòng hai"), *at(60, 100, "dòng một"), *at(60, 180, "ba")]
    raised = [
        Word(word.text, Box(word.box.x0, word.box.y0 + 4, word.box.x1, word.box.y1 + 4), 1) for word in at(300, 100, "lệch")
    ]
    assert texts(in_lines([*reversed(loose), *raised])) == ["dòng một", "lệch", "dòng hai", "ba"]


def test_no_words() -> None:
    assert in_lines([]) == []
    assert in_order([], 1000) == []
