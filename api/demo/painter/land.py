"""The certificate of land-use rights in the form of Circular 10/2024/TT-BTNMT: A4, pink, two pages, QR code top right."""

from __future__ import annotations

from datetime import date

from api.demo.painter import administrative as block
from api.demo.painter.cast import Cast, Office, spelled
from api.demo.painter.plan import A4_PT, MM_PT, RED, Area, Ink, Plan, Style
from api.demo.painter.typeset import Align, Look, Sheet

_PINK: Ink = (236, 132, 158)
_TITLE = ("GIẤY CHỨNG NHẬN", "QUYỀN SỬ DỤNG ĐẤT,", "QUYỀN SỞ HỮU TÀI SẢN GẮN LIỀN VỚI ĐẤT")
_USES = (
    ("Đất ở tại nông thôn", "Lâu dài"), ("Đất ở tại đô thị", "Lâu dài"), ("Đất trồng cây lâu năm", "Đến ngày 15/10/2043"),
    ("Đất chuyên trồng lúa", "Đến ngày 01/7/2064"),
)  # fmt: skip


def _body(sheet: Sheet, text: str, indent: float = 14) -> None:
    sheet.write(text, Look(Style(12.5), Align.LEFT, indent, after_pt=3, leading=1.2))


def _background(sheet: Sheet) -> None:
    edge = 8 * MM_PT
    sheet.draw("panel", Area(0, 0, *A4_PT), ink=_PINK)
    sheet.draw("outline", Area(edge, edge, A4_PT[0] - edge, A4_PT[1] - 13 * MM_PT), ink=(200, 60, 90))


def _first_page(sheet: Sheet, cast: Cast) -> str:
    issue = f"{''.join(cast.some('ABCDEGHKLMNPQRSTUVXY', 2))} {cast.number(100, 9_999_999):08d}"
    owner, place = cast.person(), cast.place()
    plot, chart, area = cast.number(11, 740), cast.number(2, 58), f"{cast.number(60, 980)},{cast.number(0, 9)}"
    use, until = cast.pick(_USES)
    code = f"{cast.number(1, 99999999):012d}"
    side = 20 * MM_PT
    right = A4_PT[0] - 14 * MM_PT
    sheet.draw("qr", Area(right - side, 14 * MM_PT, right, 14 * MM_PT + side),
               text=f"{code}|{issue.replace(' ', '')}|{owner.name}|{plot}|{chart}|{area}")  # fmt: skip
    block.nation(sheet, sheet.left, sheet.right - 20, 13)
    middle = (sheet.left + sheet.right) / 2 - 10
    sheet.draw("star", Area(middle - 20, sheet.y + 10, middle + 20, sheet.y + 50), ink=RED)
    sheet.y += 60
    for line, size in zip(_TITLE, (22, 15, 15), strict=True):
        sheet.write(f"<b>{line}</b>", Look(Style(size, ink=(186, 24, 44)), Align.CENTRE, after_pt=0, leading=1.25))
    sheet.y += 10
    _body(sheet, "<b>1. Người sử dụng đất, chủ sở hữu tài sản gắn liền với đất:</b>", 0)
    _body(sheet, f"{'Ông' if owner.sex == 'Nam' else 'Bà'} <b>{owner.name}</b>, căn cước số: <b>{owner.citizen_number}</b>")
    _body(sheet, f"Địa chỉ: {owner.address}")
    _body(sheet, "<b>2. Thông tin thửa đất:</b>", 0)
    for text in (
        f"a) Thửa đất số: {plot}; Tờ bản đồ số: {chart}",
        f"b) Diện tích: {area} m²",
        f"c) Loại đất: {use}",
        f"d) Thời hạn sử dụng đất: {until}",
        f"đ) Hình thức sử dụng đất: {cast.pick(('Sử dụng riêng', 'Sử dụng chung'))}",
        f"e) Địa chỉ: {place.full[0].upper()}{place.full[1:]}",
        "g) Nguồn gốc sử dụng đất: Công nhận quyền sử dụng đất như giao đất có thu tiền sử dụng đất",
    ):
        _body(sheet, text)
    _body(sheet, "<b>3. Thông tin tài sản gắn liền với đất:</b> Không", 0)
    sheet.know("title", " ".join(_TITLE), *_TITLE)
    sheet.know("number", issue.replace(" ", ""), issue)
    sheet.know("owner_name", owner.name)
    sheet.know("owner_id", owner.citizen_number)
    sheet.know("parcel", str(plot), f"Thửa đất số: {plot}")
    sheet.know("map_sheet", str(chart), f"Tờ bản đồ số: {chart}")
    sheet.know("area_m2", area.replace(",", "."), f"{area} m²")
    return issue


