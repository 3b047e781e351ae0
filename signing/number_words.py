"""Vietnamese number words, as dates are spelt out in a lời chứng: 2026 is *hai nghìn không trăm hai mươi sáu*."""

from __future__ import annotations

from datetime import date

_DIGITS = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")


def number_words(number: int) -> str:
    """`number` (0 … 9999) in words."""
    if not 0 <= number <= 9999:
        raise ValueError(number)
    thousands, rest = divmod(number, 1000)
    words = [_DIGITS[thousands], "nghìn"] if thousands else []
    if rest or not thousands:
        words += _below_thousand(rest, full=bool(thousands))
    return " ".join(words)


def date_words(day: date) -> str:
    """The date spelt out: *ngày hai mươi ba tháng mười một năm hai nghìn không trăm hai mươi sáu*."""
    return f"ngày {_day(day.day)} tháng {_month(day.month)} năm {number_words(day.year)}"


def _day(number: int) -> str:
    return f"mùng {number_words(number)}" if number <= 10 else number_words(number)


def _month(number: int) -> str:
    return {1: "một", 4: "tư"}.get(number) or number_words(number)


def _below_thousand(number: int, *, full: bool) -> list[str]:
    hundreds, rest = divmod(number, 100)
    words = [_DIGITS[hundreds], "trăm"] if hundreds or full else []
    tens, ones = divmod(rest, 10)
    if not tens:
        return words + (["linh", _DIGITS[ones]] if words and ones else [] if words else [_DIGITS[ones]])
    words += ["mười"] if tens == 1 else [_DIGITS[tens], "mươi"]
    if ones:
        words.append(_last(tens, ones))
    return words


def _last(tens: int, ones: int) -> str:
    if ones == 1 and tens > 1:
        return "mốt"
    if ones == 4 and tens > 1:
        return "tư"
    return "lăm" if ones == 5 else _DIGITS[ones]
