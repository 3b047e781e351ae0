"""What a register's entries come to: statistics of a year, and a digest that shows any later change of what was locked."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import is_dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

from ingest.model import ObjectRef
from storage.registers import (
    DELIVERED,
    Annulment,
    Attestation,
    Certification,
    CertificationState,
    Ending,
    Entry,
    LockedYear,
    Request,
    Signed,
)

DIGESTED: dict[type, tuple[str, ...]] = {
    Certification: (
        "id", "unit", "kind", "batch_id", "paper_id", "record_code", "title", "state", "request", "requested_at",
        "requested_by", "attestation", "entry", "token", "personal", "issued", "ending", "annulment",
    ),
    Request: (
        "requester_name", "requester_id", "deliver_to", "copies", "pages", "fee_vnd", "due_on", "extension_days",
        "extension_reason",
    ),
    Attestation: ("by", "at", "name", "title", "compared_sha256", "checklist", "wording"),
    Entry: ("book_id", "book", "year", "number", "on"),
    Ending: ("reason", "by", "at", "grounds"),
    Annulment: ("decision", "decided_on", "reason", "by", "at"),
    Signed: ("file", "signer", "at"),
    ObjectRef: ("sha256", "size", "media_type"),
}  # fmt: skip
"""What format 2 of the digest covers, by name and in this order: all but the counter of versions.

A fact that gains a column needs a new format, for years already locked must stay checkable.
"""
_FORMAT_2 = "2:"


def statistics_of(entries: Sequence[Certification]) -> dict[str, int]:
    """Figures of the khóa sổ: numbers used, certified papers, copies, pages, fees, void numbers, annulled ones."""
    done = [one for one in entries if one.state in DELIVERED]
    return {
        "numbers": len(entries),
        "last_number": max((one.entry.number for one in entries if one.entry), default=0),
        "certified": len(done),
        "copies": sum(one.request.copies for one in done),
        "pages": sum(one.request.pages for one in done),
        "fees_vnd": sum(one.request.fee_vnd for one in done),
        "void": sum(one.state is CertificationState.VOID for one in entries),
        "annulled": sum(one.state is CertificationState.ANNULLED for one in entries),
    }


def digest_of(entries: Sequence[Certification], locked_at: datetime) -> str:
    """`2:` and the SHA-256 (hex) over every column of every entry as it stood at the lock.

    An annulment after the lock is lawful and an addition: it is left out, with the state it brought. One that was there at the
    lock counts, so it can neither vanish nor be altered unseen.
    """
    lines = [_plain(_as_locked(one, locked_at)) for one in entries]
    text = json.dumps(lines, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    return _FORMAT_2 + hashlib.sha256(text.encode("ascii")).hexdigest()


def unchanged(locked: LockedYear, entries: Sequence[Certification]) -> bool:
    """Whether the whole year's `entries` are still those that were locked; years locked in the first format included."""
    of = digest_of(entries, locked.locked_at) if locked.digest.startswith(_FORMAT_2) else _first_format(entries)
    return of == locked.digest


def _as_locked(one: Certification, locked_at: datetime) -> Certification:
    if one.state is CertificationState.ANNULLED and one.annulment is not None and one.annulment.at > locked_at:
        return replace(one, state=CertificationState.ISSUED, annulment=None)
    return one


def _plain(value: Any) -> Any:
    """The value as JSON has it, times in UTC whatever the database made of them."""
    if is_dataclass(value):
        return [_plain(getattr(value, name)) for name in DIGESTED[type(value)]]
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, date):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value


def _first_format(entries: Sequence[Certification]) -> str:
    """The digest of years locked before format 2: number, day, paper, requester, certifier and file only."""
    lines = [
        [
            one.entry.number if one.entry else 0,
            one.entry.on.isoformat() if one.entry else "",
            one.entry.book if one.entry else "",
            one.record_code,
            one.request.requester_name,
            one.request.copies,
            one.attestation.name if one.attestation else "",
            one.issued.file.sha256 if one.issued else "",
            one.ending.reason if one.ending else "",
        ]
        for one in entries
    ]
    text = json.dumps(lines, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("ascii")).hexdigest()
