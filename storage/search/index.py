"""What an index of words does, whatever the database."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from sqlalchemy import Connection

from storage.search.question import Question


class WordIndex(Protocol):
    """One database's index of words."""

    def put(self, connection: Connection, document: int, terms: Sequence[str]) -> None:
        """Index a document by its terms, in place of what was indexed under its number."""
        ...

    def exchange(self, connection: Connection, document: int, old: Sequence[str], new: str) -> None:
        """Take terms away from a document and give it another."""
        ...

    def newest(self, connection: Connection, question: Question, limit: int, *, rare: bool = False) -> tuple[int, ...]:
        """The documents that answer, the highest numbers first, at most `limit`. `rare`: few are expected (a hint)."""
        ...

    def present(self, connection: Connection, terms: Sequence[str]) -> frozenset[str]:
        """Those of `terms` that some document has."""
        ...
