"""Words one slip of the finger away: a letter too many, too few, another one, two exchanged."""

from __future__ import annotations

from string import ascii_lowercase

MIN_LETTERS, MAX_LETTERS = 3, 14
"""Shorter and longer words are not guessed at."""


def may_be_misspelt(word: str) -> bool:
    """Numbers are never guessed: a wrong one would look like a right one."""
    return MIN_LETTERS <= len(word) <= MAX_LETTERS and word.isalpha() and word.isascii()


def edits(word: str) -> frozenset[str]:
    """Every string one slip away from the folded `word`."""
    splits = [(word[:place], word[place:]) for place in range(len(word) + 1)]
    fewer = {left + right[1:] for left, right in splits if right}
    swapped = {left + right[1] + right[0] + right[2:] for left, right in splits if len(right) > 1}
    other = {left + letter + right[1:] for left, right in splits if right for letter in ascii_lowercase}
    more = {left + letter + right for left, right in splits for letter in ascii_lowercase}
    return frozenset(fewer | swapped | other | more) - {word, ""}
