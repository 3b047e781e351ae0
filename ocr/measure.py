"""How well a page was read, against its true text: edits per character and per word.

Text is compared in NFC with runs of white space folded to one space; nothing else is forgiven. 0 is perfect; a reading
longer than the truth can exceed 1. An empty truth gives 0 for an empty reading and 1 for any other.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Hashable, Sequence

from rapidfuzz.distance import Levenshtein


def cer(truth: str, read: str) -> float:
    """Character error rate: insertions, deletions and substitutions over the characters of `truth`."""
    return _rate(_normal(truth), _normal(read))


def wer(truth: str, read: str) -> float:
    """Word error rate: the same over words, parted by white space."""
    return _rate(_normal(truth).split(), _normal(read).split())


def cer_without_marks(truth: str, read: str) -> float:
    """Character error rate after all diacritics are taken off both sides (`đ` as `d`): `cer` minus this is what marks cost."""
    return _rate(_bare(_normal(truth)), _bare(_normal(read)))


def _rate(truth: Sequence[Hashable], read: Sequence[Hashable]) -> float:
    if not truth:
        return 1.0 if read else 0.0
    return Levenshtein.distance(truth, read) / len(truth)


def _normal(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())


def _bare(text: str) -> str:
    plain = "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))
    return plain.replace("đ", "d").replace("Đ", "D")
