"""Frozen facts around the work itself: the ledger's verdict, messages to be sent, access tokens. No I/O."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from ingest.model import Sha256


class LedgerFault(StrEnum):
    """What was done to the ledger behind our back."""

    EDITED = "edited"
    REMOVED = "removed"
    """Entries are missing; others follow."""
    INSERTED = "inserted"
    REORDERED = "reordered"
    TRUNCATED = "truncated"
    """The end is missing, and something in the database still knows of it."""
    ROLLED_BACK = "rolled_back"
    """The whole database is older than an anchor kept elsewhere, or went another way from there."""
    CHANGED = "changed"
    """An entry in a range that no anchor at hand describes entry by entry."""


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """One line of the append-only, hash-chained audit trail."""

    seq: int
    at: datetime
    actor: str
    event: str
    """`<thing>.<verb>`, e.g. `file.received`, `paper.sealed`."""
    subject: str
    """Id or code of the thing; never a name of a person."""
    details: dict[str, object] = field(default_factory=dict)
    previous: Sha256 = Sha256("")
    hash: Sha256 = Sha256("")


@dataclass(frozen=True, slots=True)
class LedgerQuery:
    """Which entries are looked for; what is empty does not narrow."""

    first: datetime | None = None
    """Not before this aware time."""
    before: datetime | None = None
    """Before this aware time."""
    event: str = ""
    """An event, or its first part with the point: `certification.`."""
    endings: tuple[str, ...] = ()
    """How the event may end: `.viewed`."""
    actor: str = ""
    subjects: tuple[str, ...] | None = None
    """Of these alone; an empty tuple finds nothing."""
    below: int = 0
    """Entries with a lower number than this; 0: from the newest on."""
    limit: int = 100


@dataclass(frozen=True, slots=True)
class Subject:
    """What an entry of the ledger is about, as far as it is still known."""

    kind: str
    """`record`, `paper`, `batch`, `file`, `certification`."""
    unit: str
    title: str = ""
    code: str = ""
    """Digitisation-result code of a record; mask it where it is shown."""
    owner: str = ""
    id: str = ""


@dataclass(frozen=True, slots=True)
class LedgerVerdict:
    """The outcome of walking the whole chain."""

    ok: bool
    entries: int
    """Entries found."""
    bad_seq: int | None = None
    """The first place where the ledger is not what it was; None when it is whole."""
    fault: LedgerFault | None = None
    last_seq: int | None = None
    """End of the range that begins at `bad_seq`, when the entry cannot be named more exactly."""


@dataclass(frozen=True, slots=True)
class Witness:
    """What an anchor whose time-stamp was checked says about the ledger."""

    entries: int
    head: Sha256
    """Hash of entry number `entries`."""
    since: int
    """The entries after this one are described one by one."""
    marks: bytes
    """`storage.ledger.MARK_BYTES` for each of them (see `storage.ledger.mark`)."""
    head_at: datetime
    """Time of entry number `entries`."""
    ours: bool = True
    """It lay in this database's own store; False: it was kept elsewhere and brought along."""


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
    seq: int = 0
    assignment_id: str = ""
    """The hat of the account that owns it; empty for tokens of the installation itself."""
    label: str = ""
    """What its owner calls it."""
    scopes: tuple[str, ...] = ()
    """The only actions it allows; empty: all of its role."""
    used_at: datetime | None = None
