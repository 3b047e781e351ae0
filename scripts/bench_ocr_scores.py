"""How wrong a reading is, whatever order it was read in.

Each true line claims its best place in what was read, the best fitting lines first, and of equal places the one that begins and
ends as a line does: papers say the same words in heading and body, and a line of the one must not take half of two lines of the
other. What nobody claimed was read and is not on the page, and counts as well. Typographic quotes and dashes are unified, leader
dots left out, white space folded.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import edlib

_ALIKE = str.maketrans({"–": "-", "—": "-", "‑": "-", "−": "-", "“": '"', "”": '"', "„": '"', "’": "'", "‘": "'", "…": "..."})
_LEADERS = re.compile(r"(?:[.,:;'`_-]\s?){4,}|\.{3,}|_{2,}")
_TAKEN = "\x01"
_BREAK = "\n"
_ROUNDS = (0.15, 0.4, 0.8)
"""Share of a line that may be wrong to claim a place, round by round; after the last one the line counts as lost."""


@dataclass
class Score:
    """Sums over pages; the rates are shares of the true characters and words."""

    characters: int = 0
    wrong: int = 0
    wrong_bare: int = 0
    words: int = 0
    words_missed: int = 0

    def add(self, lines: Sequence[str], text: str) -> None:
        """Count one page: its true lines and what was read."""
        truth, read = [_normal(line) for line in lines], _normal(text, keep=_BREAK)
        self.characters += sum(map(len, truth))
        self.wrong += _wrong(truth, read)
        self.wrong_bare += _wrong([_bare(line) for line in truth], _bare(read))
        wanted, seen = Counter(" ".join(truth).split()), Counter(read.split())
        self.words += wanted.total()
        self.words_missed += wanted.total() - (wanted & seen).total()

    @property
    def cer(self) -> float:
        """Character error rate."""
        return self.wrong / max(self.characters, 1)

    @property
    def cer_bare(self) -> float:
        """The same without diacritics on either side."""
        return self.wrong_bare / max(self.characters, 1)

    @property
    def wer(self) -> float:
        """True words that were not read, as a bag."""
        return self.words_missed / max(self.words, 1)


def _wrong(truth: Sequence[str], read: str) -> int:
    """Edits of all lines at their places, and the letters nobody claimed."""
    edits, waiting = 0, sorted(filter(None, truth), key=len, reverse=True)
    for share in _ROUNDS:
        later = []
        for line in waiting:
            place = _place(line, read, max(1, int(len(line) * share)))
            if place is None:
                later.append(line)
                continue
            distance, start, end = place
            edits += distance
            read = read[:start] + _TAKEN + read[end:]
        waiting = later
    return edits + sum(map(len, waiting)) + len(re.sub(r"[\s\x01]+", "", read))


def _place(line: str, read: str, most: int) -> tuple[int, int, int] | None:
    """Edits, start and end of the line's best place with at most so many edits."""
    if not read:
        return None
    found = edlib.align(line, read.replace(_BREAK, " "), mode="HW", task="locations", k=most)
    if found["editDistance"] < 0:
        return None
    places = [(int(start or 0), int(end) + 1) for start, end in found["locations"]]
    start, end = max(places, key=lambda place: _breaks(read, *place))
    return int(found["editDistance"]), start, end


def _breaks(read: str, start: int, end: int) -> int:
    """How many of the two ends of a place are ends of lines."""
    edges = _BREAK + _TAKEN
    return (start == 0 or read[start - 1] in edges) + (end == len(read) or read[end] in edges)


def _normal(text: str, keep: str = " ") -> str:
    """`text` unified; line breaks become `keep`."""
    plain = _LEADERS.sub(" ", unicodedata.normalize("NFC", text).translate(_ALIKE))
    return keep.join(filter(None, (" ".join(line.split()) for line in plain.splitlines())))


def _bare(text: str) -> str:
    plain = "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))
    return plain.replace("đ", "d").replace("Đ", "D")
