"""The hash chain of the audit trail, as pure functions: how an entry is linked and how a chain is walked.

Each entry's hash is SHA-256 over the previous hash and the entry's canonical JSON. A head kept beside the entries (their
number and the last hash) shows a cut-off end. Somebody who can rewrite entries *and* head can still forge everything after
the change: only a head published elsewhere shows that (an anchor, `signing.anchor`), and names the entry (`storage.witnessed`).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from ingest.model import Sha256
from storage.model import LedgerEntry
from storage.trail import LedgerFault, LedgerVerdict

GENESIS = Sha256("0" * 64)
"""What the first entry is linked to."""
MARK_BYTES = 8
"""A mark only names the entry that was changed; that one was is proven by the head's whole hash."""


_BY_COUNT = frozenset({LedgerFault.REMOVED, LedgerFault.INSERTED, LedgerFault.REORDERED})
"""Told apart by whether there are fewer or more entries than there must be."""


@dataclass(frozen=True, slots=True)
class LedgerHead:
    """How many entries there must be, and the hash of the last (`GENESIS` when none)."""

    entries: int
    hash: Sha256


def content(at: datetime, actor: str, event: str, subject: str, details: Mapping[str, object]) -> str:
    """The canonical JSON of an entry, without its place and links.

    The place in the ledger is not hashed: the chain itself gives it, and a swapped pair thus shows as reordered, not as two
    edits.
    """
    entry = {
        "actor": actor,
        "at": at.astimezone(UTC).isoformat(timespec="microseconds"),
        "details": details,
        "event": event,
        "subject": subject,
    }
    return json.dumps(entry, ensure_ascii=True, sort_keys=True, separators=(",", ":"), allow_nan=False)


def link(previous: Sha256, at: datetime, actor: str, event: str, subject: str, details: dict[str, object]) -> Sha256:
    """The hash of an entry that follows `previous`."""
    text = content(at, actor, event, subject, details)
    return Sha256(hashlib.sha256(f"{previous}\n{text}".encode("ascii")).hexdigest())


def mark(entry: LedgerEntry) -> bytes:
    """A short digest of what the entry says, whatever stands before it."""
    text = content(entry.at, entry.actor, entry.event, entry.subject, entry.details)
    return hashlib.sha256(text.encode("ascii")).digest()[:MARK_BYTES]


@dataclass(frozen=True, slots=True)
class Walked:
    """A verdict on the chain by itself, and the hashes met at the places asked for."""

    verdict: LedgerVerdict
    hashes: dict[int, Sha256] = field(default_factory=dict)


_START = LedgerHead(0, GENESIS)


def walk(
    entries: Iterable[LedgerEntry], head: LedgerHead | None, places: Iterable[int] = (), start: LedgerHead = _START
) -> Walked:
    """Judge a ledger, given in order of `seq` from `start` on, against its head (None: the head itself is gone)."""
    wanted, met = frozenset(places), dict[int, Sha256]()
    count, last, broken = start.entries, start.hash, None
    for entry in entries:
        count += 1
        if broken is None:
            broken = _break(entry, count, last)
        last = entry.hash
        if count in wanted:
            met[count] = last
    return Walked(_verdict(broken or _end(count, last, head), count, head), met)


def _verdict(broken: tuple[int, LedgerFault] | None, count: int, head: LedgerHead | None) -> LedgerVerdict:
    if broken is None:
        return LedgerVerdict(ok=True, entries=count)
    seq, fault = broken
    if fault in _BY_COUNT and head is not None and count != head.entries:
        fault = LedgerFault.REMOVED if count < head.entries else LedgerFault.INSERTED
    return LedgerVerdict(ok=False, entries=count, bad_seq=seq, fault=fault)


def _break(entry: LedgerEntry, place: int, last: Sha256) -> tuple[int, LedgerFault] | None:
    if link(entry.previous, entry.at, entry.actor, entry.event, entry.subject, entry.details) != entry.hash:
        return entry.seq, LedgerFault.EDITED
    if entry.seq != place:
        return min(entry.seq, place), LedgerFault.REMOVED if entry.seq > place else LedgerFault.INSERTED
    if entry.previous != last:
        return entry.seq, LedgerFault.REORDERED
    return None


def _end(count: int, last: Sha256, head: LedgerHead | None) -> tuple[int, LedgerFault] | None:
    if head is None:
        return count + 1, LedgerFault.REMOVED
    if head.entries != count:
        short = count < head.entries
        return min(count, head.entries) + 1, LedgerFault.TRUNCATED if short else LedgerFault.INSERTED
    return (count, LedgerFault.EDITED) if head.hash != last else None
