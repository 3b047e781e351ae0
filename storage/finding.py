"""Frozen facts of finding records: what is asked, what is found, what is saved to be asked again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from storage.access_levels import AccessLevel, Audience
from storage.model import Record


class Sort(StrEnum):
    """Which of the records found comes first."""

    RELEVANCE = "relevance"
    NEWEST = "newest"
    """Digitised last."""
    ISSUED = "issued"
    """Issued last; those without a date come last."""


class Validity(StrEnum):
    """What may be said of a record on a day."""

    VALID = "valid"
    """In force: within its term, or without a stated one. To narrow a search; of a record one of the next is said."""
    IN_FORCE = "in_force"
    NO_TERM = "no_term"
    EXPIRED = "expired"
    ANNULLED = "annulled"
    REPLACED = "replaced"
    DISPOSED = "disposed"


@dataclass(frozen=True, slots=True)
class SearchQuery:
    """What an officer asks for; every part narrows."""

    words: str = ""
    owner: str = ""
    paper_type: str = ""
    unit: str = ""
    number: str = ""
    issuer: str = ""
    """Words of the issuer."""
    issuer_is: str = ""
    """The whole issuer, however spelled."""
    dossier: str = ""
    issued_from: date | None = None
    issued_to: date | None = None
    year: int | None = None
    """Of issue."""
    validity: Validity | None = None
    access: AccessLevel | None = None
    valid_on: date | None = None
    """The day `validity` is asked for; None: today."""
    today: date | None = None
    sort: Sort = Sort.RELEVANCE
    facets: bool = False
    fields: frozenset[str] = frozenset()
    """Names that may stand before a colon in `words`."""
    limit: int = 50
    offset: int = 0
    audience: Audience | None = None
    """Whose question it is: only records they may read are found. None: all."""


@dataclass(frozen=True, slots=True)
class SearchHit:
    """One record found, with a snippet whose hits are marked by U+E000 … U+E001."""

    record: Record
    score: float
    snippet: str


@dataclass(frozen=True, slots=True)
class FacetValue:
    """One way to narrow a search, and how many records it would leave."""

    value: str
    count: int
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class Facet:
    """The values of one fact among the records found under the other filters."""

    name: str
    """`type`, `unit`, `issuer_is`, `year` or `validity`: also the name of the filter."""
    values: tuple[FacetValue, ...]


@dataclass(frozen=True, slots=True)
class SearchPage:
    """One page of results."""

    hits: tuple[SearchHit, ...]
    total: int
    more: bool = False
    """There are more than `total`, which is where counting ends."""
    facets: tuple[Facet, ...] = ()
    nearly: bool = False
    """Little was found as typed: records with one syllable spelled differently are among the hits."""
    instead: str = ""
    """What was perhaps meant, when `nearly`."""
    unknown: tuple[str, ...] = ()
    """Words no record has, when nothing was found."""


@dataclass(frozen=True, slots=True)
class SavedSearch:
    """A search somebody wants to ask again."""

    id: str
    person: str
    name: str
    address: str
    """The question as in the address of the page: a query string."""
    last_count: int
    last_seen: int
    """The newest record there was at the last look."""
    looked_at: datetime
    created_at: datetime
