"""How Vietnamese text becomes words to compare: exactly, and without diacritics.

Exact words are NFC, lower case, with the tone mark where the new spelling puts it (hòa = hoà). Folded words have no
diacritics at all, đ is d, and spellings that mean the same (kĩ/kỹ, Đắc/Đắk) are one. Both foldings keep the length of the
text, so a place in one is the place in the other.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

from storage.search.spelling import syllables

MARK_START, MARK_END = "\ue000", "\ue001"
BARRIER = "\u2016"
"""Stands between heading and body, so that no phrase runs across; no word contains it."""
MAX_WORD = 64
"""Longer runs of letters and digits are noise; they are cut."""

_WORD = re.compile(r"[^\W_]+")
_UNWANTED = re.compile(r"[\u0000\u00ad\u0300-\u036f\u200b-\u200f\u2060\ufeff\ue000\ue001\ud800-\udfff]")


class Words(NamedTuple):
    """The words of a text, spelled exactly and folded, place by place."""

    exact: tuple[str, ...]
    folded: tuple[str, ...]


def clean(text: str) -> str:
    """`text` in NFC without marks of our own, invisible characters and loose combining marks."""
    return _UNWANTED.sub("", unicodedata.normalize("NFC", text))


def words(text: str) -> Words:
    """The words of `text`; `2095/TB-ĐHĐL` is three words in a row."""
    cleaned = clean(text)
    exact = tuple(word[:MAX_WORD] for word in _WORD.findall(new_tone_place(cleaned.translate(_EXACT))))
    same = syllables()
    return Words(exact, tuple(same.get(word, word) for word in (word.translate(_FOLDED) for word in exact)))


@lru_cache(maxsize=8192)
def keyed(text: str) -> str:
    """The folded words of `text` joined by full stops: how codes, units and whole names are compared."""
    return ".".join(words(text).folded)


def flat(text: str) -> str:
    """Cleaned `text` folded as `words` does: as long as it was."""
    same = syllables()
    return _respelled().sub(lambda found: same[found.group()], text.translate(_FOLDED))


@lru_cache(maxsize=1)
def _respelled() -> re.Pattern[str]:
    """The words that are kept under another spelling."""
    return re.compile(rf"(?<![^\W_])(?:{'|'.join(map(re.escape, syllables()))})(?![^\W_])")


class _Exact(dict[int, str]):
    """Lower case of one character; Ð and ð (Icelandic eth, from old encodings) are đ."""

    def __missing__(self, code: int) -> str:
        lower = chr(code).lower()
        made = lower if len(lower) == 1 else chr(code)
        self[code] = "đ" if made == "ð" else made
        return self[code]


class _Folded(dict[int, str]):
    """Lower case of one character without its diacritics."""

    def __missing__(self, code: int) -> str:
        lower = _EXACT[code]
        base = unicodedata.normalize("NFD", lower)[0]
        self[code] = "d" if base == "đ" else base
        return self[code]


_EXACT = _Exact()
_FOLDED = _Folded()

_TONES = "\u0300\u0301\u0303\u0309\u0323"
_OLD_TONE = {
    unicodedata.normalize("NFC", first + tone) + second: first + unicodedata.normalize("NFC", second + tone)
    for first, second in (("o", "a"), ("o", "e"), ("u", "y"))
    for tone in _TONES
}
_OLD_TONE_PATTERN = re.compile("|".join(_OLD_TONE))


def new_tone_place(text: str) -> str:
    """Lower-case NFC `text` with òa, òe, ùy … written oà, oè, uỳ …; as long as it was."""
    return _OLD_TONE_PATTERN.sub(lambda found: _OLD_TONE[found.group()], text)
