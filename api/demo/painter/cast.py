"""Invented people, places, offices, numbers and dates, drawn from a seed.

Provinces and communes do not exist. Citizen numbers follow the rules (province code of birth registration, digit of
sex and century, two digits of the year; Circular 59/2021/TT-BCA Art. 4) with an invented running number that starts
with 000, so they check as valid and belong to nobody's paper by intention.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import TypeVar

T = TypeVar("T")

FAMILY = (
    "Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Huỳnh", "Phan", "Vũ", "Võ", "Đặng", "Bùi", "Đỗ", "Hồ", "Ngô", "Dương",
    "Lý", "Đoàn", "Trịnh", "Mai", "Lâm", "Tạ", "Quách", "Thạch", "Nông", "Lò",
)  # fmt: skip
MIDDLE = {
    "Nam": ("Văn", "Hữu", "Đức", "Quang", "Minh", "Đình", "Xuân", "Công", "Bá", "Ngọc", "Trọng", "Thế"),
    "Nữ": ("Thị", "Thị Ngọc", "Thị Thu", "Thanh", "Thùy", "Diệu", "Thị Kim", "Quỳnh", "Thị Mỹ", "Phương", "Thị Hồng"),
}
GIVEN = {
    "Nam": (
        "Dũng", "Hùng", "Thắng", "Tuấn", "Hải", "Sơn", "Khánh", "Nghĩa", "Thiện", "Phước", "Việt", "Đạt", "Cường", "Huy",
        "Bảo", "Lộc", "Tiến", "Kiệt", "Duy", "Thuận", "Quyết", "Vỹ", "Đăng", "Trường",
    ),
    "Nữ": (
        "Hạnh", "Lan", "Hương", "Nguyệt", "Tuyết", "Yến", "Thảo", "Trâm", "Hằng", "Liễu", "Ngân", "Diễm", "Oanh", "Thủy",
        "Mỹ", "Nhường", "Quyên", "Vân", "Hiền", "Giang", "Phụng", "Cẩm", "Ái", "Uyên",
    ),
}  # fmt: skip
PROVINCES = (
    ("Trường Lam", "037"), ("Hải Châu Sơn", "049"), ("An Khê Bình", "052"), ("Đông Giang Hạ", "031"),
    ("Thượng Ngàn", "008"), ("Bình Lãnh", "079"), ("Cửu Phong", "092"), ("Tây Trà Lĩnh", "004"),
)  # fmt: skip
COMMUNES = (
    "Đồng Mẫu", "Hoa Lộc Thượng", "Vĩnh Thử", "Phú Diễn Hạ", "Nghĩa Hữu", "Cẩm Lĩnh Tây", "Bằng Lũy", "Thạnh Mỹ Đức",
    "Suối Rễ", "Xuân Quế", "Yên Ngưỡng", "Khánh Trường", "Tịnh Bửu", "Ngọc Chữ", "Quỳnh Vĩ", "Lộc Hưởng",
)  # fmt: skip
HAMLETS = ("thôn Thượng", "thôn Hạ", "thôn Đoài", "xóm Mới", "ấp Bình Hữu", "khu phố 4", "tổ dân phố số 7", "thôn Nghĩa Lũy")
STREETS = ("Hoa Phượng", "Tre Ngà", "Bằng Lăng", "Cỏ May", "Sao Khuê", "Lúa Chín", "Mưa Nguồn", "Đồng Hữu")
ETHNIC = ("Kinh", "Kinh", "Kinh", "Tày", "Thái", "Mường", "Khmer", "Nùng", "Ê Đê", "Chăm")
SECTORS = (
    ("SỞ GIÁO DỤC VÀ ĐÀO TẠO", "Sở Giáo dục và Đào tạo", "SGDĐT", "VP"),
    ("SỞ NÔNG NGHIỆP VÀ MÔI TRƯỜNG", "Sở Nông nghiệp và Môi trường", "SNNMT", "QLĐĐ"),
    ("SỞ NỘI VỤ", "Sở Nội vụ", "SNV", "CCVC"),
    ("SỞ TƯ PHÁP", "Sở Tư pháp", "STP", "HCTP"),
    ("SỞ XÂY DỰNG", "Sở Xây dựng", "SXD", "QLN"),
    ("SỞ Y TẾ", "Sở Y tế", "SYT", "NVY"),
    ("SỞ KHOA HỌC VÀ CÔNG NGHỆ", "Sở Khoa học và Công nghệ", "SKHCN", "CĐS"),
)


@dataclass(frozen=True, slots=True)
class Place:
    """An invented commune or ward of an invented province."""

    kind: str
    """`xã` or `phường`."""
    commune: str
    province: str
    code: str
    """The three digits that citizen numbers of this province begin with."""

    @property
    def short(self) -> str:
        """`xã Đồng Mẫu`."""
        return f"{self.kind} {self.commune}"

    @property
    def full(self) -> str:
        """`xã Đồng Mẫu, tỉnh Trường Lam`."""
        return f"{self.short}, tỉnh {self.province}"


@dataclass(frozen=True, slots=True)
class Person:
    """An invented person."""

    name: str
    sex: str
    born: date
    citizen_number: str
    ethnic: str
    address: str
    home: Place


@dataclass(frozen=True, slots=True)
class Office:
    """Who issues a paper and who signs for it."""

    parent: str
    """Superior agency, or empty: People's Committees name none."""
    name: str
    """As in the head, capitals; `|` where the line breaks."""
    spoken: str
    symbol: str
    unit: str
    authority: str
    signer_title: str
    place: Place

    @property
    def flat(self) -> str:
        """The name on one line."""
        return self.name.replace("|", " ")


