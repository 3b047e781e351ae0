"""What an adapter is given to index, and what it gives back to be joined with the records."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from sqlalchemy import Connection, Subquery

from storage.search.fold import Words
from storage.search.query import Phrase


@dataclass(frozen=True, slots=True)
class Document:
    """One record as words."""

    number: int
    """Key of the record's row."""
    heading: Words
    """Code, title, number, subject, issuer: hits here weigh more."""
    body: Words


class FullText(Protocol):
    """One database's full text index."""

    def put(self, connection: Connection, document: Document) -> None:
        """Index `document`, in place of what was indexed under its number."""
        ...

    def matches(self, wanted: tuple[Phrase, ...]) -> Subquery:
        """Rows (doc, exactness, rank) of the documents with every phrase, folded.

        `exactness` adds up the weights of the phrases found as typed; `rank` is 0 … 1, higher is better.
        """
        ...
