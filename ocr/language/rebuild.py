"""Syllable statistics made anew: the packaged counts and those of text that people confirmed, added up.

What an office writes every day then weighs more: its agencies, streets, offices. A token is counted only from `LEAST` times on
and a pair likewise, so that no single person's name comes in; tokens with digits count as one.
"""

from __future__ import annotations

import gzip
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from ocr.language.lexicon import NUMBER, PAIRS, SINGLE, tables
from ocr.language.syllables import is_possible
from ocr.language.tokens import token

LEAST = 3


@dataclass(frozen=True, slots=True)
class Counted:
    """What was counted: lines, words, and how many tokens and pairs came into the statistics."""

    lines: int
    words: int
    tokens: int
    pairs: int


def rebuild(lines: Iterable[str], folder: Path) -> Counted:
    """Write the packaged statistics with the counts of `lines` added to `folder`. Raises OSError."""
    single: Counter[str] = Counter()
    pairs: Counter[tuple[str, str]] = Counter()
    read = words = 0
    for line in lines:
        keys = [key for part in line.split() for key in _keys(part)]
        read, words = read + 1, words + len(keys)
        single.update(key for key in keys if key)
        pairs.update((one, other) for one, other in pairwise(keys) if one and other)
    own = {key: count for key, count in single.items() if count >= LEAST}
    own_pairs = {pair: count for pair, count in pairs.items() if count >= LEAST}
    packaged, packaged_pairs = tables()
    folder.mkdir(parents=True, exist_ok=True)
    _write(folder / SINGLE, [(key, count) for key, count in (Counter(packaged) + Counter(own)).items()])
    _write(folder / PAIRS, [(*pair, count) for pair, count in (Counter(packaged_pairs) + Counter(own_pairs)).items()])
    return Counted(read, words, len(own), len(own_pairs))


def _keys(part: str) -> list[str]:
    """The counted form of a word with the punctuation around it; "" for what is no syllable and parts its neighbours."""
    here = token(part)
    key = here.key if here.key == NUMBER or is_possible(here.key) else ""
    return [*here.before[:1], key, *here.after[:1]]


def _write(path: Path, rows: list[tuple[str | int, ...]]) -> None:
    """Sorted, with a fixed time in the header: equal counts give equal bytes; whole or not at all."""
    text = "".join("\t".join(map(str, row)) + "\n" for row in sorted(rows, key=lambda row: (-int(row[-1]), row[:-1])))
    fresh = path.with_suffix(".new")
    fresh.write_bytes(gzip.compress(text.encode("utf-8"), mtime=0))
    fresh.replace(path)
