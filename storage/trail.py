"""Frozen facts around the work itself: the ledger's verdict, messages to be sent, access tokens. No I/O."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class LedgerFault(StrEnum):
    """What was done to the ledger behind our back."""

    EDITED = "edited"
    REMOVED = "removed"
    """Entries are missing, in the middle or at the end."""
    INSERTED = "inserted"
    REORDERED = "reordered"


@dataclass(frozen=True, slots=True)
class LedgerVerdict:
    """The outcome of walking the whole chain."""

    ok: bool
    entries: int
    """Entries found."""
    bad_seq: int | None = None
    """The first place where the chain does not hold; None when it does."""
    fault: LedgerFault | None = None


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """A message written in a transaction and not sent yet."""

    id: int
    topic: str
    payload: dict[str, object]
    created_at: datetime


@dataclass(frozen=True, slots=True)
class TokenRow:
    """An access token; only the SHA-256 of its secret is kept."""

    name: str
    role: str
    unit: str
    expires_at: datetime | None
    created_at: datetime
