"""Full text search on SQLite's FTS5.

The table gets words that are folded already. Its `ascii` tokenizer then has nothing to decide: a word is what stands between
spaces, for every script.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, Integer, Subquery, column, func, literal, literal_column, select, table
from sqlalchemy.sql.elements import ColumnElement

from storage.search.document import Document
from storage.search.fold import BARRIER
from storage.search.query import Phrase

_FTS = table("search_fts", column("rowid", Integer), column("exact"), column("folded"), column("heading"))
_HEADING_WEIGHT = 5.0


class Fts5:
    """The index on SQLite."""

    def put(self, connection: Connection, document: Document) -> None:
        """Index `document`, in place of what was indexed under its number."""
        connection.execute(_FTS.delete().where(_FTS.c.rowid == document.number))
        values = {
            "rowid": document.number,
            "exact": " ".join((*document.heading.exact, BARRIER, *document.body.exact)),
            "folded": " ".join((*document.heading.folded, BARRIER, *document.body.folded)),
            "heading": " ".join(document.heading.folded),
        }
        connection.execute(_FTS.insert().values(**values))

    def matches(self, wanted: tuple[Phrase, ...]) -> Subquery:
        """Rows (doc, exactness, rank); see `FullText.matches`."""
        weight = func.bm25(literal_column("search_fts"), 0.0, 1.0, _HEADING_WEIGHT)
        exactness: ColumnElement[int] = literal(0)
        for phrase in wanted:
            as_typed = select(_FTS.c.rowid).where(_match(f"{{exact}} : {_quoted(phrase.exact)}"))
            exactness = exactness + phrase.weight * _FTS.c.rowid.in_(as_typed).cast(Integer)
        every = " AND ".join(f"{{folded heading}} : {_quoted(phrase.folded)}" for phrase in wanted)
        # bm25 is negative, better the lower; -w / (1 - w) brings it to 0 … 1
        rank = (-weight / (1.0 - weight)).label("rank")
        return select(_FTS.c.rowid.label("doc"), exactness.label("exactness"), rank).where(_match(every)).subquery()


def _match(query: str) -> ColumnElement[bool]:
    return literal_column("search_fts").bool_op("MATCH")(query)


def _quoted(phrase: Sequence[str]) -> str:
    # words hold letters and digits only, so no quote can end the phrase early
    return '"' + " ".join(phrase) + '"'
