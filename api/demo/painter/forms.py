"""Papers people bring: an application with filled-in items, and a lease contract of two pages."""

from __future__ import annotations

from datetime import date

from api.demo.painter import administrative as block
from api.demo.painter.cast import Cast, Person, dmy, spelled
from api.demo.painter.plan import Area, Plan, Style
from api.demo.painter.typeset import Align, Look, Sheet, natural_width, parse

_APPLICATIONS = (
    ("ĐƠN ĐỀ NGHỊ", "Xác nhận tình trạng nhà ở", "xác nhận tình trạng nhà ở để bổ sung hồ sơ vay vốn ưu đãi"),
    ("TỜ KHAI", "Cấp bản sao trích lục hộ tịch", "cấp bản sao trích lục khai sinh để bổ sung hồ sơ nhập học"),
    ("ĐƠN ĐỀ NGHỊ", "Cấp đổi Giấy chứng nhận quyền sử dụng đất", "cấp đổi giấy chứng nhận do giấy cũ bị rách, mờ chữ"),
    ("TỜ KHAI", "Cấp giấy xác nhận tình trạng hôn nhân", "cấp giấy xác nhận tình trạng hôn nhân để làm thủ tục mua bán nhà"),
    ("ĐƠN ĐỀ NGHỊ", "Hưởng trợ cấp xã hội hằng tháng", "được xem xét hưởng trợ cấp xã hội hằng tháng theo quy định"),
)
_BODY = Style(13.5)
_CLAUSES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("Đối tượng của hợp đồng", (
        ("Bên A cho bên B thuê căn nhà tại {address}, diện tích sử dụng {area} m², gồm {rooms} phòng ngủ, 01 phòng khách, "
         "01 bếp và công trình phụ."),
    )),
    ("Thời hạn thuê", (
        ("Thời hạn thuê là {months} tháng, kể từ ngày {day}. Hết thời hạn, hai bên có thể thỏa thuận gia hạn bằng phụ lục "
         "hợp đồng."),
    )),
    ("Giá thuê và phương thức thanh toán", (
        "Giá thuê là {rent} đồng/tháng, thanh toán bằng chuyển khoản trước ngày 05 hằng tháng.",
        "Bên B đặt cọc {deposit} tháng tiền thuê nhà ngay sau khi ký hợp đồng.",
    )),
    ("Quyền và nghĩa vụ của bên A", (
        "Bàn giao nhà và trang thiết bị đúng thời gian, đúng hiện trạng đã thỏa thuận.",
        "Sửa chữa những hư hỏng không do lỗi của bên B gây ra; thông báo trước 30 ngày khi cần lấy lại nhà.",
    )),
    ("Quyền và nghĩa vụ của bên B", (
        "Sử dụng nhà đúng mục đích, giữ gìn vệ sinh, an ninh trật tự và phòng cháy, chữa cháy.",
        ("Trả đủ tiền thuê, tiền điện, nước, mạng internet đúng kỳ hạn; không cho thuê lại khi chưa được bên A đồng ý bằng "
         "văn bản."),
    )),
    ("Điều khoản chung", (
        "Mọi tranh chấp được giải quyết bằng thương lượng; nếu không thành thì đưa ra Tòa án nhân dân có thẩm quyền.",
        "Hợp đồng được lập thành 02 bản có giá trị như nhau, mỗi bên giữ 01 bản.",
    )),
)  # fmt: skip


def _filled(sheet: Sheet, label: str, value: str) -> None:
    """A label and its value above a dotted leader that runs to the right margin."""
    sheet.need(24)
    baseline = sheet.y + 15
    line = f"{label} {value}"
    sheet.at(line, sheet.left, baseline, _BODY)
    start = sheet.left + natural_width(parse(label, _BODY)) + 4
    sheet.leader(max(start, sheet.left + natural_width(parse(line, _BODY)) + 3), sheet.right, baseline + 0.5)
    sheet.y += 22.5


def application(seed: int) -> tuple[Plan, ...]:
    """An application or declaration (đơn, tờ khai) of one page, signed by the applicant."""
    cast, sheet = Cast(seed), block.new_sheet()
    person, day = cast.person(), cast.day(2023, 2025)
    kind, summary, wish = cast.pick(_APPLICATIONS)
    block.nation(sheet, sheet.left, sheet.right, 13.5)
    sheet.y += 22
    block.title(sheet, kind, summary)
    sheet.write(f"Kính gửi: Ủy ban nhân dân {person.home.full}", Look(Style(14), Align.CENTRE, after_pt=12))
    issued = cast.day(2021, 2023)
    for label, value in (
        ("Họ, chữ đệm, tên người yêu cầu:", person.name.upper()),
        ("Ngày, tháng, năm sinh:", dmy(person.born)),
        ("Giới tính:", person.sex),
        ("Số định danh cá nhân:", person.citizen_number),
        ("Ngày cấp:", f"{dmy(issued)}, nơi cấp: Cục Cảnh sát QLHC về TTXH"),
        ("Nơi cư trú:", person.address),
        ("Số điện thoại:", f"0900 000 {cast.number(0, 999):03d}"),
    ):
        _filled(sheet, label, value)
    sheet.y += 4
    block.paragraph(sheet, f"Tôi làm đơn này đề nghị quý cơ quan {wish}.")
    block.paragraph(sheet, "Tôi cam đoan những nội dung khai trên đây là đúng sự thật và chịu trách nhiệm trước pháp luật về "
                           "cam đoan của mình. Tôi đồng ý để cơ quan giải quyết khai thác dữ liệu cá nhân của tôi cho việc "
                           "giải quyết thủ tục này.")  # fmt: skip
    block.paragraph(sheet, "Tôi xin chân thành cảm ơn.")
    _applicant(sheet, person, day)
    sheet.know("owner_name", person.name.upper())
    sheet.know("owner_id", person.citizen_number)
    sheet.know("born_on", person.born.isoformat(), dmy(person.born))
    return sheet.plans()


