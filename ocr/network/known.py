"""Whether the language data know a word, with the signs around it, or the form of a number."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from ocr.network.language_data import LanguageData

_DIGIT = re.compile(r"[0-9]")
_SIGNS = "".join(chr(code) for code in range(33, 127) if not chr(code).isalnum()) + "“”‘’«»…–—"


@lru_cache(maxsize=8192)
def is_known(text: str, language: LanguageData) -> bool:
    """Whether `text` is a word of the language or a number in a usual form, alone or between usual signs."""
    return any(
        core in language.words or _DIGIT.sub(" ", core) in language.numbers
        for around, core in _cores(text)
        if around in language.punctuation
    )


def _cores(text: str) -> Iterator[tuple[str, str]]:
    """The signs around a word, a space in its place, and the word: the signs at its ends belong to it or do not."""
    yield " ", text
    inner = text.strip(_SIGNS)
    if inner and inner != text:
        begin = text.index(inner)
        yield f"{text[:begin]} {text[begin + len(inner) :]}", inner
