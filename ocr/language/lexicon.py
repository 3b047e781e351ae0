"""How often syllables, and pairs of them, stand in Vietnamese legal text: packaged counts, or an office's own."""

from __future__ import annotations

import gzip
import math
import zlib
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from operator import itemgetter
from pathlib import Path

from ocr.errors import LexiconUnreadable

SINGLE, PAIRS = "vi-legal-unigrams.tsv.gz", "vi-legal-bigrams.tsv.gz"
START, END, NUMBER = "<s>", "</s>", "#"
_DATA = files("ocr.language") / "data"
_RARE = 1.0
"""Count lent to a syllable that the counted text does not have."""


class Lexicon:
    """Counts of tokens (lower case, NFC) and the probabilities they give."""

    def __init__(self, single: Mapping[str, int], pairs: Mapping[tuple[str, str], int]) -> None:
        self._single = single
        self._pairs = pairs
        self._total = float(sum(single.values()))
        self._followers = dict(Counter(map(itemgetter(0), pairs)))

    def tokens(self) -> Iterable[str]:
        """All tokens that were counted."""
        return self._single.keys()

    def count(self, token: str) -> int:
        """How often `token` was counted."""
        return self._single.get(token, 0)

    def pair(self, first: str, second: str) -> int:
        """How often `second` was counted right after `first`."""
        return self._pairs.get((first, second), 0)

    def alone(self, token: str) -> float:
        """Natural logarithm of the probability of `token` wherever it stands."""
        return math.log(self._single.get(token, _RARE) / self._total)

    def after(self, first: str, second: str) -> float:
        """Natural logarithm of the probability that `second` follows `first` (Witten-Bell: pairs not counted fall back)."""
        kinds = self._followers.get(first, 0)
        share = self._single.get(second, _RARE) / self._total
        if not kinds:
            return math.log(share)
        return math.log((self._pairs.get((first, second), 0) + kinds * share) / (self._single.get(first, 0) + kinds))


@lru_cache(maxsize=2)
def lexicon(folder: str = "") -> Lexicon:
    """The counts of `folder` (made by `ocr.language.rebuild`), or the packaged ones. Raises LexiconUnreadable."""
    try:
        single, pairs = tables(folder)
    except (OSError, EOFError, ValueError, zlib.error) as error:
        raise LexiconUnreadable(path=folder) from error
    return Lexicon(single, pairs)


def tables(folder: str = "") -> tuple[dict[str, int], dict[tuple[str, str], int]]:
    """Counts of tokens, and of pairs. Raises OSError, EOFError, ValueError or zlib.error for files that are none."""
    place = Path(folder) if folder else _DATA
    single, pairs = _columns(place / SINGLE), _columns(place / PAIRS)
    return (
        dict(zip(single[0::2], map(int, single[1::2]), strict=True)),
        dict(zip(zip(pairs[0::3], pairs[1::3], strict=True), map(int, pairs[2::3]), strict=True)),
    )


def _columns(table: Traversable) -> list[str]:
    """All cells of a table, row by row; no token holds white space."""
    return gzip.decompress(table.read_bytes()).decode("utf-8").split()
