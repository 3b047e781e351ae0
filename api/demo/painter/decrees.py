"""Decision, notice and official letter: the three administrative documents a one-stop centre sees most."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from api.demo.painter import administrative as block
from api.demo.painter.cast import Cast, Office, dmy, spelled
from api.demo.painter.phrases import GENERAL, LAWS, RECIPIENTS, TOPICS, Topic
from api.demo.painter.plan import Plan, Style
from api.demo.painter.typeset import Align, Look, Sheet


@dataclass(frozen=True, slots=True)
class DecreeOptions:
    """Variants: a table of people in a decision, number and day written by hand, the head's own office."""

    table: bool = True
    by_hand: bool = False


class _Draft:
    """The facts all three documents share, drawn from the seed."""

    def __init__(self, seed: int) -> None:
        self.cast = Cast(seed)
        self.office: Office = self.cast.office()
        self.topic: Topic = self.cast.pick(TOPICS)
        self.day = self.cast.between(date(2025, 7, 1), date(2026, 6, 30))
        self.number = str(self.cast.number(1, 2600))
        self.signer = self.cast.person().name
        year = self.day.year
        self.slots = {
            "year": str(year), "school": f"{year}-{year + 1}", "area": f"{self.cast.number(62, 940)},{self.cast.number(1, 9)}",
            "plot": str(self.cast.number(12, 760)), "map": str(self.cast.number(2, 64)),
            "soon": dmy(self.day + timedelta(days=self.cast.number(8, 40))),
            "later": dmy(self.day + timedelta(days=self.cast.number(42, 60))), "office": self.office.spoken,
        }  # fmt: skip

    @property
    def subject(self) -> str:
        return self.filled(self.topic.subject)

    def filled(self, text: str) -> str:
        return text.format_map(self.slots)

    def sentences(self, count: int) -> list[str]:
        own = list(self.topic.points)
        return [self.filled(text) for text in [*own, *self.cast.some(GENERAL, max(0, count - len(own)))]]

    def recipients(self, first: str) -> list[str]:
        others = [name for name in RECIPIENTS[1:] if name != first]
        return [first, *self.cast.some(others, 4), f"Lưu: VT, {self.office.unit}"]


def decision(seed: int, options: DecreeOptions = DecreeOptions()) -> tuple[Plan, ...]:
    """A decision of two pages: legal grounds, articles, optionally a list of people, signer, recipients."""
    draft, sheet = _Draft(seed), block.new_sheet()
    cast, office = draft.cast, draft.office
    block.head(sheet, office, draft.number, f"QĐ-{office.symbol}", draft.day, by_hand=options.by_hand)
    block.title(sheet, "QUYẾT ĐỊNH", f"Về {draft.subject}")
    chair = f"CHỦ TỊCH {office.flat}" if office.authority.startswith("TL.") else office.flat
    if "GIÁM ĐỐC" in office.signer_title:
        chair = f"GIÁM ĐỐC {office.flat}"
    sheet.write(f"<b>{chair}</b>", Look(Style(13.5), Align.CENTRE, after_pt=8))
    for law in cast.some(LAWS, 3):
        block.paragraph(sheet, f"<i>Căn cứ {law};</i>")
    asked = f"Tờ trình số {cast.number(11, 480)}/TTr-{office.unit} {spelled(draft.day - timedelta(days=cast.number(2, 9)))}"
    block.paragraph(sheet, f"<i>Theo đề nghị của Trưởng phòng chuyên môn tại {asked}.</i>")
    sheet.write("<b>QUYẾT ĐỊNH:</b>", Look(Style(14), Align.CENTRE, after_pt=8))
    points = draft.sentences(5)
    block.paragraph(sheet, f"<b>Điều 1.</b> Ban hành kèm theo Quyết định này các nội dung về {draft.subject}, cụ thể như sau:")
    for number, point in enumerate(points[:3], 1):
        block.paragraph(sheet, f"{number}. {point}")
    if options.table:
        block.paragraph(sheet, "Danh sách tổ chức, cá nhân có liên quan:")
        _people(sheet, cast)
    for number, point in enumerate(points[3:], 2):
        block.paragraph(sheet, f"<b>Điều {number}.</b> {point}")
    block.paragraph(sheet, f"<b>Điều {len(points) - 1}.</b> Quyết định này có hiệu lực thi hành kể từ ngày ký.")
    block.paragraph(sheet, f"<b>Điều {len(points)}.</b> Chánh Văn phòng, Thủ trưởng các đơn vị và các tổ chức, cá nhân có liên "
                           "quan chịu trách nhiệm thi hành Quyết định này./.")  # fmt: skip
    if len(sheet.pages) == 1:
        sheet.turn()
    block.closing(sheet, office, draft.signer, draft.recipients(f"Như Điều {len(points)}"))
    return sheet.plans()


