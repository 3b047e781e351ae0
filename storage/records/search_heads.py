"""The words of records as they are looked at for their order: the beginnings, hundreds at once."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, select

from storage.records.among import among, from_anywhere
from storage.records.beginning import beginning
from storage.records.search_tables import search_docs
from storage.records.work import Work
from storage.search.rank import LOOKED_AT


def heads(work: Work, docs: Sequence[int], *conditions: ColumnElement[bool]) -> list[tuple[int, str, str]]:
    """Number, words exactly and words folded of those of `docs` that fulfil `conditions`, in no order."""
    columns = (beginning(work, column, LOOKED_AT) for column in (search_docs.c.exact, search_docs.c.folded))
    statement = select(search_docs.c.doc, *columns).where(among(work, search_docs.c.doc, docs), *conditions)
    with from_anywhere(work):
        return [(doc, exact, folded) for doc, exact, folded in work.connection.execute(statement)]
