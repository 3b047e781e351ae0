"""A word on paper as the tokens of the counted text: punctuation before, the word itself, punctuation after."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ocr.language.lexicon import NUMBER

_PARTS = re.compile(r"(\W*)(.*?)(\W*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Token:
    """`before + core + after` is the word as read; `key` is the core as it was counted."""

    before: str
    core: str
    after: str

    @property
    def key(self) -> str:
        """Lower case; numbers as one token; empty for bare punctuation."""
        return NUMBER if self.core.isdigit() else self.core.lower()

    @property
    def is_letters(self) -> bool:
        """Two letters or more and nothing else."""
        return len(self.core) > 1 and self.core.isalpha()


def token(text: str) -> Token:
    """`text` parted."""
    found = _PARTS.fullmatch(text)
    before, core, after = found.groups() if found else ("", text, "")
    return Token(before, core, after)


def cased(syllable: str, like: str) -> str:
    """`syllable` in the case of `like`: all small, all capitals, or capitalised."""
    if like.islower():
        return syllable
    return syllable.upper() if like.isupper() else syllable[:1].upper() + syllable[1:]
