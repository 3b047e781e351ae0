"""Marks of state secrecy on a page: MẬT, TỐI MẬT, TUYỆT MẬT as a stamp or in print.

State secrets never enter the system (Law 117/2025/QH15; Circular 03/2025/TT-VPCP Art. 5), so missing a mark is worse than asking
a person once too often; but the word alone is no mark: "bí mật kinh doanh" and "mật độ" stand in ordinary papers. A mark is

- the words alone in a small frame, anywhere on the page (the stamps of Circular 24/2020/TT-BCA), or
- the words alone, in capitals, in the upper part of the page (Decree 30/2020/NĐ-CP, Annex I, box 10a), or
- a line that names the level: "Độ mật: Tối mật", in the same part.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ocr.model import Box, SecrecyLevel, SecrecyMark

_UPPER_PART = 0.45
"""Share of the page's height in which printed marks stand."""
_ALONE = 0.7
"""Words farther apart than this times their height belong to different things on one line."""
_NAMES = {"MAT": SecrecyLevel.MAT, "TOIMAT": SecrecyLevel.TOI_MAT, "TUYETMAT": SecrecyLevel.TUYET_MAT}
_TONED = re.compile(r"M[ÂẬẤẦẨẪ]T")
"""How print is read with some certainty: other vowels (mắt, mặt, mát) make other words, but not in stamps."""
_NAMED = re.compile(r"(?:CAP |MUC |CHI )?DO MAT (TUYET MAT|TOI MAT|MAT)")
_MOST_LETTERS = 12


@dataclass(frozen=True, slots=True)
class Seen:
    """A word as read, where it stands on the upright page, and a key of its line."""

    text: str
    box: Box
    line: object


def stamped(texts: Iterable[str]) -> SecrecyLevel | None:
    """The level a frame with these words bears, or None. A letter misread in a longer name is forgiven."""
    letters = _letters(" ".join(texts))
    if letters in _NAMES:
        return _NAMES[letters]
    if letters.endswith(("MAT", "MAI", "MAF", "HAT")) and len(letters) <= _MOST_LETTERS:
        for name in ("TUYETMAT", "TOIMAT"):
            if abs(len(name) - len(letters)) <= 1 and _distance(name, letters) <= len(name) // 4:
                return _NAMES[name]
    return None


def printed(words: Sequence[Seen], page_height: float) -> SecrecyMark | None:
    """The first mark printed without a frame on an upright page of that height, in the pixels of `words`; or None."""
    for group in _alone(word for word in words if word.box.y1 <= page_height * _UPPER_PART):
        text = unicodedata.normalize("NFC", " ".join(word.text for word in group))
        level = _of_print(text)
        if level is not None:
            box = group[0].box
            for word in group[1:]:
                box = box.union(word.box)
            return SecrecyMark(level, framed=False, box=box)
    return None


def _of_print(text: str) -> SecrecyLevel | None:
    named = _NAMED.fullmatch(_folded(text))
    if named:
        return _NAMES[named.group(1).replace(" ", "")]
    letters = "".join(sign for sign in text if sign.isalpha())
    level = _NAMES.get(_letters(text))
    return level if level and letters.isupper() and _TONED.search(letters) else None


def _alone(words: Iterable[Seen]) -> list[list[Seen]]:
    """Words of one line that stand close together, each group in reading order."""
    lines: dict[object, list[Seen]] = {}
    for word in words:
        lines.setdefault(word.line, []).append(word)
    groups: list[list[Seen]] = []
    for line in lines.values():
        last: Seen | None = None
        for word in sorted(line, key=lambda one: one.box.x0):
            if last is None or word.box.x0 - last.box.x1 > _ALONE * (last.box.y1 - last.box.y0):
                groups.append([])
            groups[-1].append(word)
            last = word
    return groups


def _folded(text: str) -> str:
    """Plain capitals between single spaces."""
    plain = unicodedata.normalize("NFD", text.upper().replace("Đ", "D"))
    kept = "".join(sign if sign.isalpha() and sign.isascii() else " " for sign in plain if not unicodedata.combining(sign))
    return " ".join(kept.split())


def _letters(text: str) -> str:
    return _folded(text).replace(" ", "")


def _distance(first: str, second: str) -> int:
    """Levenshtein's distance of two short words."""
    row = list(range(len(second) + 1))
    for at, sign in enumerate(first, start=1):
        before, row[0] = row[0], at
        for place, other in enumerate(second, start=1):
            before, row[place] = row[place], min(row[place] + 1, row[place - 1] + 1, before + (sign != other))
    return row[-1]
