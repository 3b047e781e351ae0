"""Use case: the index of searching is brought up to date, or made anew, from what is kept. It never blocks the intake.

A few records a transaction; what was done stays done. A record whose text cannot be read is told and left for the next time.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from api.pipeline.facts import PAGE_TEXT
from api.wiring import Sohoa
from ingest.errors import CodedError
from ocr.fields.types import catalogue
from storage.model import Record
from storage.records.unit_of_work import UnitOfWork

log = logging.getLogger(__name__)
_AT_ONCE = 25


@dataclass(frozen=True, slots=True)
class Indexed:
    """How far it came."""

    done: int = 0
    failed: int = 0
    """Records whose pages could not be read."""


Told = Callable[[Indexed], None]


def catch_up(sohoa: Sohoa, told: Told | None = None) -> Indexed:
    """Index what is missing or was indexed in an older way; from the text it was indexed with, if there is one."""
    return _walk(sohoa, everything=False, told=told)


def rebuild(sohoa: Sohoa, told: Told | None = None) -> Indexed:
    """Index every record anew from the pages as read and the fields as decided. Searching goes on meanwhile."""
    return _walk(sohoa, everything=True, told=told)


def summary(sohoa: Sohoa) -> Mapping[str, object]:
    """`catch_up` as a recurring job reports it."""
    made = catch_up(sohoa)
    return {"indexed": made.done, "failed": made.failed}


def decided(uow: UnitOfWork, paper_id: str) -> dict[str, str]:
    """The decided value of each field of a paper."""
    return {name: decision.value for name, decision in uow.fields.current(paper_id).items()}


def field_names() -> frozenset[str]:
    """Every field of every paper type: may stand before a colon in a search."""
    return frozenset(field.name for kind in catalogue().values() for field in kind.fields)


def _walk(sohoa: Sohoa, *, everything: bool, told: Told | None) -> Indexed:
    made, after = Indexed(), 0
    while True:
        with sohoa.database.read() as uow:
            some = uow.search.to_index(_AT_ONCE, after, everything=everything)
        if not some:
            return made
        ready = [one for _, record in some if (one := _content(sohoa, record, keep=not everything)) is not None]
        with sohoa.database.transaction() as uow:
            for record, text, fields in ready:
                uow.search.put(record, text, fields)
        after = some[-1][0]
        made = Indexed(made.done + len(ready), made.failed + len(some) - len(ready))
        if told:
            told(made)


def _content(sohoa: Sohoa, record: Record, *, keep: bool) -> tuple[Record, str, dict[str, str]] | None:
    """The record with its text and fields; None when a page cannot be read."""
    with sohoa.database.read() as uow:
        kept = uow.search.kept_text(record) if keep else None
        fields = decided(uow, record.paper_id)
        rows = uow.pages.of_paper(record.paper_id)
    if kept is not None:
        return record, kept, fields
    try:
        texts = [PAGE_TEXT.validate_json(sohoa.objects.read_bytes(row.text.sha256)).text for row in rows if row.text]
    except CodedError as error:
        log.warning("record of paper %s not indexed: %s", record.paper_id, error.code)
        return None
    return record, "\n".join(texts), fields
