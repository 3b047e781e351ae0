"""Folding and fuzzy matching of read text: the one place where OCR's habits are tolerated.

Folding is length-preserving on NFC text, so a position in folded text is the same position in the text as read.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from rapidfuzz import fuzz

_SPECIAL = {"đ": "d", "ð": "d", "ø": "o", "ƒ": "f", "ı": "i"}


@lru_cache(maxsize=2048)
def _fold_char(char: str) -> str:
    lower = char.lower()[:1]
    if lower in _SPECIAL:
        return _SPECIAL[lower]
    return unicodedata.normalize("NFD", lower)[:1] or char


@lru_cache(maxsize=4096)
def nfc(text: str) -> str:
    """NFC with single spaces."""
    return " ".join(unicodedata.normalize("NFC", text).split())


@lru_cache(maxsize=4096)
def fold(text: str) -> str:
    """Lower case without diacritics, `đ` as `d`; as long as the NFC text it came from."""
    return "".join(_fold_char(char) for char in unicodedata.normalize("NFC", text))


@lru_cache(maxsize=4096)
def letters(text: str) -> str:
    """Folded letters and digits with single spaces: punctuation and specks are gone."""
    kept = "".join(char if char.isalnum() else " " for char in fold(text))
    return " ".join(kept.split())


def likeness(text: str, phrase: str) -> float:
    """How alike two texts are after folding, 0 to 1."""
    return fuzz.ratio(letters(text), letters(phrase)) / 100


def begins_with(text: str, phrase: str) -> float:
    """How well `text` begins with `phrase`, 0 to 1; phrases under six letters must match whole words exactly."""
    ours, wanted = letters(text), letters(phrase)
    if len(wanted) < 6:
        return 1.0 if ours == wanted or ours.startswith(wanted + " ") else 0.0
    best = 0.0
    for extra in (0, 1, -1):
        best = max(best, fuzz.ratio(ours[: len(wanted) + extra], wanted) / 100)
    return best


def contains(text: str, phrase: str, *, at_least: float = 0.86) -> float:
    """How well `phrase` stands somewhere in `text`, 0 to 1; 0 below `at_least`. Short phrases need whole words."""
    ours, wanted = letters(text), letters(phrase)
    if f" {wanted} " in f" {ours} ":
        return 1.0
    if len(wanted) < 12 or len(ours) < len(wanted) - 2:
        return 0.0
    return fuzz.partial_ratio(wanted, ours, score_cutoff=at_least * 100) / 100


def capitals_share(text: str) -> float:
    """Share of capitals among the letters, 0 when there are none."""
    found = [char for char in text if char.isalpha()]
    return sum(char.isupper() for char in found) / len(found) if found else 0.0
