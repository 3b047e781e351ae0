"""Civil-status papers: birth certificate and marriage certificate, on tinted framed paper.

Item names follow the forms of Circular 04/2020/TT-BTP (giấy khai sinh, giấy chứng nhận kết hôn).
"""

from __future__ import annotations

from datetime import date, timedelta

from api.demo.painter import administrative as block
from api.demo.painter.cast import Cast, Office, Person, Place, day_in_words, dmy, spelled
from api.demo.painter.plan import A4_PT, BLACK, MM_PT, RED, Area, Ink, Plan, Style
from api.demo.painter.typeset import Align, Look, Sheet

_OCHRE: Ink = (206, 150, 96)
_ROSE: Ink = (214, 120, 130)
_LABEL = Style(12.5)


def _certificate(tint: Ink, frame: Ink) -> Sheet:
    sheet = block.new_sheet()
    edge = 11 * MM_PT
    sheet.draw("panel", Area(edge, edge, A4_PT[0] - edge, A4_PT[1] - 14 * MM_PT), ink=tint)
    sheet.draw("frame", Area(edge, edge, A4_PT[0] - edge, A4_PT[1] - 14 * MM_PT), ink=frame)
    sheet.left, sheet.right, sheet.y = 24 * MM_PT, A4_PT[0] - 20 * MM_PT, 22 * MM_PT
    return sheet


def item(sheet: Sheet, *parts: tuple[str, str]) -> None:
    """One row of a form: labels with their values (bold) at equal shares of the row, values on dotted leaders."""
    share = (sheet.right - sheet.left) / len(parts)
    baseline = sheet.y + 13
    first = len(sheet.page.lines)
    for number, (label, value) in enumerate(parts):
        x = sheet.left + number * share
        sheet.at(f"{label} <b>{value}</b>", x, baseline, _LABEL)
    sheet.page.lines[first:] = [" ".join(sheet.page.lines[first:])]
    sheet.y += 21.5


def _register(sheet: Sheet, cast: Cast, name: str, place: Place, day: date) -> None:
    top = sheet.y
    block.nation(sheet, sheet.left, sheet.right, 13.5)
    star = Area((sheet.left + sheet.right) / 2 - 17, sheet.y + 9, (sheet.left + sheet.right) / 2 + 17, sheet.y + 43)
    sheet.draw("star", star, ink=RED)
    number = f"{cast.number(1, 320):02d}/{day.year}"
    sheet.at(f"Số: <b>{number}</b>", sheet.right - 70, top + 62, Style(12.5))
    sheet.y += 50
    for line in name.split("|"):
        sheet.write(f"<b>{line}</b>", Look(Style(21, ink=(178, 28, 40)), Align.CENTRE, after_pt=0))
    sheet.y += 12
    sheet.know("title", name.replace("|", " "), *name.split("|"))
    sheet.know("number", number)
    sheet.know("issuer", f"Ủy ban nhân dân {place.full}")
    sheet.know("issued_on", day.isoformat(), spelled(day))


def _sign(sheet: Sheet, cast: Cast, place: Place, heading: str) -> None:
    middle = (sheet.left + sheet.right) / 2 - 6
    office = Office("", "", "", "", "", "", cast.pick(("CHỦ TỊCH", "PHÓ CHỦ TỊCH")), place)
    sheet.write(f"<b>{heading}</b>", Look(Style(11.5), Align.CENTRE, after_pt=0, left_pt=middle))
    block.signer(sheet, office, cast.person().name, middle, sheet.right)


