"""The blocks of an administrative document after Decree 30/2020/NĐ-CP, Annex I: head, title, body, signer, recipients."""

from __future__ import annotations

from datetime import date

from api.demo.painter.cast import Office, spelled
from api.demo.painter.plan import Area, Style
from api.demo.painter.typeset import Align, Look, Sheet, natural_width, parse

FOOTER = "Giấy mẫu do Sohoa vẽ để trình diễn và thử nghiệm - không có giá trị pháp lý"
NATION = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
MOTTO = "Độc lập - Tự do - Hạnh phúc"


def new_sheet() -> Sheet:
    """An A4 sheet with the margins of Decree 30/2020 and the line that says what it is."""
    return Sheet(footer=FOOTER)


def underline(sheet: Sheet, middle: float, y: float, width: float) -> None:
    """The line below an agency's name, a motto or a summary."""
    sheet.rule(middle - width / 2, y, middle + width / 2, y, 0.8)


def _centred(sheet: Sheet, text: str, left: float, right: float, style: Style) -> list[str]:
    return sheet.write(text, Look(style, Align.CENTRE, after_pt=0, leading=1.18, left_pt=left, right_pt=right))


def nation(sheet: Sheet, left: float, right: float, size_pt: float = 13.0) -> None:
    """Quốc hiệu and tiêu ngữ with its underline, centred between `left` and `right`."""
    _centred(sheet, f"<b>{NATION}</b>", left, right, Style(size_pt - 0.5))
    motto = Style(size_pt + 0.5, bold=True)
    _centred(sheet, MOTTO, left, right, motto)
    underline(sheet, (left + right) / 2, sheet.y + 2.2, natural_width(parse(MOTTO, motto)))


def head(sheet: Sheet, office: Office, number: str, symbol: str, day: date, *, about: str = "", by_hand: bool = False) -> None:
    """The two-column head. `about` is the `V/v …` of an official letter; `by_hand` writes number and day with a pen."""
    top, split = sheet.y, sheet.left + 178
    left = (sheet.left - 14, split)
    middle = sum(left) / 2
    if office.parent:
        _centred(sheet, office.parent, *left, Style(12.5))
    name = Style(12.5, bold=True)
    for part in office.name.split("|"):
        lines = _centred(sheet, part, *left, name)
    underline(sheet, middle, sheet.y + 2.2, natural_width(parse(lines[-1], name)) * 0.42)
    sheet.y = max(sheet.y, top + 44) if by_hand else sheet.y + 9
    pen = ("<h>", "</h>") if by_hand else ("", "")
    digits = f"{int(number):02d}"
    beside = sheet.y
    _centred(sheet, f"Số: {pen[0]}{digits}{pen[1]}/{symbol}", *left, Style(13))
    if about:
        written = _centred(sheet, f"V/v {about}", left[0] + 4, left[1] - 4, Style(12))
        sheet.know("subject", " ".join(written), *written)
    ends = sheet.y
    sheet.y = top
    nation(sheet, split, sheet.right + 8)
    sheet.y = max(beside, sheet.y + 8)
    place = f"{office.place.commune if 'SỞ' not in office.name and 'TỈNH' not in office.name else office.place.province}"
    spoken = spelled(day).replace(f"ngày {day.day:02d}", f"ngày {pen[0]}{day.day:02d}{pen[1]}", 1)
    dated = _centred(sheet, f"<i>{place}, {spoken}</i>", split, sheet.right + 8, Style(13))
    sheet.y = max(sheet.y, ends) + 14
    sheet.know("number", f"{digits}/{symbol}")
    sheet.know("issued_on", day.isoformat(), *dated)
    sheet.know("issuer", office.flat, *office.name.split("|"))
    sheet.know("place", place)
    if office.parent:
        sheet.know("issuer_parent", office.parent)


