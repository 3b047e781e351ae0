"""What may change about a kept record, told to the index of searching in the same transaction."""

from __future__ import annotations

from sqlalchemy import select

from storage.records.tables import records
from storage.records.work import Work
from storage.search.fts5 import Fts5
from storage.search.index import WordIndex
from storage.search.terms import access_terms, state_terms, tag
from storage.search.tsvector import Tsvector


def word_index(work: Work) -> WordIndex:
    """The index of this database."""
    return Tsvector() if work.postgres else Fts5()


def retag(work: Work, code: str) -> None:
    """Let the index know the state and the access level of a record; nothing when it is not indexed."""
    row = work.connection.execute(
        select(records.c.seq, records.c.state, records.c.access).where(records.c.code == code)
    ).one_or_none()
    if row is not None:
        index = word_index(work)
        index.exchange(work.connection, row.seq, state_terms(), tag("s", row.state))
        index.exchange(work.connection, row.seq, access_terms(), tag("a", row.access))
