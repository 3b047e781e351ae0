"""Lines that the engine's layout analysis passed over: found as ink that no word covers, and read alone.

Layout analysis drops small print at the edge of a page, the line under a seal, what stands beside a signature, and reads two
columns set a little out of step as one. A line cut out by itself needs no layout. What comes of it counts only when the engine
is sure of it: scrawls and ornaments stay unread.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from ocr.engines.choice import engine
from ocr.engines.words import LINE, RawWord
from ocr.model import Box
from ocr.options import ReadOptions
from ocr.prepare.decode import Grey
from ocr.prepare.uncovered import uncovered

_COVERS = 0.5
"""A word the engine is less sure of covers nothing: what it stands on is looked at again."""
_MOST = 8
"""Lines read again on one page; a page with more is no page of print."""
_SURE = 0.7
_LETTERS = 4
_OUTDOES = 0.7
"""Share of the doubtful letters that a line must bring to stand in their place."""


@dataclass(frozen=True, slots=True)
class Measure:
    """What print looks like on this page: the usual height of a word, pixels."""

    word_px: float

    @property
    def em_px(self) -> float:
        """About one em: words with marks and tails are a little taller than their capitals."""
        return self.word_px * 1.1


def with_passed_over(words: Sequence[RawWord], grey: Grey, dpi: float, options: ReadOptions) -> tuple[RawWord, ...]:
    """`words` (boxes in pixels of `grey`) with lines nobody read; raises what the engine raises."""
    sure = [word for word in words if word.confidence > 0.8 and sum(map(str.isalnum, word.text)) >= 2]
    if len(sure) < 10:
        return tuple(words)
    measure = Measure(float(np.median([word.box.y1 - word.box.y0 for word in sure])))
    found = list(words)
    for number, box in enumerate(unread(words, grey, measure)):
        found = _taken_in(found, _read_line(grey, box, measure, dpi, options, number), box)
    return tuple(found)


def unread(words: Sequence[RawWord], grey: Grey, measure: Measure) -> list[Box]:
    """Boxes of what looks like lines of print and is covered by no sure word, the longest first."""
    found = uncovered(grey, [word.box for word in words if _covers(word)], measure.em_px)
    return sorted(found, key=lambda box: box.x0 - box.x1)[:_MOST]


def _read_line(grey: Grey, box: Box, measure: Measure, dpi: float, options: ReadOptions, number: int) -> list[RawWord]:
    pad = round(0.35 * measure.em_px)
    x, y = max(int(box.x0) - pad, 0), max(int(box.y0) - pad, 0)
    crop = np.ascontiguousarray(grey[y : int(box.y1) + pad, x : int(box.x1) + pad])
    key = (1000 + number, 1, 1)
    read = engine(options.engine).read(crop, dpi, options.language, options.page_seconds, LINE)
    return [replace(word, box=Box(word.box.x0 + x, word.box.y0 + y, word.box.x1 + x, word.box.y1 + y), line=key) for word in read]


def _taken_in(words: list[RawWord], line: list[RawWord], box: Box) -> list[RawWord]:
    """`words` with `line` at its height, in place of the doubtful ones that stood there; as they were if it is not sure."""
    letters = sum(_letters_in(word) for word in line)
    weight = sum(len(word.text) for word in line)
    sure = sum(word.confidence * len(word.text) for word in line) / weight if weight else 0.0
    if letters < _LETTERS or sure < _SURE:
        return words
    gone = [not _covers(word) and _inside(word.box, box) for word in words]
    if letters < _OUTDOES * sum(_letters_in(word) for word, goes in zip(words, gone, strict=True) if goes):
        return words
    kept = [word for word, goes in zip(words, gone, strict=True) if not goes]
    host = _beside(kept, box)
    if host is not None:
        joined = [*(word for word in kept if word.line == host), *(replace(word, line=host) for word in line)]
        joined.sort(key=lambda word: word.box.x0)
        place = next(at for at, word in enumerate(kept) if word.line == host)
        others = [word for word in kept if word.line != host]
        before = sum(word.line != host for word in kept[:place])
        return [*others[:before], *joined, *others[before:]]
    middle = (box.y0 + box.y1) / 2
    place = next((at for at, word in enumerate(kept) if _begins_below(kept, at, middle, box)), len(kept))
    return [*kept[:place], *line, *kept[place:]]


def _covers(word: RawWord) -> bool:
    return word.confidence >= _COVERS or bool(word.read)


def _letters_in(word: RawWord) -> int:
    return sum(map(str.isalpha, word.text))


def _beside(words: Sequence[RawWord], box: Box) -> tuple[int, int, int] | None:
    """The line that goes on left or right of `box`, or None where it stands alone."""
    middle, height = (box.y0 + box.y1) / 2, box.y1 - box.y0
    for word in words:
        level = abs((word.box.y0 + word.box.y1) / 2 - middle) < 0.35 * height
        apart = max(box.x0 - word.box.x1, word.box.x0 - box.x1)
        if level and apart < 0.8 * height:
            return word.line
    return None


def _begins_below(words: list[RawWord], at: int, middle: float, box: Box) -> bool:
    """Whether a line of the same column begins at this word, lower than `middle`."""
    word = words[at]
    first = at == 0 or words[at - 1].line != word.line
    return first and word.box.y0 > middle and word.box.x0 < box.x1


def _inside(word: Box, box: Box) -> bool:
    x, y = (word.x0 + word.x1) / 2, (word.y0 + word.y1) / 2
    return box.x0 - 4 <= x <= box.x1 + 4 and box.y0 - 4 <= y <= box.y1 + 4
