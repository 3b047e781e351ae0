"""The index of words on PostgreSQL: a tsvector without places, with GIN, no dictionary and no parser of its own.

GIN gives all answers at once, in no order. A question is therefore asked of the newest block of documents first, then of the
newest region, then of all (each document carries its block and region as terms): common words end in the first look, rare
ones are cheap to look up everywhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from sqlalchemy import BigInteger, Connection, cast, column, func, select, table, text
from sqlalchemy.dialects.postgresql import ARRAY, TSQUERY, TSVECTOR, insert
from sqlalchemy.types import Text

from storage.search.question import Either, Every, Question, Without, Word, every
from storage.search.terms import BLOCK_BITS, REGION_BITS, block_terms

_TERMS = table("search_terms", column("doc", BigInteger), column("terms", TSVECTOR))
# The planner knows nothing of how rare a term is and may prefer to read every row, or the key backwards.
_PLAN = "SELECT set_config('enable_seqscan', 'off', true), set_config('jit', 'off', true), set_config('work_mem', '64MB', true)"


class Tsvector:
    """The index on PostgreSQL, within one transaction."""

    def __init__(self) -> None:
        self._planned = False

    def put(self, connection: Connection, document: int, terms: Sequence[str]) -> None:
        """See `WordIndex.put`."""
        values = {"terms": cast(vector(terms), TSVECTOR)}
        statement = insert(_TERMS).values(doc=document, **values)
        connection.execute(statement.on_conflict_do_update(index_elements=["doc"], set_=values))

    def exchange(self, connection: Connection, document: int, old: Sequence[str], new: str) -> None:
        """See `WordIndex.exchange`."""
        without = func.ts_delete(_TERMS.c.terms, cast(list(old), ARRAY(Text)))
        changed = without.op("||")(cast(vector((new,)), TSVECTOR))
        connection.execute(_TERMS.update().where(_TERMS.c.doc == document).values(terms=changed))

    def newest(self, connection: Connection, question: Question, limit: int, *, rare: bool = False) -> tuple[int, ...]:
        """See `WordIndex.newest`."""
        if not self._planned:
            connection.execute(text(_PLAN))
            self._planned = True
        found: tuple[int, ...] = ()
        for where, share in ((None, 1),) if rare else _looks(self._last(connection)):
            if where is not None and len(found) * share < limit and share > 1:
                continue  # so few in the block: the region would not do either
            asked = every((where, question)) if where is not None else question
            answers = (
                select(_TERMS.c.doc)
                .where(_TERMS.c.terms.bool_op("@@")(cast(written(asked), TSQUERY)))
                .cte("answers")
                .prefix_with("MATERIALIZED", dialect="postgresql")
            )
            statement = select(answers.c.doc).order_by(answers.c.doc.desc()).limit(limit)
            found = tuple(connection.execute(statement).scalars())
            if len(found) >= limit:
                break
        return found

    @staticmethod
    def _last(connection: Connection) -> int:
        return connection.execute(select(_TERMS.c.doc).order_by(_TERMS.c.doc.desc()).limit(1)).scalar_one_or_none() or 0


def _looks(last: int) -> Iterator[tuple[Question | None, int]]:
    """Where to look, one after the other, and how many times as much as in the look before; what sees no more is left out."""
    if last >> BLOCK_BITS > 1:
        yield _these_and_before(last, BLOCK_BITS, 0), 1
    if last >> REGION_BITS > 1:
        yield _these_and_before(last, REGION_BITS, 1), 1 << (REGION_BITS - BLOCK_BITS)
    yield None, 1


def _these_and_before(last: int, bits: int, place: int) -> Question:
    """The last block and the one before it: the last may just have begun."""
    return Either((Word(block_terms(last)[place]), Word(block_terms(last - (1 << bits))[place])))


def vector(terms: Iterable[str]) -> str:
    """The terms as a literal tsvector; they hold no quote and no backslash."""
    return " ".join(f"'{term}'" for term in terms)


def written(question: Question) -> str:
    """The question as a literal tsquery."""
    match question:
        case Word(term, begins):
            return f"'{term}':*" if begins else f"'{term}'"
        case Every(parts):
            return f"({' & '.join(written(part) for part in parts)})"
        case Either(parts):
            return f"({' | '.join(written(part) for part in parts)})"
        case Without(wanted, unwanted):
            return f"({written(wanted)} & !{written(unwanted)})"
