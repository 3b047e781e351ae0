"""What a word may have been printed as: the same letters with other marks, and the few letters engines take for others.

Only syllables of the counted text are proposed. Each comes with a cost (natural logarithm, 0 or less): how rarely an engine
reads the one for the other. Marks above a letter are taken for one another or lost; the dot below is hardly mistaken.
"""

from __future__ import annotations

from functools import lru_cache

from ocr.language.lexicon import Lexicon
from ocr.language.syllables import bare, is_possible, toneless

_DOT = "\u0323"
_TONE_LOST, _TONE_TAKEN, _TONE_ADDED, _DOT_TAKEN = -0.7, -0.9, -1.6, -2.5
_SHAPE_TAKEN = -1.4
_LETTER_TAKEN = -3.0
_TAKEN = (("l", "i"), ("i", "l"), ("1", "i"), ("1", "l"))
"""Bare letters as read and as they may stand on the paper."""


@lru_cache(maxsize=4096)
def variants(read: str, counts: Lexicon) -> tuple[tuple[str, float], ...]:
    """Syllables that may have been read as `read` (lower case, NFC) with their costs; without `read` itself."""
    plain = bare(read)
    by_base = _by_base(counts)
    found = {made: _cost(made, read) for made in by_base.get(plain, ()) if made != read}
    for wrong, right in _TAKEN:
        for at, letter in enumerate(plain):
            if letter != wrong:
                continue
            for made in by_base.get(plain[:at] + right + plain[at + 1 :], ()):
                cost = _LETTER_TAKEN + _cost(made[:at] + read[at] + made[at + 1 :], read)
                found[made] = max(cost, found.get(made, cost))
    return tuple(sorted(found.items()))


@lru_cache(maxsize=2)
def _by_base(counts: Lexicon) -> dict[str, tuple[str, ...]]:
    """Counted syllables by their letters without marks."""
    gathered: dict[str, list[str]] = {}
    for token in counts.tokens():
        if len(token) > 1 and token.isalpha() and is_possible(token):
            gathered.setdefault(bare(token), []).append(token)
    return {base: tuple(tokens) for base, tokens in gathered.items()}


def _cost(made: str, read: str) -> float:
    """Of reading the marks of `made` as those of `read`."""
    (shape, tone), (shape_read, tone_read) = toneless(made), toneless(read)
    cost = _SHAPE_TAKEN * sum(a != b for a, b in zip(shape, shape_read, strict=False))
    if tone == tone_read:
        return cost
    if _DOT in {tone, tone_read}:
        return cost + _DOT_TAKEN
    if not tone_read:
        return cost + _TONE_LOST
    return cost + (_TONE_TAKEN if tone else _TONE_ADDED)
