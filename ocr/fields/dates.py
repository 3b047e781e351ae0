"""Dates in words and figures. A digit that cannot be read is never guessed: the value stays empty."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from ocr.fields.words import fold

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
_BETWEEN = r"[\s.,:;_…·(){}\[\]|'\"-]*"
_WORDED = re.compile(
    rf"(?P<place>.*?)\bnga[yuv]{_BETWEEN}(?P<day>.{{0,9}}?){_BETWEEN}"
    rf"thang{_BETWEEN}(?P<month>.{{0,9}}?){_BETWEEN}nam{_BETWEEN}(?P<year>[^\s,;.]{{0,8}})"
)
_FIGURES = re.compile(r"(?<![\d/])(?P<day>\d{1,2})\s?[/.-]\s?(?P<month>\d{1,2})\s?[/.-]\s?(?P<year>(?:19|20)\d{2})(?!\d)")
_LOOKS = str.maketrans({"o": "0", "l": "1", "i": "1", "|": "1", "!": "1"})


def today_in_vietnam() -> date:
    """The day it is in Vietnam, where papers are dated; up to seven hours before UTC gets there."""
    return datetime.now(VIETNAM).date()


@dataclass(frozen=True, slots=True)
class ReadDate:
    """A date as found in a text: its parts as read, its ISO value (empty when a part is no number), where it stands."""

    iso: str
    day: str
    month: str
    year: str
    start: int
    end: int
    place: str = ""
    repaired: bool = False
    """A letter was taken for the digit it looks like."""


def worded(text: str) -> ReadDate | None:
    """The first `[địa danh,] ngày … tháng … năm …` in the text, legible or not."""
    matched = _WORDED.search(fold(text))
    if matched is None:
        return None
    day, month, year = (matched[name].strip() for name in ("day", "month", "year"))
    digits = [part.translate(_LOOKS) for part in (day, month, year)]
    repaired = digits != [day, month, year]
    place = text[matched.start("place") : matched.end("place")].strip(" ,.;:-–'\"`|_")
    iso = _iso(*digits)
    return ReadDate(iso, digits[0], digits[1], digits[2], matched.start(), matched.end(), place, repaired)


def figures(text: str) -> tuple[ReadDate, ...]:
    """All dates `dd/mm/yyyy` (also with dots or dashes) in the text."""
    found = []
    for matched in _FIGURES.finditer(text):
        iso = _iso(matched["day"], matched["month"], matched["year"])
        found.append(ReadDate(iso, matched["day"], matched["month"], matched["year"], matched.start(), matched.end()))
    return tuple(found)


def first_date(text: str) -> ReadDate | None:
    """The date that stands first in the text, in figures or in words."""
    in_words = worded(text)
    in_figures = figures(text)
    if in_words is None or (in_figures and in_figures[0].start < in_words.start + len(in_words.place)):
        return in_figures[0] if in_figures else in_words
    return in_words


def _iso(day: str, month: str, year: str) -> str:
    if not (re.fullmatch(r"[0-9]{1,2}", day) and re.fullmatch(r"[0-9]{1,2}", month) and re.fullmatch(r"[0-9]{4}", year)):
        return ""
    if not (1 <= int(day) <= 31 and 1 <= int(month) <= 12):
        return ""
    return f"{year}-{int(month):02d}-{int(day):02d}"