def _sign(sheet: Sheet, cast: Cast, issue: str) -> None:
    day, place = cast.between(date(2025, 1, 6), date(2026, 6, 30)), cast.place()
    sheet.y += 12
    left = sheet.left + 190
    sheet.write(f"<i>{place.province}, {spelled(day)}</i>", Look(Style(12.5), Align.CENTRE, after_pt=2, left_pt=left))
    office = Office(
        "", "VĂN PHÒNG ĐĂNG KÝ ĐẤT ĐAI", "", "", "", f"VĂN PHÒNG ĐĂNG KÝ ĐẤT ĐAI|TỈNH {place.province.upper()}",
        cast.pick(("GIÁM ĐỐC", "PHÓ GIÁM ĐỐC")), place,
    )  # fmt: skip
    block.signer(sheet, office, cast.person().name, left, sheet.right)
    sheet.page.fields.pop("authority", None)
    sheet.page.printed.pop("authority", None)
    sheet.y += 20
    book = f"VP {cast.number(1, 99999):05d}"
    _body(sheet, f"Số vào sổ cấp Giấy chứng nhận: <b>{book}</b>", 0)
    foot = A4_PT[1] - 18 * MM_PT
    sheet.at(f"<b>{issue}</b>", A4_PT[0] - 16 * MM_PT, foot, Style(17, ink=(150, 20, 40)), Align.RIGHT)
    sheet.know("issued_on", day.isoformat(), f"{place.province}, {spelled(day)}")
    sheet.know("issuer", f"VĂN PHÒNG ĐĂNG KÝ ĐẤT ĐAI TỈNH {place.province.upper()}", *office.authority.split("|"))
    sheet.know("register_number", book.replace(" ", ""), book)


def land_certificate(seed: int) -> tuple[Plan, ...]:
    """Page 1 with owner and plot, page 2 with the sketch of the plot and room for notes."""
    cast, sheet = Cast(seed), block.new_sheet()
    sheet.left, sheet.right, sheet.y = 22 * MM_PT, A4_PT[0] - 18 * MM_PT, 18 * MM_PT
    sheet.bottom = A4_PT[1] - 16 * MM_PT
    _background(sheet)
    issue = _first_page(sheet, cast)
    _sign(sheet, cast, issue)
    sheet.pages.append(type(sheet.page)())
    sheet.y = 20 * MM_PT
    _background(sheet)
    _body(sheet, "<b>4. Sơ đồ thửa đất, tài sản gắn liền với đất:</b>", 0)
    area = Area(sheet.left + 20, sheet.y + 6, sheet.right - 20, sheet.y + 270)
    sheet.draw("outline", area)
    sheet.draw("plot", area, seed=seed)
    sheet.y += 290
    _body(sheet, "<b>5. Ghi chú:</b> Diện tích đất được xác định theo bản đồ địa chính đo đạc năm "
                 f"{cast.number(2012, 2024)}; thửa đất nằm ngoài hành lang an toàn đường bộ.", 0)  # fmt: skip
    _body(sheet, "<b>6. Những thay đổi sau khi cấp Giấy chứng nhận:</b>", 0)
    top = sheet.y + 4
    sheet.at(
        "<b>Nội dung thay đổi và cơ sở pháp lý</b>", (sheet.left + sheet.right - 224) / 2, top + 15, Style(11.5), Align.CENTRE
    )
    sheet.at("<b>Xác nhận của cơ quan có thẩm quyền</b>", sheet.right - 112, top + 15, Style(11.5), Align.CENTRE)
    sheet.page.lines[-2:] = [" ".join(sheet.page.lines[-2:])]
    for y in (top, top + 22, top + 150):
        sheet.rule(sheet.left, y, sheet.right, y)
    for x in (sheet.left, sheet.right - 224, sheet.right):
        sheet.rule(x, top, x, top + 150)
    return sheet.plans()
