"""A chip ID card, both sides, 85.6 × 54 mm, with the QR code of seven fields.

QR content: number, old nine-digit number, name, birth date, sex, residence, date of issue, separated by `|`, dates as
ddMMyyyy. The portrait is nobody's, the emblem is a plain star, and the card says on both sides that it is a sample.
"""

from __future__ import annotations

from datetime import date
from unicodedata import combining, normalize

from api.demo.painter.cast import Cast, Person, dmy
from api.demo.painter.fonts import width_pt
from api.demo.painter.plan import MM_PT, RED, Area, Ink, Plan, Style
from api.demo.painter.typeset import Align, Look, Sheet

CARD_PT = (85.6 * MM_PT, 53.98 * MM_PT)
_LABEL = Style(5.4, sans=True, ink=(60, 74, 98))
_VALUE = Style(7.6, sans=True, ink=(22, 22, 30))
_TEAL: Ink = (92, 168, 170)
_WEIGHTS = (7, 3, 1)


def mrz_check(text: str) -> str:
    """The check digit of a machine-readable zone (ICAO Doc 9303 part 3, 4.9)."""
    total = 0
    for index, char in enumerate(text):
        value = 0 if char == "<" else int(char, 36)
        total += value * _WEIGHTS[index % 3]
    return str(total % 10)


def mrz(person: Person, plain_name: str, expires: date | None) -> tuple[str, str, str]:
    """The three lines (TD1) of the card's back; `plain_name` is the name in unmarked capitals."""
    short = person.citizen_number[3:]
    first = f"IDVNM{short}{mrz_check(short)}{person.citizen_number}"
    first = f"{first}<<{mrz_check(first[5:] + '<<')}"[:30].ljust(30, "<")
    birth, end = f"{person.born:%y%m%d}", f"{expires:%y%m%d}" if expires else "991231"
    second = f"{birth}{mrz_check(birth)}{'F' if person.sex == 'Nữ' else 'M'}{end}{mrz_check(end)}VNM".ljust(29, "<")
    second += mrz_check(first[5:30] + second[:7] + second[8:15] + second[18:29])
    family, *given = plain_name.split()
    third = f"{family}<<{'<'.join(given)}".ljust(30, "<")[:30]
    return first, second, third


def qr_text(person: Person, issued: date, old_number: str = "") -> str:
    """The seven fields of the QR code."""
    return "|".join((
        person.citizen_number, old_number, person.name, f"{person.born:%d%m%Y}", person.sex, person.address, f"{issued:%d%m%Y}",
    ))  # fmt: skip


def _unmarked(name: str) -> str:
    decomposed = normalize("NFD", name.upper().replace("Đ", "D"))
    return "".join(char for char in decomposed if not combining(char))


def _sheet() -> Sheet:
    sheet = Sheet(CARD_PT, left=0, right=CARD_PT[0], top=0, bottom=CARD_PT[1] * 2, paper=(226, 240, 240))
    sheet.draw("panel", Area(0, 0, *CARD_PT), ink=_TEAL)
    return sheet


def _pair(sheet: Sheet, label: str, value: str, x: float, y: float) -> float:
    """A label with its value on the same line; returns the right end."""
    first = len(sheet.page.lines)
    sheet.at(label, x, y, _LABEL)
    end = sheet.page.words[-1]
    start = end.x_pt + sum(width_pt(run.text, run.style) for run in end.runs) + 3
    sheet.at(value, start, y, _VALUE)
    sheet.page.lines[first:] = [" ".join(sheet.page.lines[first:])]
    end = sheet.page.words[-1]
    return end.x_pt + sum(width_pt(run.text, run.style) for run in end.runs)


