"""The index of words on SQLite's FTS5.

Terms arrive ready made, so the tokenizer has nothing to decide: a term is what stands between spaces. Only which document has
which term is kept (`detail=none`): ranking looks at the few best by their text. FTS5 walks backwards by itself, so the newest
of a common word are found without looking at all.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, Integer, column, literal_column, select, table
from sqlalchemy.sql.elements import ColumnElement

from storage.search.question import Either, Every, Question, Without, Word

_TERMS = table("search_terms", column("rowid", Integer), column("terms"))


class Fts5:
    """The index on SQLite."""

    def put(self, connection: Connection, document: int, terms: Sequence[str]) -> None:
        """See `WordIndex.put`."""
        connection.execute(_TERMS.delete().where(_TERMS.c.rowid == document))
        connection.execute(_TERMS.insert().values(rowid=document, terms=" ".join(terms)))

    def exchange(self, connection: Connection, document: int, old: Sequence[str], new: str) -> None:
        """See `WordIndex.exchange`."""
        kept = connection.execute(select(_TERMS.c.terms).where(_TERMS.c.rowid == document)).scalar_one_or_none()
        if kept is not None:
            terms = [term for term in kept.split(" ") if term not in {*old, new}]
            connection.execute(_TERMS.update().where(_TERMS.c.rowid == document).values(terms=" ".join((*terms, new))))

    def newest(self, connection: Connection, question: Question, limit: int, *, rare: bool = False) -> tuple[int, ...]:  # noqa: ARG002 - of the port
        """See `WordIndex.newest`."""
        matches: ColumnElement[bool] = literal_column("search_terms").bool_op("MATCH")(written(question))
        statement = select(_TERMS.c.rowid).where(matches).order_by(_TERMS.c.rowid.desc()).limit(limit)
        return tuple(connection.execute(statement).scalars().all())

    def present(self, connection: Connection, terms: Sequence[str]) -> frozenset[str]:
        """See `WordIndex.present`."""
        return frozenset(term for term in terms if self.newest(connection, Word(term), 1))


def written(question: Question) -> str:
    """The question in FTS5's language."""
    match question:
        case Word(text, begins):
            return f'"{text}" *' if begins else f'"{text}"'
        case Every(parts):
            return f"({' AND '.join(written(part) for part in parts)})"
        case Either(parts):
            return f"({' OR '.join(written(part) for part in parts)})"
        case Without(wanted, unwanted):
            return f"({written(wanted)} NOT {written(unwanted)})"
