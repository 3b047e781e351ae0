"""A question to an index of words: every, any, none. Each adapter writes it down in its database's language.

A word holds no quote and no space: letters, digits and the few marks of `storage.search.terms`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Word:
    """The document has this word; `begins`: one that begins so."""

    text: str
    begins: bool = False


@dataclass(frozen=True, slots=True)
class Every:
    """All of them."""

    parts: tuple[Question, ...]


@dataclass(frozen=True, slots=True)
class Either:
    """At least one of them."""

    parts: tuple[Question, ...]


@dataclass(frozen=True, slots=True)
class Without:
    """The first and not the second."""

    wanted: Question
    unwanted: Question


Question = Word | Every | Either | Without


def every(parts: Iterable[Question]) -> Question:
    """All of them, each asked once; a single one is itself."""
    once = tuple(dict.fromkeys(parts))
    return once[0] if len(once) == 1 else Every(once)


def either(parts: Iterable[Question]) -> Question:
    """One of them; a single one is itself."""
    once = tuple(dict.fromkeys(parts))
    return once[0] if len(once) == 1 else Either(once)
