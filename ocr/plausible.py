"""Whether text is Vietnamese at all: by the shape of its syllables and the share of them that carry marks.

A text layer is a claim: scanners write Vietnamese read as English ("BO CONG THVONG"), old files carry TCVN3 or VNI
codes ("Céng hoµ x· héi"). Both fail the shape of the syllable (onset, vowels, final; at most one tone).
"""

from __future__ import annotations

import re
import unicodedata

_MARKED = frozenset("ăâđêôơư")
_TONES = frozenset("\u0300\u0301\u0303\u0309\u0323")
_SHAPES = {"\u0302": "aeo", "\u0306": "a", "\u031b": "ou"}
"""Circumflex, breve and horn with the vowels they stand on."""
_ONSET = "ngh|ng|nh|ch|gh|gi|kh|ph|qu|th|tr|[bcdđghklmnprstvxq]"
_RHYME = "(?:[aeiouy]{1,3})(?:ch|nh|ng|c|k|m|n|p|t)?"
_SYLLABLE = re.compile(f"(?:{_ONSET})?{_RHYME}")
_VOWEL = re.compile("[aeiouy]")
_FEW = 15
"""Fewer words than this say little; the bar is lower for them."""


def is_syllable(word: str) -> bool:
    """True when `word` has the shape of one Vietnamese syllable, whatever its case and whether or not it carries marks."""
    letters: list[str] = []
    tones = 0
    for character in unicodedata.normalize("NFD", word.lower()):
        if character in _TONES:
            tones += 1
        elif character not in _SHAPES:
            letters.append(character)
        elif not letters or letters[-1] not in _SHAPES[character]:
            return False
    return tones <= 1 and _SYLLABLE.fullmatch("".join(letters)) is not None


def is_marked(word: str) -> bool:
    """True when `word` carries a Vietnamese letter or tone."""
    lower = unicodedata.normalize("NFC", word.lower())
    return any(c in _MARKED for c in lower) or any(c in _TONES or c in _SHAPES for c in unicodedata.normalize("NFD", lower))


def is_vietnamese(words: list[str]) -> bool:
    """True when the words of a page read as Vietnamese: few broken characters, syllables of the right shape, marks on many."""
    text = "".join(words)
    broken = sum(1 for c in text if c == "\ufffd" or unicodedata.category(c) in {"Co", "Cn", "Cc"})
    if not text or broken > len(text) * 0.01:
        return False
    judged = [word for raw in words if (word := _letters(raw))]
    right = sum(is_syllable(word) for word in judged)
    if len(judged) < _FEW:
        return right >= len(judged) * 0.6
    marked = sum(is_marked(word) for word in judged)
    return right >= len(judged) * 0.85 and marked >= len(judged) * 0.4


def _letters(raw: str) -> str:
    """`raw` without punctuation around it when it is a word to judge: two letters or more, no digits, no abbreviation."""
    word = raw.strip(".,;:!?()[]{}\"'“”‘’…-–/")
    shouted = word.isupper() and not _VOWEL.search("".join(c for c in unicodedata.normalize("NFD", word.lower())))
    plain = len(word) >= 2 and not any(c.isdigit() or c in "/-_@." for c in word)
    return word if plain and not shouted else ""
