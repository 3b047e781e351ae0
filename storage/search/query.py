"""What a person types, read as phrases. Any input is safe: only words come out, never an operator of a database."""

from __future__ import annotations

import re
from dataclasses import dataclass

from storage.search.fold import clean, words

MAX_PHRASES = 16
MAX_WORDS = 64

_PART = re.compile(r'"([^"]*)"?|([^\s"]+)')
_QUOTES = str.maketrans(dict.fromkeys("“”„‟«»＂", '"'))


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words that must follow each other; usually just one."""

    exact: tuple[str, ...]
    folded: tuple[str, ...]

    @property
    def weight(self) -> int:
        """What finding it exactly counts: 2 with diacritics, which nobody types by chance, else 1."""
        return 1 if self.exact == self.folded else 2


def phrases(typed: str) -> tuple[Phrase, ...]:
    """Every phrase must be found. Quotes make a phrase, and so does `2095/TB-ĐHĐL`; what has no letter or digit is dropped."""
    found: dict[tuple[str, ...], Phrase] = {}
    left = MAX_WORDS
    for quoted, plain in _PART.findall(clean(typed).translate(_QUOTES)):
        exact, folded = words(quoted or plain)
        if exact and left > 0 and len(found) < MAX_PHRASES:
            found.setdefault(exact, Phrase(exact[:left], folded[:left]))
            left -= len(exact)
    return tuple(found.values())