def _applicant(sheet: Sheet, person: Person, day: date) -> None:
    left = sheet.left + 200
    centred = Look(Style(13.5), Align.CENTRE, after_pt=0, left_pt=left)
    sheet.y += 8
    written = sheet.write(f"<i>{person.home.commune}, {spelled(day)}</i>", centred)
    sheet.know("issued_on", day.isoformat(), *written)
    sheet.write("<b>NGƯỜI LÀM ĐƠN</b>", centred)
    sheet.write("<i>(Ký, ghi rõ họ tên)</i>", centred)
    sheet.page.anchors["signature"] = Area(left + 60, sheet.y + 2, sheet.right - 40, sheet.y + 62)
    sheet.y += 64
    sheet.write(f"<b>{person.name}</b>", centred)


def _party(sheet: Sheet, letter: str, role: str, person: Person) -> None:
    sheet.write(f"<b>BÊN {letter} ({role}):</b>", Look(_BODY, Align.LEFT, after_pt=3))
    who = "Ông" if person.sex == "Nam" else "Bà"
    for text in (
        f"{who}: <b>{person.name.upper()}</b>, sinh ngày {dmy(person.born)}",
        f"Căn cước số: {person.citizen_number} do Cục Cảnh sát QLHC về TTXH cấp",
        f"Nơi cư trú: {person.address}",
    ):
        sheet.write(text, Look(_BODY, Align.LEFT, 14, after_pt=2))
    sheet.y += 4


def contract(seed: int) -> tuple[Plan, ...]:
    """A lease contract (hợp đồng thuê nhà) of two pages with both parties' signatures."""
    cast, sheet = Cast(seed), block.new_sheet()
    day, owner, tenant = cast.day(2023, 2025), cast.person(), cast.person()
    number = f"{cast.number(1, 260):02d}/{day.year}/HĐ-TN"
    block.nation(sheet, sheet.left, sheet.right, 13.5)
    sheet.y += 18
    block.title(sheet, "HỢP ĐỒNG THUÊ NHÀ", f"Số: {number}")
    block.paragraph(sheet, f"Hôm nay, {spelled(day)}, tại {owner.address}, chúng tôi gồm có:", size_pt=13.5)
    _party(sheet, "A", "BÊN CHO THUÊ", owner)
    _party(sheet, "B", "BÊN THUÊ", tenant)
    block.paragraph(sheet, "Hai bên thống nhất ký kết hợp đồng thuê nhà với các điều khoản sau đây:", size_pt=13.5)
    facts = {
        "address": owner.address, "area": cast.number(32, 240), "rooms": cast.number(1, 4), "months": cast.pick((6, 12, 24, 36)),
        "day": dmy(day), "rent": f"{cast.number(5, 40) * 250_000:,}".replace(",", "."), "deposit": cast.number(1, 3),
    }  # fmt: skip
    for index, (name, texts) in enumerate(_CLAUSES, 1):
        block.paragraph(sheet, f"<b>Điều {index}. {name}</b>", size_pt=13.5)
        for text in texts:
            block.paragraph(sheet, text.format_map(facts), size_pt=13.5)
    _both_sign(sheet, owner, tenant)
    first = sheet.pages[0]
    first.fields |= {
        "number": number,
        "title": "HỢP ĐỒNG THUÊ NHÀ",
        "issued_on": day.isoformat(),
        "owner_name": owner.name.upper(),
    }
    first.printed |= {"number": (number,), "issued_on": (spelled(day),), "owner_name": (owner.name.upper(),)}
    first.fields.pop("subject")
    first.printed.pop("subject")
    return sheet.plans()


def _both_sign(sheet: Sheet, owner: Person, tenant: Person) -> None:
    sheet.need(130)
    sheet.y += 6
    middle = (sheet.left + sheet.right) / 2
    first = len(sheet.page.lines)
    columns = ((sheet.left + middle) / 2, (middle + sheet.right) / 2)
    rows = ((0.0, "<b>ĐẠI DIỆN BÊN A</b>", "<b>ĐẠI DIỆN BÊN B</b>"), (88.0, f"<b>{owner.name}</b>", f"<b>{tenant.name}</b>"))
    for down, *texts in rows:
        for x, text in zip(columns, texts, strict=True):
            sheet.at(str(text), x, sheet.y + 14 + float(down), _BODY, Align.CENTRE)
        sheet.page.lines[first:] = [*sheet.page.lines[first:-2], " ".join(sheet.page.lines[-2:])]
    sheet.page.anchors["signature"] = Area(middle + 40, sheet.y + 18, sheet.right - 30, sheet.y + 84)
    sheet.y += 110