def birth_certificate(seed: int) -> tuple[Plan, ...]:
    """A birth certificate (giấy khai sinh) of one page."""
    cast, sheet = Cast(seed), _certificate(_OCHRE, (170, 84, 60))
    place = cast.place()
    child = cast.person(years=(2016, 2025), place=place)
    mother, father = cast.person("Nữ", (1978, 1992), place), cast.person("Nam", (1975, 1991), place)
    day = child.born + timedelta(days=cast.number(4, 50))
    _register(sheet, cast, "GIẤY KHAI SINH", place, day)
    name = f"{father.name.split()[0]} {child.name.split(maxsplit=1)[1]}".upper()
    item(sheet, ("Họ, chữ đệm, tên:", name))
    item(sheet, ("Ngày, tháng, năm sinh:", dmy(child.born)))
    item(sheet, ("Ghi bằng chữ:", day_in_words(child.born)))
    item(sheet, ("Giới tính:", child.sex), ("Dân tộc:", father.ethnic), ("Quốc tịch:", "Việt Nam"))
    item(sheet, ("Nơi sinh:", f"Trung tâm Y tế khu vực {place.commune}, tỉnh {place.province}"))
    item(sheet, ("Quê quán:", place.full[0].upper() + place.full[1:]))
    item(sheet, ("Số định danh cá nhân:", child.citizen_number))
    for role, parent in (("mẹ", mother), ("cha", father)):
        sheet.y += 4
        item(sheet, (f"Họ, chữ đệm, tên người {role}:", parent.name.upper()))
        born = str(parent.born.year)
        item(sheet, ("Năm sinh:", born), ("Dân tộc:", father.ethnic), ("Quốc tịch:", "Việt Nam"))
        item(sheet, ("Nơi cư trú:", father.address))
    sheet.y += 4
    item(sheet, ("Họ, chữ đệm, tên người đi khai sinh:", father.name.upper()))
    item(sheet, ("Giấy tờ tùy thân:", f"Thẻ căn cước số {father.citizen_number}"))
    item(sheet, ("Nơi đăng ký khai sinh:", f"Ủy ban nhân dân {place.full}"))
    item(sheet, ("Ngày, tháng, năm đăng ký:", spelled(day)))
    sheet.y += 8
    _sign(sheet, cast, place, "NGƯỜI KÝ GIẤY KHAI SINH")
    sheet.know("owner_name", name)
    sheet.know("owner_id", child.citizen_number)
    sheet.know("father", father.name.upper())
    sheet.know("mother", mother.name.upper())
    sheet.know("born_on", child.born.isoformat(), dmy(child.born))
    return sheet.plans()


def _partner(sheet: Sheet, person: Person, role: str, left: float, right: float) -> None:
    look = Look(_LABEL, Align.LEFT, after_pt=4, left_pt=left, right_pt=right)
    for text in (
        f"Họ, chữ đệm, tên {role}: <b>{person.name.upper()}</b>",
        f"Ngày, tháng, năm sinh: <b>{dmy(person.born)}</b>",
        f"Dân tộc: <b>{person.ethnic}</b>",
        "Quốc tịch: <b>Việt Nam</b>",
        f"Nơi cư trú: <b>{person.address}</b>",
        f"Giấy tờ tùy thân: Thẻ căn cước số <b>{person.citizen_number}</b>",
    ):
        sheet.write(text, look)


def marriage_certificate(seed: int) -> tuple[Plan, ...]:
    """A marriage certificate (giấy chứng nhận kết hôn): wife on the left, husband on the right."""
    cast, sheet = Cast(seed), _certificate(_ROSE, (190, 60, 80))
    place, day = cast.place(), cast.day(2016, 2025)
    wife, husband = cast.person("Nữ", (1982, 1997)), cast.person("Nam", (1980, 1995), place)
    _register(sheet, cast, "GIẤY CHỨNG NHẬN|KẾT HÔN", place, day)
    top, middle = sheet.y, (sheet.left + sheet.right) / 2
    _partner(sheet, wife, "vợ", sheet.left, middle - 8)
    ends, sheet.y = sheet.y, top
    _partner(sheet, husband, "chồng", middle + 8, sheet.right)
    sheet.y = max(sheet.y, ends) + 6
    item(sheet, ("Nơi đăng ký kết hôn:", f"Ủy ban nhân dân {place.full}"))
    item(sheet, ("Ngày, tháng, năm đăng ký:", spelled(day)))
    sheet.write("<i>Giấy chứng nhận kết hôn này có giá trị kể từ ngày đăng ký kết hôn.</i>", Look(_LABEL, after_pt=14))
    row = sheet.y + 12
    sheet.at("<b>VỢ</b>", (sheet.left + middle) / 2, row, Style(12.5), Align.CENTRE)
    sheet.at("<b>CHỒNG</b>", (middle + sheet.right) / 2, row, Style(12.5), Align.CENTRE)
    sheet.page.lines[-2:] = ["VỢ CHỒNG"]
    row += 74
    sheet.at(wife.name, (sheet.left + middle) / 2, row, Style(12.5, bold=True, ink=BLACK), Align.CENTRE)
    sheet.at(husband.name, (middle + sheet.right) / 2, row, Style(12.5, bold=True, ink=BLACK), Align.CENTRE)
    sheet.page.lines[-2:] = [f"{wife.name} {husband.name}"]
    sheet.y = row + 20
    _sign(sheet, cast, place, "NGƯỜI KÝ GIẤY CHỨNG NHẬN KẾT HÔN")
    sheet.know("owner_name", husband.name.upper())
    sheet.know("owner_id", husband.citizen_number)
    sheet.know("spouse_name", wife.name.upper())
    sheet.know("spouse_id", wife.citizen_number)
    return sheet.plans()
