"""Where a printed line leaves room for handwriting: the digits after `Số:`, the day and the month of a date.

The words are the engine's; where it took handwriting and print together for one word, the printed part is told by its width,
for which the other printed words of the page give the measure. Boxes are in upright reading pixels.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import accumulate
from statistics import median

from ocr.engines.words import RawWord
from ocr.model import Box
from ocr.order import folded

_WIDTHS = {" ": 0.25, ".": 0.25, ",": 0.25, ":": 0.28, ";": 0.28, "/": 0.28, "-": 0.33, "I": 0.36, "J": 0.42}
_CAPITAL, _SMALL, _DIGIT = 0.68, 0.47, 0.5
"""Mean widths in Times, in ems, good to a tenth."""
_SIGNS = ":.;, "
_LEAST_EM = 0.2
_NARROW, _WIDE = set("iljtfr"), set("mwMW")

_DATE = re.compile(r"(?P<day>NGA[YUV])(?P<d>.{0,14}?)(?P<month>THA[NU]G)(?P<m>.{0,10}?)(?P<year>NA[MN])")
_NUMBER = re.compile(r"^\W{0,3}(?P<label>S[O06])(?P<digits>[^/]{0,24}|.{0,24}?)(?P<tail>/\s?[A-Z][A-Z&]{0,8}\b)")


class GapKind(StrEnum):
    """What is written into the gap."""

    NUMBER = "number"
    DAY = "day"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class Gap:
    """Room for handwriting on a line: from `x0` to `x1`, the line's top and bottom, and what the engine read in it."""

    kind: GapKind
    box: Box
    first: int
    last: int
    """Indices of the words it touches, in the line."""
    before: str
    text: str
    after: str
    """The touched words as read: printed part before, in the gap, printed part after."""
    confidence: float


def width_em(text: str) -> float:
    """About how wide a text is in Times, in ems."""
    return sum(_width(character) for character in text)


def _width(character: str) -> float:
    known = _WIDTHS.get(character)
    if known is not None:
        return known
    if not character.isalnum():
        return 0.28
    plain = folded(character).lower() if character.islower() else folded(character)
    if character.isdigit():
        return _DIGIT
    if plain in _WIDE:
        return 0.78 if character.islower() else 0.89
    if plain in _NARROW:
        return 0.31
    return _CAPITAL if character.isupper() else _SMALL


def em_of(words: Sequence[RawWord]) -> float:
    """The em of the page's print in pixels: the median over words that are surely print; 0 without any."""
    sure = [word for word in words if word.confidence > 0.9 and len(word.text) >= 3 and word.text.isalpha()]
    return median((word.box.x1 - word.box.x0) / width_em(word.text) for word in sure) if sure else 0.0


def gaps(line: Sequence[RawWord], em_px: float) -> list[Gap]:
    """The gaps of one line, left to right."""
    text = folded(" ".join(word.text for word in line))
    if len(text) != sum(len(word.text) + 1 for word in line) - 1 or em_px <= 0:
        return []
    date, number = _DATE.search(text), _NUMBER.search(text)
    found = []
    if number and not date_before(date, number):
        found.append(_gap(GapKind.NUMBER, line, (number.start(), number.end("label") + 1), number.start("tail"), em_px))
    if date:
        found.append(_gap(GapKind.DAY, line, (date.start("day"), date.end("day")), date.start("month"), em_px))
        found.append(_gap(GapKind.MONTH, line, (date.start("month"), date.end("month")), date.start("year"), em_px))
    return [gap for gap in found if gap is not None]


def date_before(date: re.Match[str] | None, number: re.Match[str]) -> bool:
    """Whether the slash belongs to something behind a date: no document number then."""
    return date is not None and date.start() < number.start("tail") and date.start() < 24


def _gap(kind: GapKind, line: Sequence[RawWord], label: tuple[int, int], after_at: int, em_px: float) -> Gap | None:
    """The gap between the printed text `label` (positions in the joined line) and the print that begins at `after_at`."""
    starts = [0, *accumulate(len(word.text) + 1 for word in line)][:-1]
    begin = max(index for index, start in enumerate(starts) if start <= label[0])
    end = max(index for index, start in enumerate(starts) if start <= after_at)
    head, tail = line[begin].text[: label[1] - starts[begin]], line[end].text[after_at - starts[end] :]
    is_alone = line[begin].text.strip(_SIGNS) == head.strip(_SIGNS)
    x0 = line[begin].box.x1 if is_alone and _fits(line[begin], head, em_px) else line[begin].box.x0 + width_em(head) * em_px
    is_whole = after_at == starts[end] and _fits(line[end], tail, em_px)
    x1 = line[end].box.x0 if is_whole else line[end].box.x1 - width_em(tail) * em_px
    first, last = begin + is_alone, end - (after_at == starts[end])
    if x1 - x0 < _LEAST_EM * em_px or last < first - 1:
        return None
    inside = line[first : last + 1]
    joined = " ".join(word.text for word in inside)
    cut0 = 0 if is_alone or not inside else label[1] - starts[first]
    cut1 = after_at - starts[first] if inside else 0
    return Gap(
        kind,
        Box(x0, min(line[begin].box.y0, line[end].box.y0), x1, max(line[begin].box.y1, line[end].box.y1)),
        first,
        last,
        joined[:cut0],
        joined[cut0:cut1].strip(),
        joined[cut1:],
        min((word.confidence for word in inside), default=0.0),
    )


def _fits(word: RawWord, printed: str, em_px: float) -> bool:
    """Whether the word is as wide as its print: engines now and then stretch a box over the writing beside it."""
    return word.box.x1 - word.box.x0 < 1.35 * width_em(printed) * em_px + 2
