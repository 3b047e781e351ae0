"""Full text search on PostgreSQL: tsvector with GIN, no dictionary and no parser of its own.

The vectors are written out by us, so that a word is the same as on SQLite. Positions end at 16,383 in a tsvector; phrases
are therefore checked on the words as text, after the index has found the documents that have every word.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Float,
    Integer,
    Subquery,
    and_,
    cast,
    column,
    func,
    literal,
    select,
    table,
)
from sqlalchemy.dialects.postgresql import TSQUERY, TSVECTOR, insert

from storage.search.document import Document
from storage.search.fold import BARRIER
from storage.search.query import Phrase

_MAX_BYTES = 900_000
"""A tsvector holds at most 1 MiB; words beyond this are not indexed."""
_MAX_POSITION = 16_383
_MAX_PLACES = 255

_VECTORS = table(
    "search_vectors",
    column("doc", BigInteger),
    column("exact", TSVECTOR),
    column("folded", TSVECTOR),
    column("exact_words"),
    column("folded_words"),
)


class Tsvector:
    """The index on PostgreSQL."""

    def put(self, connection: Connection, document: Document) -> None:
        """Index `document`, in place of what was indexed under its number."""
        values = {
            "exact": cast(_vector(document.heading.exact, document.body.exact), TSVECTOR),
            "folded": cast(_vector(document.heading.folded, document.body.folded), TSVECTOR),
            "exact_words": _words_as_text(document.heading.exact, document.body.exact),
            "folded_words": _words_as_text(document.heading.folded, document.body.folded),
        }
        statement = insert(_VECTORS).values(doc=document.number, **values)
        connection.execute(statement.on_conflict_do_update(index_elements=["doc"], set_=values))

    def matches(self, wanted: tuple[Phrase, ...]) -> Subquery:
        """Rows (doc, exactness, rank); see `FullText.matches`."""
        exactness: ColumnElement[int] = literal(0)
        for phrase in wanted:
            as_typed = _has(_VECTORS.c.exact, _VECTORS.c.exact_words, phrase.exact)
            exactness = exactness + phrase.weight * cast(as_typed, Integer)
        query = _all_of([word for phrase in wanted for word in phrase.folded])
        # 32 brings the rank to 0 … 1, 1 softens the advantage of long documents
        rank = cast(func.ts_rank(_VECTORS.c.folded, query, 32 | 1), Float).label("rank")
        found = [_has(_VECTORS.c.folded, _VECTORS.c.folded_words, phrase.folded) for phrase in wanted]
        columns = (_VECTORS.c.doc, exactness.label("exactness"), rank)
        return select(*columns).where(_VECTORS.c.folded.bool_op("@@")(query), and_(*found)).subquery()


def _has(vector: ColumnElement[object], as_text: ColumnElement[object], phrase: Sequence[str]) -> ColumnElement[bool]:
    every: ColumnElement[bool] = vector.bool_op("@@")(_all_of(phrase))
    if len(phrase) == 1:
        return every
    return and_(every, func.strpos(as_text, f" {' '.join(phrase)} ") > 0)


def _all_of(wanted: Sequence[str]) -> ColumnElement[object]:
    return cast(" & ".join(f"'{word}'" for word in dict.fromkeys(wanted)), TSQUERY)


def _words_as_text(heading: Sequence[str], body: Sequence[str]) -> str:
    return " ".join(("", *heading, BARRIER, *body, ""))


def _vector(heading: Sequence[str], body: Sequence[str]) -> str:
    """The words as a literal tsvector; words hold letters and digits only, so nothing needs escaping."""
    places: dict[str, list[str]] = {}
    for number, word in enumerate((*heading, *body), start=1):
        at = places.setdefault(word, [])
        if number <= _MAX_POSITION and len(at) < _MAX_PLACES:
            at.append(f"{number}A" if number <= len(heading) else str(number))
    lexemes, used = [], 0
    for word, at in places.items():
        lexeme = f"'{word}'" + (":" + ",".join(at) if at else "")
        used += len(word.encode()) + 4 + 2 * len(at)
        if used > _MAX_BYTES:
            break
        lexemes.append(lexeme)
    return " ".join(lexemes)