def _people(sheet: Sheet, cast: Cast) -> None:
    rows: list[tuple[str, ...]] = [("STT", "Họ và tên", "Năm sinh", "Số định danh", "Số tiền (đồng)")]
    place = cast.place()
    for number in range(1, cast.number(5, 10)):
        person = cast.person(place=place)
        amount = f"{cast.number(2, 48) * 500_000:,}".replace(",", ".")
        rows.append((str(number), person.name, str(person.born.year), person.citizen_number, amount))
    block.table(sheet, (0.7, 3.2, 1.4, 2.3, 2.1), rows)


def notice(seed: int, options: DecreeOptions = DecreeOptions()) -> tuple[Plan, ...]:
    """A notice, usually of one page."""
    draft, sheet = _Draft(seed), block.new_sheet()
    cast, office = draft.cast, draft.office
    block.head(sheet, office, draft.number, f"TB-{office.symbol}", draft.day, by_hand=options.by_hand)
    block.title(sheet, "THÔNG BÁO", f"Về {draft.subject}")
    block.paragraph(sheet, f"<i>Căn cứ {cast.pick(LAWS)};</i>")
    block.paragraph(sheet, f"Căn cứ tình hình thực tế tại địa phương, {office.spoken} thông báo về {draft.subject} như sau:")
    for number, point in enumerate(draft.sentences(cast.number(4, 5)), 1):
        lead = f"<b>{number}.</b>" if seed % 2 else f"{number}."
        block.paragraph(sheet, f"{lead} {point}")
    block.paragraph(sheet, f"Nhận được Thông báo này, {office.spoken} yêu cầu các cơ quan, đơn vị, tổ chức, cá nhân có liên quan "
                           "nghiêm túc thực hiện./.")  # fmt: skip
    block.closing(sheet, office, draft.signer, draft.recipients(cast.pick(RECIPIENTS[5:])))
    return sheet.plans()


def letter(seed: int, options: DecreeOptions = DecreeOptions()) -> tuple[Plan, ...]:
    """An official letter (công văn): `V/v …` under the number, `Kính gửi:`, no name of type."""
    draft, sheet = _Draft(seed), block.new_sheet()
    cast, office = draft.cast, draft.office
    symbol = f"{office.symbol}-{office.unit}"
    about = draft.subject.removeprefix("việc ")
    block.head(sheet, office, draft.number, symbol, draft.day, about=about, by_hand=options.by_hand)
    receivers = cast.some(("Các phòng, ban, đơn vị trực thuộc", "Các trường học trên địa bàn", "Trạm Y tế",
                           "Trung tâm Phục vụ hành chính công", "Công an", "Ban Chỉ huy Quân sự"), cast.number(1, 3))  # fmt: skip
    if len(receivers) == 1:
        sheet.write(f"Kính gửi: {receivers[0]}.", Look(Style(14), Align.CENTRE, after_pt=12))
    else:
        sheet.write("Kính gửi:", Look(Style(14), Align.LEFT, 90, after_pt=0))
        for number, receiver in enumerate(receivers, 1):
            end = "." if number == len(receivers) else ";"
            sheet.write(f"- {receiver}{end}", Look(Style(14), Align.LEFT, after_pt=0, left_pt=sheet.left + 130))
        sheet.y += 12
    source = f"Công văn số {cast.number(101, 5200)}/{cast.pick(('UBND-NC', 'UBND-KGVX', 'VP-TH', 'SNV-CCHC'))}"
    block.paragraph(sheet, f"Thực hiện {source} ngày {dmy(draft.day - timedelta(days=cast.number(5, 30)))} về {draft.subject}, "
                           f"{office.spoken} đề nghị các cơ quan, đơn vị thực hiện một số nội dung sau:")  # fmt: skip
    for number, point in enumerate(draft.sentences(cast.number(4, 6)), 1):
        block.paragraph(sheet, f"{number}. {point}")
    block.paragraph(sheet, f"{office.spoken} đề nghị các cơ quan, đơn vị quan tâm, phối hợp thực hiện./.")
    block.closing(sheet, office, draft.signer, draft.recipients("Như trên"))
    sheet.pages[0].fields["title"] = "Công văn"
    return sheet.plans()
