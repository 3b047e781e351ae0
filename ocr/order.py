"""Reading order: words to lines, and the two columns that head and foot of an administrative document have.

The layout is that of Decree 30/2020/NĐ-CP, Appendix I: on top the agency left and the national motto right, at the end
the recipients left and the signature right. The left column is read first, then the right one; a line stays whole.
Boxes here are in upright reading pixels.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from ocr.model import Word

Words = list[Word]
_MOTTO = re.compile(r"\b(CONG HOA X|XA HOI CHU NGH|CHU NGHIA VIE)")
_BEFORE = {"CONG": 0, "XA": 2, "CHU": 4}
"""Words of the motto that stand before the first one that was recognised."""
_DATE = re.compile(r"\b(NGAY|THANG)\b.*\bNAM\b")
_RECIPIENTS = re.compile(r"^\W*NOI NHAN(\s*[:;.,]|$)")


def folded(text: str) -> str:
    """`text` in capitals without marks, `Đ` as `D`: for finding fixed phrases."""
    plain = "".join(c for c in unicodedata.normalize("NFD", text.upper()) if not unicodedata.combining(c))
    return plain.replace("Đ", "D")


def in_lines(words: Sequence[Word]) -> list[Words]:
    """Loose words gathered to lines, top to bottom, cut where a gap is wider than two and a half letters are tall."""
    lines: list[Words] = []
    if not words:
        return lines
    for word in sorted(words, key=lambda word: word.box.y0 + word.box.y1):
        if lines and _beside(word, lines[-1]):
            lines[-1].append(word)
        else:
            lines.append([word])
    widest = 2.5 * _height(lines)
    return [part for line in lines for part in cut(sorted(line, key=lambda word: word.box.x0), widest)]


def cut(line: Words, widest_px: float) -> list[Words]:
    """`line` cut at gaps wider than `widest_px`."""
    parts = [[line[0]]]
    for before, word in pairwise(line):
        if word.box.x0 - before.box.x1 > widest_px:
            parts.append([])
        parts[-1].append(word)
    return parts


def in_order(lines: Sequence[Words], width_px: float) -> list[Words]:
    """`lines` with head and foot column by column; everything else as it came."""
    return _foot_in_columns(_head_in_columns([list(line) for line in lines if line]), width_px)


def _beside(word: Word, line: Words) -> bool:
    middle = (word.box.y0 + word.box.y1) / 2
    centres = median((other.box.y0 + other.box.y1) / 2 for other in line)
    return abs(middle - centres) < 0.5 * min(word.box.y1 - word.box.y0, median(o.box.y1 - o.box.y0 for o in line))


@dataclass(frozen=True, slots=True)
class _Head:
    top: float
    bottom: float
    split: float


def _head_in_columns(lines: list[Words]) -> list[Words]:
    head = _find_head(lines)
    if head is None:
        return lines
    left: list[Words] = []
    right: list[Words] = []
    before: list[Words] = []
    after: list[Words] = []
    for line in lines:
        middle = _middle(line)
        if not head.top <= middle <= head.bottom:
            (before if middle < head.top else after).append(line)
            continue
        left.append([word for word in line if word.box.x1 <= head.split])
        right.append([word for word in line if word.box.x1 > head.split])
    columns = [sorted(filter(None, column), key=_middle) for column in (left, right)]
    return [*before, *columns[0], *columns[1], *after] if columns[0] else lines


def _find_head(lines: list[Words]) -> _Head | None:
    """Where the head stands: from above the motto down to the line of place and date."""
    for line in lines:
        found = _MOTTO.search(_joined(line))
        if not found:
            continue
        at = _joined(line)[: found.start()].count(" ")
        first = line[max(at - _BEFORE.get(folded(line[at].text), 0), 0)]
        height = first.box.y1 - first.box.y0
        split = first.box.x0 - 0.3 * height
        below = [other for other in lines if 0 < _middle(other) - first.box.y0 < 14 * height]
        dates = [_middle(other) for other in below if _DATE.search(_joined([w for w in other if w.box.x1 > split]))]
        bottom = min(dates, default=first.box.y1 + 2.5 * height) + 0.8 * height
        across = [_middle(other) for other in below if other is not line and _runs_across(other, split, height)]
        return _Head(first.box.y0 - 0.8 * height, min([bottom, *(at - 0.5 * height for at in across)]), split)
    return None


def _runs_across(line: Words, split: float, height: float) -> bool:
    """Whether the line is set over both columns: words on either side, and no gap between them."""
    left, right = [word for word in line if word.box.x1 <= split], [word for word in line if word.box.x1 > split]
    return bool(left and right) and min(w.box.x0 for w in right) - max(w.box.x1 for w in left) < 0.8 * height


def _foot_in_columns(lines: list[Words], width_px: float) -> list[Words]:
    starts = [at for at, line in enumerate(lines) if _RECIPIENTS.search(_joined(line))]
    if not starts:
        return lines
    height = _height(lines)
    top, split = _middle(lines[starts[-1]]) - 0.7 * height, width_px * 0.5
    foot: list[Words] = []
    before: list[Words] = []
    for line in lines:
        middle = _middle(line)
        beside = line[0].box.x0 > split * 0.9 and middle >= top - 2.5 * height  # the signature may begin a little higher
        (foot if middle >= top or beside else before).append(line)
    parts = [part for line in foot for part in cut(line, 2.0 * height)]
    if any(part[0].box.x0 < width_px * 0.3 and part[-1].box.x1 > width_px * 0.7 for part in parts):
        return lines  # something runs across: this is no foot
    left = [part for part in parts if part[0].box.x0 < split * 0.9 and part[-1].box.x1 < split * 1.15]
    right = [part for part in parts if part not in left]
    return [*before, *sorted(left, key=_middle), *sorted(right, key=_middle)]


def _height(lines: Sequence[Words]) -> float:
    """The usual height of a word, in pixels."""
    return median(word.box.y1 - word.box.y0 for line in lines for word in line)


def _joined(line: Words) -> str:
    return folded(" ".join(word.text for word in line))


def _middle(line: Words) -> float:
    return median((word.box.y0 + word.box.y1) / 2 for word in line)
