"""The index of words on PostgreSQL: a tsvector without places, with GIN, no dictionary and no parser of its own.

GIN gives all answers at once, in no order. A question is therefore asked of the newest documents first, and then of as many as
should hold enough answers (each document carries the blocks it stands in as terms): common words end in the first looks, rare
ones are cheap to look up everywhere.

Whatever is a choice (blocks, days, a beginning) is a condition of its own: within one tsquery GIN looks every word up for every
document in question, between conditions it jumps from one to the next document that has both.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache

from sqlalchemy import BigInteger, Connection, TextClause, bindparam, cast, column, func, table, text
from sqlalchemy.dialects.postgresql import ARRAY, TSVECTOR, insert
from sqlalchemy.types import Text

from storage.search.question import Either, Every, Question, Without, Word, either, every
from storage.search.terms import BLOCK_BITS, block_term

FIRST_LOOK = 1 << (BLOCK_BITS[0] + 1)
"""Documents of the first look."""
_TERMS = table("search_terms", column("doc", BigInteger), column("terms", TSVECTOR))
_VECTOR = cast(bindparam("vector", type_=Text), TSVECTOR)
_ADD = insert(_TERMS).values(doc=bindparam("document"), terms=_VECTOR)
_PUT = _ADD.on_conflict_do_update(index_elements=["doc"], set_={"terms": _ADD.excluded.terms})
# The planner knows nothing of how rare a term is and may prefer to read every row, or the key backwards.
_BEGIN = text(
    "SELECT (SELECT doc FROM search_terms ORDER BY doc DESC LIMIT 1), set_config('enable_seqscan', 'off', true),"
    " set_config('jit', 'off', true), set_config('work_mem', '64MB', true)"
)
_NEWEST = (
    "WITH answers AS MATERIALIZED (SELECT doc FROM search_terms WHERE {}) SELECT doc FROM answers ORDER BY doc DESC LIMIT :most"
)
_SHARES = text(
    "SELECT term, share FROM pg_stats,"
    " unnest(CAST(CAST(most_common_elems AS text) AS text[]), most_common_elem_freqs) AS common (term, share)"
    " WHERE schemaname = current_schema() AND tablename = 'search_terms' AND attname = 'terms'"
    " AND term = ANY(CAST(:terms AS text[]))"
)
LONG_QUESTION = 6
"""Words from which on it pays to find out which are rare and to ask for each by itself."""
_UNKNOWN = 0.05
"""Share of documents that have a word the sample does not name."""
_PRESENT = text(
    "SELECT place FROM unnest(CAST(:asked AS tsquery[])) WITH ORDINALITY AS given (asked, place)"
    " WHERE EXISTS (SELECT FROM search_terms WHERE terms @@ given.asked)"
)


class Tsvector:
    """The index on PostgreSQL, within one transaction."""

    def __init__(self) -> None:
        self._last: int | None = None

    def put(self, connection: Connection, document: int, terms: Sequence[str]) -> None:
        """See `WordIndex.put`."""
        connection.execute(_PUT, {"document": document, "vector": vector(terms)})
        self._last = None

    def exchange(self, connection: Connection, document: int, old: Sequence[str], new: str) -> None:
        """See `WordIndex.exchange`."""
        without = func.ts_delete(_TERMS.c.terms, cast(list(old), ARRAY(Text)))
        changed = without.op("||")(cast(vector((new,)), TSVECTOR))
        connection.execute(_TERMS.update().where(_TERMS.c.doc == document).values(terms=changed))

    def newest(self, connection: Connection, question: Question, limit: int, *, rare: bool = False) -> tuple[int, ...]:
        """See `WordIndex.newest`."""
        last, look = self._begun(connection), 0 if rare else FIRST_LOOK
        while 0 < look < last // 2:
            found = self._among(connection, (newest_blocks(last, look), *_parts(question)), limit)
            if len(found) >= limit:
                return found
            look = _next_look(look, len(found), limit, last)
        return self._among(connection, self._rarest_first(connection, _parts(question)), limit)

    def present(self, connection: Connection, terms: Sequence[str]) -> frozenset[str]:
        """See `WordIndex.present`: who is not among the newest is rare enough to be looked up everywhere."""
        found, newest = set[str](), newest_blocks(self._begun(connection), FIRST_LOOK)
        for where in ((newest,), ()):
            rest = [term for term in terms if term not in found]
            if rest:
                asked = ",".join('"' + written(every((*where, Word(term)))) + '"' for term in rest)
                places = connection.execute(_PRESENT, {"asked": f"{{{asked}}}"}).scalars().all()
                found.update(rest[place - 1] for place in places)
        return frozenset(found)

    def _begun(self, connection: Connection) -> int:
        """The number of the newest document; the first time, with what the planner has to know."""
        if self._last is None:
            self._last = connection.execute(_BEGIN).one()[0] or 0
        return self._last

    @staticmethod
    def _rarest_first(connection: Connection, parts: tuple[Question, ...]) -> tuple[Question, ...]:
        """Many words as conditions of their own, the rarest first, so that the long lists of frequent ones are jumped over.

        Which are frequent PostgreSQL knows from ANALYZE.
        """
        single = [part for part in parts if isinstance(part, Word) and not part.begins]
        if len(single) < LONG_QUESTION:
            return parts
        asked = ",".join(f'"{word.text}"' for word in single)
        shares = {term: float(share) for term, share in connection.execute(_SHARES, {"terms": f"{{{asked}}}"}).all()}
        by_share = sorted(single, key=lambda one: shares.get(one.text, _UNKNOWN))
        apart = (Every((word,)) for word in by_share)  # what is no `Word` stays a condition of its own
        return (*apart, *(part for part in parts if part not in single))

    @staticmethod
    def _among(connection: Connection, parts: Sequence[Question], limit: int) -> tuple[int, ...]:
        conditions = _conditions(parts)
        given: dict[str, str | int] = {f"asked{place}": written(one) for place, one in enumerate(conditions)}
        return tuple(connection.execute(_newest(len(conditions)), given | {"most": limit}).scalars().all())


def _parts(question: Question) -> tuple[Question, ...]:
    """What a document must have each of."""
    return tuple(part for one in question.parts for part in _parts(one)) if isinstance(question, Every) else (question,)


def _conditions(parts: Sequence[Question]) -> list[Question]:
    """The choices one by one, the words together where the first of them stands."""
    words = every(part for part in parts if isinstance(part, Word))
    return list(dict.fromkeys(words if isinstance(part, Word) else part for part in parts))


@lru_cache(maxsize=64)
def _newest(conditions: int) -> TextClause:
    return text(_NEWEST.format(" AND ".join(f"terms @@ CAST(:asked{place} AS tsquery)" for place in range(conditions))))


def _next_look(look: int, found: int, limit: int, last: int) -> int:
    """How many of the newest to look at when `look` of them held `found`; 0: all, when fewer would hardly do."""
    if found * last < limit * look:
        return 0
    return max(4 * look, 3 * limit * look // (2 * found))


def newest_blocks(last: int, count: int) -> Question:
    """The blocks of at least the newest `count` documents, `last` being the newest: the fewest that begin where they do."""
    grain = max(bits for bits in BLOCK_BITS if bits == BLOCK_BITS[0] or 4 << bits <= count)
    at, blocks = max(0, last - count + 1) >> grain << grain, list[Question]()
    while at <= last:
        bits = max(bits for bits in BLOCK_BITS if at % (1 << bits) == 0)
        blocks.append(Word(block_term(bits, at >> bits)))
        at += 1 << bits
    return either(blocks)


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
