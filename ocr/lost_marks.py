"""Words whose marks the engine cut off: found by the ink right above them, and read again with room around them.

Layout analysis sets the height of a line by its usual letters. In lines of capitals, bold titles and small print the marks of
Vietnamese stand outside of it, and `GIẤY`, `triển` become `GIAY`, `triên`, read surely. Cut out with their marks they are read
right. What is read then counts only where it says the same letters but for their marks.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby, pairwise
from statistics import median

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import Levenshtein

from ocr.engines.choice import engine
from ocr.engines.words import LINE, RawWord
from ocr.language.syllables import bare
from ocr.model import Box
from ocr.options import ReadOptions
from ocr.prepare.decode import Grey

_INK = 160
_REACH = 0.3
"""Marks stand within this share of a word's height above it."""
_LEAST_INK = 0.01
"""Share of the square of a word's height: the thinnest mark has more, what the paper carries in dirt less."""
_SURE, _LETTERS = 0.3, 2
_APART = 1.5
"""A gap wider than this many heights parts columns: they are looked at one by one."""
_ABOVE, _ROOM = 0.45, 0.25
"""White above and around what is read again, in heights of a word."""
_ALIKE = 0.7
"""Share of the letters without marks that must be the same in both readings."""
_BESIDE = 2
"""Words on either side that are read along."""
_MOST = 6
"""Parts read again on one page: a page with more is no page of print."""

Ink = NDArray[np.bool_]


def with_lost_marks(words: Sequence[RawWord], grey: Grey, dpi: float, options: ReadOptions) -> tuple[RawWord, ...]:
    """`words` (boxes in pixels of `grey`) with those read again that had lost marks; raises what the engine raises."""
    free = _free_ink(words, grey)
    out: list[RawWord] = []
    looks = 0
    for part in _parts(words):
        lost = [at for at, word in enumerate(part) if _has_lost(word, free)]
        if not lost or looks >= _MOST:
            out += part
            continue
        looks += 1
        first, end = max(lost[0] - _BESIDE, 0), lost[-1] + 1 + _BESIDE
        again = _again(part[first:end], grey, dpi, options)
        out += [again[at - first] if at in lost else word for at, word in enumerate(part)]
    return tuple(out)


def _parts(words: Sequence[RawWord]) -> Iterator[list[RawWord]]:
    """The words of each line, parted where columns are."""
    for _, group in groupby(words, key=lambda word: word.line):
        line = list(group)
        widest = _APART * _height(line)
        part = [line[0]]
        for before, word in pairwise(line):
            if word.box.x0 - before.box.x1 > widest:
                yield part
                part = []
            part.append(word)
        yield part


def _free_ink(words: Sequence[RawWord], grey: Grey) -> Ink:
    """Where ink lies under no word."""
    free = np.asarray(grey < _INK)
    for word in words:
        x0, y0, x1, y1 = map(int, (word.box.x0, word.box.y0, word.box.x1, word.box.y1))
        free[y0 : y1 + 1, x0 : x1 + 1] = False
    return free


def _has_lost(word: RawWord, free: Ink) -> bool:
    if word.confidence < _SURE or sum(map(str.isalpha, word.text)) < _LETTERS:
        return False
    box = word.box
    height = box.y1 - box.y0
    columns, reach = slice(int(box.x0), int(box.x1) + 1), _REACH * height
    above = free[max(int(box.y0 - reach), 0) : int(box.y0), columns]
    return int(np.count_nonzero(above)) >= _LEAST_INK * height**2


def _again(part: list[RawWord], grey: Grey, dpi: float, options: ReadOptions) -> list[RawWord]:
    """The words of `part` read with room around them; as they were where other letters come out."""
    height = _height(part)
    above, room = _ABOVE * height, _ROOM * height
    x, y = max(int(min(word.box.x0 for word in part) - room), 0), max(int(min(word.box.y0 for word in part) - above), 0)
    x1, y1 = int(max(word.box.x1 for word in part) + room), int(max(word.box.y1 for word in part) + room)
    crop = np.ascontiguousarray(grey[y:y1, x:x1])
    found = engine(options.engine).read(crop, dpi, options.language, options.page_seconds, LINE)
    if len(found) != len(part) or not _is_alike(part, found):
        return part
    return [
        replace(new, box=_moved(new.box, x, y), line=old.line, read=old.text) if new.text != old.text else old
        for old, new in zip(part, found, strict=True)
    ]


def _is_alike(part: Sequence[RawWord], found: Sequence[RawWord]) -> bool:
    before, after = (bare("".join(word.text for word in words).lower()) for words in (part, found))
    return Levenshtein.normalized_similarity(before, after) >= _ALIKE


def _moved(box: Box, x: float, y: float) -> Box:
    return Box(box.x0 + x, box.y0 + y, box.x1 + x, box.y1 + y)


def _height(words: Sequence[RawWord]) -> float:
    return median(word.box.y1 - word.box.y0 for word in words)
