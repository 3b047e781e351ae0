"""What of a record becomes a word of the index. Both databases get the same words, so both find the same.

A word of the text stands folded, and exactly too where that differs (`quyet`, `quyết`). Other kinds of words begin with a mark no
word of a text has: `^` in the heading, `_` two words that follow each other (for phrases), `n:` the number, `f:` a field,
and tags by which a search is narrowed: type, unit, issuer, owner, dossier, state, days.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain, pairwise

from storage.search.fold import Words, keyed, words
from storage.search.periods import marks
from storage.search.spelling import names

VERSION = 2
"""Of the way terms are made; documents of another version are indexed again by the recurring job."""
EVERYTHING = "@all"
LONG = "@long"
"""On a document too long for all its pairs of words; its phrases are checked on the text."""
MAX_BYTES = 900_000
"""PostgreSQL takes at most 1 MiB of words a document; what is beyond is not indexed."""
MAX_KEY = 100
BLOCK_BITS = (11, 14, 17, 20)
"""Documents in blocks of each size, as powers of two: the newest of a common word are found without looking at all."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known about a record beside its text."""

    number: str = ""
    owner: str = ""
    paper_type: str = ""
    unit: str = ""
    issuer: str = ""
    dossier: str = ""
    state: str = ""
    access: str = ""
    issued_on: date | None = None
    valid_until: date | None = None
    fields: tuple[tuple[str, str], ...] = ()
    """Names and decided values."""


@dataclass(frozen=True, slots=True)
class Document:
    """One record as words."""

    number: int
    """Key of the record's row."""
    heading: Words
    """Code, title, number, subject, issuer: hits here weigh more."""
    body: Words
    facts: Facts = Facts()


def terms(document: Document) -> tuple[str, ...]:
    """Every term of the document once, the most needed first, within what a database takes."""
    pairs = [*_pairs(document.heading.folded), *_pairs(document.body.folded)]
    folded = dict.fromkeys((*document.heading.folded, *document.body.folded))
    ranked = chain(
        tags_of(document.number, document.facts),
        of_heading(document.heading),
        folded,
        other_names(folded, set(pairs)),
        _of_fields(document.facts.fields),
        document.heading.exact,
        document.body.exact,
    )
    made: dict[str, None] = {}
    room = _take(made, ranked, MAX_BYTES)
    if _take(made, pairs, room) <= 0:
        made[LONG] = None
    return tuple(made)


def _take(made: dict[str, None], offered: Iterable[str], room: int) -> int:
    """Add what is new while there is room; returns the bytes left, 0 when something was left out."""
    for term in offered:
        if term not in made:
            room -= len(term.encode())
            if room <= 0:
                return 0
            made[term] = None
    return room


def pair(first: str, second: str) -> str:
    """The term for two words in a row."""
    return f"_{first}_{second}"


def tag(kind: str, value: str) -> str:
    """The term for a fact that is compared as a whole, whatever its separators."""
    key = keyed(value) or "-"
    return f"{kind}={key if len(key) <= MAX_KEY else hashlib.sha256(key.encode()).hexdigest()}"


def number_whole(number: Sequence[str]) -> str:
    """The term for a number without any separator."""
    return f"n={''.join(number)[:MAX_KEY]}"


def block_term(bits: int, block: int) -> str:
    """The term of a block of 2 ** `bits` documents."""
    return f"@{bits}.{block}"


def block_terms(document: int) -> tuple[str, ...]:
    """The blocks a document stands in, the smallest first."""
    return tuple(block_term(bits, document >> bits) for bits in BLOCK_BITS)


def state_terms() -> tuple[str, ...]:
    """Every term that tells a state; a record has one of them."""
    return tuple(tag("s", state) for state in ("in_force", "annulled", "replaced"))


def access_terms() -> tuple[str, ...]:
    """Every term that tells an access level; a record has one of them."""
    return tuple(tag("a", level) for level in ("public", "internal", "restricted"))


def tags_of(number: int, facts: Facts) -> Iterator[str]:
    """By what a search is narrowed, and the words of the owner, the issuer and the number."""
    yield EVERYTHING
    yield from block_terms(number)
    yield tag("s", facts.state)
    yield tag("a", facts.access)
    kinds = (("o", facts.owner), ("t", facts.paper_type), ("u", facts.unit), ("i", facts.issuer), ("h", facts.dossier))
    yield from (tag(kind, value) for kind, value in kinds if value)
    yield from (f"g:{mark}" for mark in marks(facts.issued_on))
    yield from (f"e:{mark}" for mark in marks(facts.valid_until))
    owner = words(facts.owner).folded
    yield from owner
    yield from _pairs(owner)
    issuer = words(facts.issuer).folded
    yield from (f"i:{word}" for word in (*issuer, *other_names(issuer, set(_pairs(issuer)))))
    number_words = words(facts.number).folded
    yield from _inside("n", number_words)
    if number_words:
        yield number_whole(number_words)


def of_heading(heading: Words) -> Iterator[str]:
    """The words of the heading, marked so."""
    for word in (*heading.folded, *heading.exact):
        yield f"^{word}"


def _of_fields(fields: Iterable[tuple[str, str]]) -> Iterator[str]:
    for name, value in fields:
        yield from _inside(f"f:{name}", words(value).folded)


def _inside(kind: str, found: Sequence[str]) -> Iterator[str]:
    """Words of one fact, and their pairs."""
    yield from (f"{kind}:{word}" for word in found)
    yield from (f"{kind}:{two}" for two in _pairs(found))


def _pairs(found: Sequence[str]) -> Iterator[str]:
    return (pair(first, second) for first, second in pairwise(found))


def other_names(folded: Iterable[str], pairs: set[str]) -> Iterator[str]:
    """The other spellings of the names that stand in the text."""
    single = set(folded)
    for group in names():
        if any(_stands(name, single, pairs) for name in group):
            for name in group:
                yield from name
                yield from _pairs(name)


def _stands(name: Sequence[str], single: set[str], pairs: set[str]) -> bool:
    return all(word in single for word in name) and all(two in pairs for two in _pairs(name))
