"""The engine's words by lines, without what no printer put there: strokes of pens, seals and dirt read as letters and signs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby

from ocr.engines.words import RawWord
from ocr.orientation import sureness

_LEAST_SURENESS = 0.4
"""Lines below this are dirt; higher limits cost more letters than they save (measured on real and degraded pages)."""
_SHORT = ((3, 0.75), (8, 0.5))
"""Lines of so few letters and digits must be surer: strokes of pens come in short lines."""
_READ, _READ_LETTERS = 0.85, 4
"""Print: so many letters read so surely."""
_LEAST_ALONE = 0.5
"""And so must a sign that stands alone."""
_NEVER = frozenset("|¦_¬~ˆ^\\®©")
"""Signs no such paper prints as a word: rules of tables, edges, crumbs; rows of `_` are leaders, and left out as those are."""
_DASHES = frozenset("—–-")
_TOUCHING = 0.12
"""Share of a word's height: a gap narrower than this is no space."""
_BEFORE = 0.25
"""In the same measure: so far a letter that was read twice may begin before its word."""


def print_lines(words: Sequence[RawWord]) -> list[list[RawWord]]:
    """The lines of print among `words` (in the engine's order), each without crumbs."""
    groups = (list(group) for _, group in groupby(words, key=lambda word: word.line))
    kept = ([word for word in _mended(line) if not _is_crumb(word)] for line in groups if not _is_scrawl(line))
    return [line for line in kept if line]


def _is_scrawl(line: Sequence[RawWord]) -> bool:
    sure, signs = sureness(line), sum(_letters(word) for word in line)
    if sum(_letters(word) for word in line if word.confidence >= _READ) >= _READ_LETTERS:
        return False  # a stroke that ended in good print
    return sure < _LEAST_SURENESS or any(signs <= most and sure < least for most, least in _SHORT)


def _is_crumb(word: RawWord) -> bool:
    if set(word.text) <= _NEVER or (len(word.text) > 1 and set(word.text) <= _NEVER | _DASHES):
        return True
    return _letters(word) <= 1 and len(word.text) <= 2 and word.confidence < _LEAST_ALONE


def _mended(line: Sequence[RawWord]) -> list[RawWord]:
    """`line` without first letters that were read twice, and with symbols whole that were read as two words."""
    made: list[RawWord] = []
    for word in line:
        before = made[-1] if made else None
        if before and _is_first_letter(before, word):
            made[-1] = word
        elif before and _goes_on(before, word):
            box, sure = before.box.union(word.box), min(before.confidence, word.confidence)
            read = f"{before.read or before.text} {word.read or word.text}"
            made[-1] = replace(before, text=before.text + word.text, box=box, confidence=sure, read=read)
        else:
            made.append(word)
    return made


def _is_first_letter(letter: RawWord, word: RawWord) -> bool:
    """Whether `letter` is the first one of `word`, which lies over it."""
    alike = len(letter.text) == 1 and letter.text.isalpha() and len(word.text) > 1 and word.text[0].lower() == letter.text.lower()
    return alike and letter.box.x0 >= word.box.x0 - _BEFORE * _height(word) and letter.box.x1 <= word.box.x1


def _goes_on(before: RawWord, word: RawWord) -> bool:
    """Whether the symbol `1743/QĐ-` goes on in `BGTVT`: a hyphen, capitals, and no space between."""
    cut = before.text.endswith("-") and "/" in before.text and word.text[:1].isupper()
    return cut and word.box.x0 - before.box.x1 < _TOUCHING * _height(word)


def _height(word: RawWord) -> float:
    return word.box.y1 - word.box.y0


def _letters(word: RawWord) -> int:
    return sum(character.isalnum() for character in word.text)
