"""Views of what was kept: records, search results with marked snippets, the journal."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Self

from api.views.base import ObjectView, View, mask_code, mask_id
from storage.access_levels import AccessLevel
from storage.finding import Facet, SavedSearch, SearchHit, SearchPage
from storage.model import LedgerEntry, Record, RecordState

HIT_OPENS, HIT_CLOSES = "\ue000", "\ue001"
"""How `storage` marks the hits in a snippet (see `storage.model.SearchHit`)."""


class RecordView(View):
    """A finished digitisation result."""

    code: str
    """The handle for addresses; it may hold the owner's identifier."""
    code_shown: str
    """The code for the eye: masked wherever the owner is."""
    paper_id: str
    state: RecordState
    access: AccessLevel
    unit: str
    dossier: str
    owner: str
    paper_type: str
    title: str
    number: str
    issued_on: date | None
    issuer: str
    subject: str
    valid_until: date | None
    scope: str
    pages: int
    original: ObjectView
    sealed: ObjectView
    evidence: ObjectView
    created_at: datetime

    @classmethod
    def of(cls, record: Record, *, masked: bool = True) -> Self:
        """The record; the owner's identifier is masked unless told otherwise, also where it is the paper's own number."""
        return cls(
            code=record.code,
            code_shown=mask_code(record.code, record.owner) if masked else record.code,
            paper_id=record.paper_id,
            state=record.state,
            access=record.access,
            unit=record.unit,
            dossier=record.dossier,
            owner=mask_id(record.owner) if masked else record.owner,
            paper_type=record.paper_type,
            title=record.title,
            number=mask_id(record.number) if masked and record.number and record.number == record.owner else record.number,
            issued_on=record.issued_on,
            issuer=record.issuer,
            subject=record.subject,
            valid_until=record.valid_until,
            scope=record.scope,
            pages=record.pages,
            original=ObjectView.of(record.original),
            sealed=ObjectView.of(record.sealed),
            evidence=ObjectView.of(record.evidence),
            created_at=record.created_at,
        )


class SnippetPart(View):
    """A piece of a snippet; `hit` pieces are what was searched for."""

    text: str
    hit: bool


IDENTIFIER = re.compile(r"(?<!\d)(?:\d{12}|\d{9})(?!\d)")
"""Numbers of the length of a personal id or an old identity card: masked in lists, wherever they stand."""


def snippet_parts(snippet: str) -> tuple[SnippetPart, ...]:
    """The marked snippet as pieces, so that no reader has to trust markup."""
    parts: list[SnippetPart] = []
    hidden = IDENTIFIER.sub(lambda found: mask_id(found.group()), snippet)
    for index, piece in enumerate(hidden.split(HIT_OPENS)):
        inside, closed, after = piece.partition(HIT_CLOSES)
        if index and closed:
            parts.extend(SnippetPart(text=text, hit=hit) for text, hit in ((inside, True), (after, False)) if text)
        elif piece:
            parts.append(SnippetPart(text=piece.replace(HIT_CLOSES, ""), hit=False))
    return tuple(parts)


class HitView(View):
    """One record found."""

    record: RecordView
    score: float
    snippet: tuple[SnippetPart, ...]

    @classmethod
    def of(cls, hit: SearchHit) -> Self:
        """The hit with its owner masked; of a restricted record nothing of the text."""
        shown = "" if hit.record.access is AccessLevel.RESTRICTED else hit.snippet
        return cls(record=RecordView.of(hit.record), score=hit.score, snippet=snippet_parts(shown))


class FacetValueView(View):
    """One way to narrow a search, and how many records it would leave."""

    value: str
    count: int
    chosen: bool


class FacetView(View):
    """The values of one fact among the records found under the other filters; `name` is the filter's."""

    name: str
    values: tuple[FacetValueView, ...]


class SearchView(View):
    """One page of search results."""

    total: int
    """Counting ends at 1,000."""
    more: bool
    """There are more than `total`; facets are counted among the newest `total`."""
    limit: int
    offset: int
    hits: tuple[HitView, ...]
    facets: tuple[FacetView, ...]
    nearly: bool
    """Little was found as typed: records with a syllable spelled differently are among the hits."""
    instead: str
    """What was perhaps meant."""
    unknown: tuple[str, ...]
    """Words no record has, when nothing was found."""

    @classmethod
    def of(cls, page: SearchPage, *, limit: int = 50, offset: int = 0) -> Self:
        """The page with the window it was asked for."""
        return cls(
            total=page.total,
            more=page.more,
            limit=limit,
            offset=offset,
            hits=tuple(HitView.of(hit) for hit in page.hits),
            facets=tuple(_facet(facet) for facet in page.facets),
            nearly=page.nearly,
            instead=page.instead,
            unknown=page.unknown,
        )


def _facet(facet: Facet) -> FacetView:
    values = (FacetValueView(value=one.value, count=one.count, chosen=one.chosen) for one in facet.values)
    return FacetView(name=facet.name, values=tuple(values))


class SavedSearchView(View):
    """A search its person wants to ask again."""

    id: str
    name: str
    address: str
    """The question as in the address of the page: a query string."""
    total: int
    """Found now; counting ends at 1,000."""
    new: int
    """Of them since the last look."""
    looked_at: datetime

    @classmethod
    def of(cls, saved: SavedSearch, total: int, new: int) -> Self:
        """The search with what it finds now."""
        about = {"id": saved.id, "name": saved.name, "address": saved.address, "looked_at": saved.looked_at}
        return cls(**about, total=total, new=new)


class JournalView(View):
    """One line of the audit trail."""

    seq: int
    at: datetime
    actor: str
    event: str
    subject: str
    details: dict[str, object]
    hash: str

    @classmethod
    def of(cls, entry: LedgerEntry) -> Self:
        """The entry with the hash that chains it."""
        return cls(
            seq=entry.seq,
            at=entry.at,
            actor=entry.actor,
            event=entry.event,
            subject=entry.subject,
            details=entry.details,
            hash=entry.hash,
        )
