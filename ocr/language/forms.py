"""Signs misread in the fixed forms of an administrative document: the label of the number, and on whose behalf is signed.

Decree 30/2020/NĐ-CP, Appendix I: `Số: 07/QĐ-UBND`; `TM.`, `KT.`, `TL.`, `TUQ.` before the office; `(để b/c)` behind a recipient;
`ngày 27 tháng 8 năm 2025`. Besides, a section sign among digits (Vietnamese papers have none, and engines take a bold eight for
it), the raised two of square metres taken for a question mark, and capitals that differ from small letters in nothing but size,
amid small print: `một SỐ cơ`, `gÓp`. Figures and names are never touched.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from ocr.language.syllables import bare, is_possible
from ocr.model import Line, Word

_LABEL = re.compile(r"^S[óôơỏõòoÓÔƠO]\W{0,2}$")
_SYMBOL = re.compile(r"/\s?[A-ZĐ]{1,8}")
_BEHALF = re.compile(r"^(TM|KT|TL|TUQ)\W?$")
_GROWN = re.compile(r"^(TM|KT|TL|TUQ)[^\w\s]([A-ZĐÀ-Ỹ]{2,})$")
_EIGHT = re.compile(r"(?<=[0-9])§|§(?=[0-9])")
_PURPOSE = re.compile(r"^\([đd][eẻéèẽẹêểếềễệ]$")
_DONE_FOR = re.compile(r"^(?:b/?[ce€]|t/?h|/h)(?=\W*$)")
_DATED = re.compile(r"^(tháng|năm)[.,;:']+$")
_SQUARE = re.compile(r"^m\?(?=\W*$)")
_SAME_SHAPE = frozenset("cosuvxz")
"""Letters, without their marks, whose capitals look like the small ones."""
_GREW = frozenset("ÓÒỎÕỌÔỐỒỔỖỘƠỚỜỞỠỢÚÙỦŨỤƯỨỪỬỮỰ")
"""Without the plain ones: `iOffice` is a name."""
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
    words = [_undotted(words, at) for at in range(len(words))]
    words = [_sized(words, at) for at in range(len(words))]
    for at in range(len(words) - 1):
        words[at : at + 2] = _purpose(*words[at : at + 2])
        if words[at].text[-1].isdigit():
            words[at + 1] = _as(words[at + 1], _SQUARE.sub("m²", words[at + 1].text))
    if len(words) > 1 and words[1].text[:2].isupper():
        behalf = _BEHALF.match(words[0].text)
        words[0] = _as(words[0], f"{behalf[1]}.") if behalf else words[0]
    grown = _GROWN.match(words[0].text)
    if grown and len(words) > 1 and words[1].text[:2].isupper():
        words[:1] = _parted(words[0], f"{grown[1]}.", grown[2])
    return replace(line, words=tuple(words))


def _purpose(first: Word, second: Word) -> tuple[Word, Word]:
    """`(để b/c)`, `(để bc)`, `(để t/h)`: to report, to carry out."""
    done_for = _DONE_FOR.match(second.text)
    if not done_for or not _PURPOSE.match(first.text):
        return first, second
    short = "t/h" if done_for[0] == "/h" else re.sub("[e€]", "c", done_for[0])
    return _as(first, "(để"), _as(second, short + second.text[done_for.end() :])


def _undotted(words: Sequence[Word], at: int) -> Word:
    """`27 tháng, 8`: between the figures of a date, strokes of the pen that wrote them were read as commas."""
    dated = _DATED.match(words[at].text)
    if not dated or not 0 < at < len(words) - 1:
        return words[at]
    before, after = words[at - 1].text, words[at + 1].text
    return _as(words[at], dated[1]) if before.isdigit() and len(before) <= 2 and after[:1].isdigit() else words[at]


def _sized(words: Sequence[Word], at: int) -> Word:
    """The word in small letters where only its size made capitals of them."""
    word = words[at]
    text = _within_small(word.text)
    small = text.lower()
    is_marked = text.isupper() and len(text) > 1 and bare(small) != small and set(bare(small)) <= _SAME_SHAPE
    if (
        is_marked
        and is_possible(small)
        and 0 < at < len(words) - 1
        and words[at - 1].text.islower()
        and words[at + 1].text.islower()
    ):
        text = small
    return _as(word, text)


def _within_small(text: str) -> str:
    inside = zip(text, f" {text}", f"{text[1:]} ", strict=False)
    return "".join(
        sign.lower() if sign in _GREW and before.islower() and after.islower() else sign for sign, before, after in inside
    )


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