def title(sheet: Sheet, name: str, summary: str) -> None:
    """The name of the type and the summary below it, underlined."""
    _centred(sheet, f"<b>{name}</b>", sheet.left, sheet.right, Style(14.5))
    written = _centred(sheet, f"<b>{summary}</b>", sheet.left + 30, sheet.right - 30, Style(14))
    underline(sheet, (sheet.left + sheet.right) / 2, sheet.y + 3, 90)
    sheet.y += 14
    sheet.know("title", name)
    sheet.know("subject", " ".join(written), *written)


def paragraph(sheet: Sheet, text: str, *, size_pt: float = 14.0) -> None:
    """A justified paragraph with the first line moved in by 1 cm."""
    sheet.write(text, Look(Style(size_pt), Align.JUSTIFY, 28.3, after_pt=5, leading=1.22))


def signer(sheet: Sheet, office: Office, name: str, left: float, right: float) -> None:
    """Authority, position, room for signature and seal, full name."""
    style = Style(13.5, bold=True)
    for part in filter(None, office.authority.split("|")):
        _centred(sheet, part, left, right, style)
    _centred(sheet, office.signer_title, left, right, style)
    top = sheet.y
    sheet.y += 72
    sheet.page.anchors["signature"] = Area(left + 30, top + 2, right - 20, sheet.y - 2)
    _centred(sheet, name, left, right, Style(14, bold=True))
    if office.authority:
        sheet.know("authority", office.authority.rsplit("|", maxsplit=1)[-1].split(".", maxsplit=1)[0] + ".")
    sheet.know("signer_title", office.signer_title)
    sheet.know("signer", name)


def closing(sheet: Sheet, office: Office, name: str, recipients: list[str]) -> None:
    """Recipients on the left, the signer on the right; kept together on one page."""
    sheet.need(150)
    top = sheet.y + 4
    sheet.y = top
    middle = sheet.left + 215
    sheet.write("<b><i>Nơi nhận:</i></b>", Look(Style(12), Align.LEFT, after_pt=0, right_pt=middle))
    for number, recipient in enumerate(recipients):
        end = "." if number == len(recipients) - 1 else ";"
        sheet.write(f"- {recipient}{end}", Look(Style(11), Align.LEFT, after_pt=0, right_pt=middle))
    bottom = sheet.y
    sheet.y = top
    signer(sheet, office, name, middle, sheet.right + 6)
    sheet.y = max(sheet.y, bottom)


def table(sheet: Sheet, widths: tuple[float, ...], rows: list[tuple[str, ...]], *, size_pt: float = 12.0) -> None:
    """A ruled table; the first row is the head. Widths are shares of the text width; a cell takes one line.

    The head is repeated on every page the table reaches.
    """
    share = (sheet.right - sheet.left) / sum(widths)
    edges = [sheet.left]
    for width in widths:
        edges.append(edges[-1] + width * share)
    height = size_pt * 1.7
    sheet.need(height * 3)
    for number, row in enumerate(rows):
        if number and sheet.y + height > sheet.bottom:
            sheet.turn()
            _row(sheet, edges, rows[0], height, size_pt, bold=True)
        _row(sheet, edges, row, height, size_pt, bold=number == 0)
    sheet.y += 8


def _row(sheet: Sheet, edges: list[float], row: tuple[str, ...], height: float, size_pt: float, *, bold: bool) -> None:
    top, style, first = sheet.y, Style(size_pt, bold=bold), len(sheet.page.lines)
    for cell, left, right in zip(row, edges, edges[1:], strict=False):
        align = Align.CENTRE if bold or cell.replace(".", "").isdigit() else Align.LEFT
        x = (left + right) / 2 if align is Align.CENTRE else left + 4
        sheet.at(cell, x, top + height * 0.68, style, align)
    sheet.page.lines[first:] = [" ".join(sheet.page.lines[first:])]
    for x in edges:
        sheet.rule(x, top, x, top + height, 0.6)
    for y in (top, top + height):
        sheet.rule(edges[0], y, edges[-1], y, 0.6)
    sheet.y += height