def _front(sheet: Sheet, person: Person, issued: date, expires: date | None, old: str) -> None:
    width = CARD_PT[0]
    side = 13.5 * MM_PT
    sheet.draw("qr", Area(width - side - 6, 6, width - 6, 6 + side), text=qr_text(person, issued, old))
    sheet.draw("star", Area(8, 8, 34, 34), ink=RED)
    sheet.draw("portrait", Area(9, 56, 66, 130), ink=(178, 190, 206))
    middle = width / 2 - 4
    sheet.at("<b>CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM</b>", middle, 12, Style(6.2, sans=True), Align.CENTRE)
    sheet.at("<b>Độc lập - Tự do - Hạnh phúc</b>", middle, 20, Style(6.0, sans=True), Align.CENTRE)
    sheet.at("<b>CĂN CƯỚC CÔNG DÂN</b>", middle, 33, Style(10.5, sans=True, ink=(190, 30, 48)), Align.CENTRE)
    sheet.at("Citizen Identity Card", middle, 41, Style(6.0, sans=True, ink=(190, 30, 48)), Align.CENTRE)
    x = 74.0
    sheet.at(f"Số / No.: <b>{person.citizen_number}</b>", x, 60, Style(10.0, sans=True))
    sheet.at("Họ và tên / Full name:", x, 70, _LABEL)
    sheet.at(f"<b>{person.name.upper()}</b>", x, 80, Style(8.6, sans=True))
    end = _pair(sheet, "Ngày sinh / Date of birth:", dmy(person.born), x, 90)
    first = len(sheet.page.lines)
    end = _pair(sheet, "Giới tính / Sex:", person.sex, x, 99.5)
    _pair(sheet, "Quốc tịch / Nationality:", "Việt Nam", end + 8, 99.5)
    sheet.page.lines[first:] = [" ".join(sheet.page.lines[first:])]
    sheet.at("Quê quán / Place of origin:", x, 108.5, _LABEL)
    sheet.at(person.home.full[0].upper() + person.home.full[1:], x, 117.5, _VALUE)
    sheet.at("Nơi thường trú / Place of residence:", x, 126, _LABEL)
    sheet.y = 127.5
    written = sheet.write(person.address, Look(_VALUE, Align.LEFT, after_pt=0, leading=1.15, left_pt=x, right_pt=width - 4))
    sheet.at("Có giá trị đến:", 9, 138, Style(5.0, sans=True))
    sheet.at(dmy(expires) if expires else "Không thời hạn", 9, 145, Style(6.0, sans=True))
    sheet.at("<b>MẪU</b>", 37.5, 126, Style(9, sans=True, ink=(190, 30, 48)), Align.CENTRE)
    sheet.know("title", "CĂN CƯỚC CÔNG DÂN")
    sheet.know("number", person.citizen_number)
    sheet.know("owner_id", person.citizen_number)
    sheet.know("owner_name", person.name.upper())
    sheet.know("born_on", person.born.isoformat(), dmy(person.born))
    sheet.know("sex", person.sex)
    sheet.know("address", person.address, *written)
    if expires:
        sheet.know("valid_until", expires.isoformat(), dmy(expires))


def _back(sheet: Sheet, person: Person, issued: date, expires: date | None, cast: Cast) -> None:
    width = CARD_PT[0]
    sheet.draw("chip", Area(12, 44, 46, 72))
    sheet.at("Đặc điểm nhân dạng / Personal identification:", 12, 12, _LABEL)
    where = cast.pick(("trước đuôi mắt trái", "dưới mép phải", "trên cánh mũi trái", "sau cánh mũi phải"))
    sheet.at(f"Nốt ruồi cách {cast.number(1, 3)} cm {where}", 12, 21, _VALUE)
    sheet.at("Ngày, tháng, năm / Date, month, year:", 12, 32, _LABEL)
    sheet.at(dmy(issued), 118, 32, _VALUE)
    sheet.page.lines[-2:] = [" ".join(sheet.page.lines[-2:])]
    middle = 112.0
    sheet.at("<b>CỤC TRƯỞNG CỤC CẢNH SÁT</b>", middle, 45, Style(5.2, sans=True), Align.CENTRE)
    sheet.at("<b>QUẢN LÝ HÀNH CHÍNH VỀ TRẬT TỰ XÃ HỘI</b>", middle, 52, Style(5.2, sans=True), Align.CENTRE)
    sheet.page.anchors["signature"] = Area(middle - 30, 54, middle + 30, 84)
    sheet.at(cast.person().name, middle, 91, Style(6.6, sans=True, bold=True), Align.CENTRE)
    for left in (width - 66, width - 34):
        sheet.draw("outline", Area(left, 52, left + 26, 88), ink=(120, 140, 150))
    for row, line in enumerate(mrz(person, _unmarked(person.name), expires)):
        sheet.at(line, 10, 115 + row * 13, Style(12.2, mono=True, ink=(20, 20, 24)))
    sheet.at("<b>MẪU - KHÔNG CÓ GIÁ TRỊ PHÁP LÝ</b>", width / 2, 150.5, Style(5.6, sans=True, ink=(190, 30, 48)), Align.CENTRE)
    sheet.know("issued_on", issued.isoformat(), dmy(issued))


def id_card(seed: int) -> tuple[Plan, ...]:
    """Front and back of an ID card."""
    cast, sheet = Cast(seed), _sheet()
    person = cast.person(years=(1958, 2005))
    issued = cast.day(2021, 2024)
    age = next((age for age in (25, 40, 60) if age > issued.year - person.born.year + 1), 0)
    expires = person.born.replace(year=person.born.year + age, day=min(person.born.day, 28)) if age else None
    old = f"{cast.number(10, 38):02d}{cast.number(1, 9999):07d}" if person.born.year < 1995 else ""
    _front(sheet, person, issued, expires, old)
    back = _sheet()
    _back(back, person, issued, expires, cast)
    return (*sheet.plans(), *back.plans())
