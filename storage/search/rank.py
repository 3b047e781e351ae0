"""Which of the documents found comes first: exactly as typed before folded, heading before body, words together before apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from storage.search.fold import BARRIER, Words
from storage.search.query import Phrase

LOOKED_AT = 8_000
"""Characters of a document that are looked at for its rank."""
_HEADING, _TOGETHER, _WHOLE, _WHOLE_IN_HEADING = 0.4, 0.25, 0.1, 0.2
_SHORT, _AS_TYPED = 0.03, 0.02


@dataclass(frozen=True, slots=True)
class Rank:
    """Higher is better, in this order."""

    exactness: int
    """How many of the phrases typed with diacritics were found exactly so."""
    closeness: float
    """0 … 1."""
    number: int
    """The newer of equals comes first."""
    whole: bool = False
    """All phrases stand in a row, as typed."""
    apart: tuple[int, ...] = ()
    """Which of the phrases do not stand before the one typed after them."""

    @property
    def score(self) -> float:
        """Both in one figure."""
        return self.exactness + self.closeness

    def key(self) -> tuple[int, float, int]:
        """What is compared."""
        return self.exactness, self.closeness, self.number


def row_of_words(heading: Sequence[str], body: Sequence[str]) -> str:
    """Words as `rank` reads them: between single spaces, heading and body apart."""
    return " ".join(("", *heading, BARRIER, *body, ""))


def rows_of_words(heading: Words, body: Words) -> tuple[str, str]:
    """Exact and folded."""
    return row_of_words(heading.exact, body.exact), row_of_words(heading.folded, body.folded)


class Ranking:
    """Ranks documents by how they have the phrases."""

    def __init__(self, wanted: Sequence[Phrase]) -> None:
        """`wanted`: at least one."""
        self._exact = [(_row(phrase.exact), phrase.weight > 1) for phrase in wanted]
        self._rows = [_row(phrase.folded) for phrase in wanted]
        self._couples = [one + two[1:] for one, two in pairwise(self._rows)]
        self._whole = " " + "".join(row[1:] for row in self._rows)

    def rank(self, number: int, exact: str, folded: str, *, sure: bool = False) -> Rank:
        """The rank of a document by its words. `sure`: the index knows that it has every phrase exactly."""
        border = folded.find(BARRIER)
        as_typed = [marked for row, marked in self._exact if sure or row in exact]
        in_heading = sum(folded.find(row, 0, border) >= 0 for row in self._rows) / len(self._rows)
        # who types without diacritics means any; a text without them is just a little nearer
        closeness = _HEADING * in_heading + _SHORT / (1 + len(folded) / 2000) + _AS_TYPED * len(as_typed) / len(self._rows)
        apart = tuple(place for place, couple in enumerate(self._couples) if couple not in folded)
        if self._couples:
            closeness += _TOGETHER * (1 - len(apart) / len(self._couples))
        at = folded.find(self._whole)
        if at >= 0:
            closeness += _WHOLE + (_WHOLE_IN_HEADING if at < border else 0.0)
        return Rank(sum(as_typed), closeness, number, bool(self._couples) and at >= 0, apart)


def _row(words: Sequence[str]) -> str:
    return f" {' '.join(words)} "
