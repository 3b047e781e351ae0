"""Signs misread in the fixed forms of an administrative document: the label of the number, and on whose behalf is signed.

Decree 30/2020/NĐ-CP, Appendix I: `Số: 07/QĐ-UBND`; `TM.`, `KT.`, `TL.`, `TUQ.` before the office. Besides, a section sign
among digits: Vietnamese papers have none, and engines take a bold eight for it. Figures and names are never touched.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from ocr.model import Line, Word

_LABEL = re.compile(r"^S[óôơỏõòoÓÔƠO]\W{0,2}$")
_SYMBOL = re.compile(r"/\s?[A-ZĐ]{1,8}")
_BEHALF = re.compile(r"^(TM|KT|TL|TUQ)\W?$")
_GROWN = re.compile(r"^(TM|KT|TL|TUQ)[^\w\s]([A-ZĐÀ-Ỹ]{2,})$")
_EIGHT = re.compile(r"(?<=[0-9])§|§(?=[0-9])")
_SURE = 0.965
_REACH = 4
"""The symbol stands at most so many words behind its label."""


def formed(lines: Sequence[Line]) -> tuple[Line, ...]:
    """`lines` with the fixed forms as they are printed; a changed word keeps in `read` what the engine read."""
    return tuple(_line(line) for line in lines)


def _line(line: Line) -> Line:
    words = [_digits(word) for word in line.words]
    if _LABEL.match(words[0].text) and any(_SYMBOL.search(word.text) for word in words[1 : _REACH + 1]):
        words[0] = _as(words[0], "Số:")
    if len(words) > 1 and words[1].text[:2].isupper():
        behalf = _BEHALF.match(words[0].text)
        words[0] = _as(words[0], f"{behalf[1]}.") if behalf else words[0]
    grown = _GROWN.match(words[0].text)
    if grown and len(words) > 1 and words[1].text[:2].isupper():
        words[:1] = _parted(words[0], f"{grown[1]}.", grown[2])
    return replace(line, words=tuple(words))


def _parted(word: Word, left: str, right: str) -> list[Word]:
    """A word that is two, its box shared out by letters."""
    box = word.box
    middle = box.x0 + (box.x1 - box.x0) * len(left) / (len(left) + len(right))
    sure, read = min(word.confidence, _SURE), word.read or word.text
    return [
        Word(left, replace(box, x1=middle), sure, read),
        Word(right, replace(box, x0=middle), sure, read),
    ]


def _digits(word: Word) -> Word:
    return _as(word, _EIGHT.sub("8", word.text))


def _as(word: Word, text: str) -> Word:
    """The word with its printed form, no surer than a repaired word may be; the word itself where nothing changes."""
    if word.text == text:
        return word
    return replace(word, text=text, confidence=min(word.confidence, _SURE), read=word.read or word.text)