def dmy(day: date) -> str:
    """`05/09/2025`: the form with slashes, always two digits."""
    return f"{day:%d/%m/%Y}"


def spelled(day: date) -> str:
    """`ngày 05 tháng 02 năm 2025`, `ngày 15 tháng 9 năm 2025`.

    Decree 30/2020 writes a leading 0 for days below 10 and for months 1 and 2 only.
    """
    month = f"{day.month:02d}" if day.month < 3 else str(day.month)
    return f"ngày {day.day:02d} tháng {month} năm {day.year}"


_DIGITS = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")


def in_words(number: int) -> str:
    """A number below 10,000 in Vietnamese words: 2015 is `hai nghìn không trăm mười lăm`."""
    if number < 10:
        return _DIGITS[number]
    if number < 20:
        return "mười" + ("" if number == 10 else " lăm" if number == 15 else f" {_DIGITS[number - 10]}")
    if number < 100:
        tens, ones = divmod(number, 10)
        last = {0: "", 1: " mốt", 4: " tư", 5: " lăm"}.get(ones, f" {_DIGITS[ones]}")
        return f"{_DIGITS[tens]} mươi{last}"
    if number < 1000:
        hundreds, rest = divmod(number, 100)
        tail = "" if not rest else f" lẻ {_DIGITS[rest]}" if rest < 10 else f" {in_words(rest)}"
        return f"{_DIGITS[hundreds]} trăm{tail}"
    thousands, rest = divmod(number, 1000)
    if not rest:
        return f"{_DIGITS[thousands]} nghìn"
    head = f"{_DIGITS[thousands]} nghìn"
    return (
        f"{head} không trăm {in_words(rest) if rest > 9 else 'lẻ ' + _DIGITS[rest]}" if rest < 100 else f"{head} {in_words(rest)}"
    )


def day_in_words(day: date) -> str:
    """A birth certificate's date in words."""
    month = "tư" if day.month == 4 else in_words(day.month)
    return f"ngày {in_words(day.day)}, tháng {month}, năm {in_words(day.year)}"


def citizen_number(code: str, sex: str, year: int, running: int) -> str:
    """Twelve digits after Circular 59/2021/TT-BCA Art. 4: province, sex and century, year, running number."""
    century = 2 * (year // 100 - 19)
    return f"{code}{century + (sex == 'Nữ')}{year % 100:02d}{running:06d}"


class Cast:
    """Draws the invented facts of one paper from its seed."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)  # noqa: S311 - painted numbers, not secrets

    def pick(self, options: Sequence[T]) -> T:
        """One of the options."""
        return self.random.choice(options)

    def some(self, options: Sequence[T], count: int) -> list[T]:
        """So many different options, in random order."""
        return self.random.sample(options, count)

    def number(self, low: int, high: int) -> int:
        """A whole number, both ends included."""
        return self.random.randint(low, high)

    def day(self, first: int, last: int) -> date:
        """A day of the years from `first` to `last`."""
        return self.between(date(first, 1, 1), date(last, 12, 31))

    def between(self, first: date, last: date) -> date:
        """A day from `first` to `last`, both included."""
        return first + timedelta(days=self.random.randrange((last - first).days + 1))

    def place(self) -> Place:
        """An invented commune."""
        province, code = self.pick(PROVINCES)
        return Place(self.pick(("xã", "xã", "phường")), self.pick(COMMUNES), province, code)

    def person(self, sex: str = "", years: tuple[int, int] = (1955, 2004), place: Place | None = None) -> Person:
        """An invented person born in the given years."""
        sex, home = sex or self.pick(("Nam", "Nữ")), place or self.place()
        born = self.day(*years)
        name = f"{self.pick(FAMILY)} {self.pick(MIDDLE[sex])} {self.pick(GIVEN[sex])}"
        number = citizen_number(home.code, sex, born.year, self.number(11, 999))
        where = self.pick((f"số {self.number(2, 390)} đường {self.pick(STREETS)}", self.pick(HAMLETS)))
        return Person(name, sex, born, number, self.pick(ETHNIC), f"{where}, {home.full}", home)

    def office(self) -> Office:
        """A commune's or a province's People's Committee, or a department, with a signer's authority."""
        place = self.place()
        chair = self.pick((
            ("TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH"), ("TM. ỦY BAN NHÂN DÂN|KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH"),
            ("TL. CHỦ TỊCH", "CHÁNH VĂN PHÒNG"),
        ))  # fmt: skip
        kind = self.number(0, 2)
        if kind == 0:
            return Office(
                "", f"ỦY BAN NHÂN DÂN|{place.short.upper()}", f"Ủy ban nhân dân {place.short}", "UBND", "VP", *chair, place
            )
        if kind == 1:
            name = f"ỦY BAN NHÂN DÂN|TỈNH {place.province.upper()}"
            unit = self.pick(("NC", "KGVX", "TTHC", "KTN"))
            return Office("", name, f"Ủy ban nhân dân tỉnh {place.province}", "UBND", unit, *chair, place)
        sector = self.pick(SECTORS)
        head = self.pick((("", "GIÁM ĐỐC"), ("KT. GIÁM ĐỐC", "PHÓ GIÁM ĐỐC")))
        spoken = f"{sector[1]} tỉnh {place.province}"
        return Office(f"UBND TỈNH {place.province.upper()}", sector[0], spoken, sector[2], sector[3], *head, place)
