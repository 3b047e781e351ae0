"""Frozen facts of keeping: batches, files, papers, pages, steps, records. No I/O, no third-party engine.

Ids are 32 hexadecimal digits (random UUID). Times are aware UTC datetimes.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from ingest.errors import Param
from ingest.model import Note, ObjectRef
from storage.access_levels import AccessLevel
from storage.progress import BatchProgress as BatchProgress  # noqa: PLC0414 - offered here
from storage.trail import LedgerEntry as LedgerEntry  # noqa: PLC0414 - offered here


class FileState(StrEnum):
    """Where a received file stands."""

    RECEIVED = "received"
    """Durable; not looked at yet."""
    ACCEPTED = "accepted"
    REFUSED = "refused"
    """Kept, with a coded reason; nothing is made from it."""
    ATTENTION = "attention"
    """A step on it failed for good; a person must act."""
    GIVEN_UP = "given_up"
    REPLACED = "replaced"


class PaperState(StrEnum):
    """Where a paper stands on its way."""

    WORKING = "working"
    REVIEW = "review"
    """A person's decision is awaited."""
    SIGNING = "signing"
    """The signature of a person who keeps the key is awaited."""
    ATTENTION = "attention"
    HELD = "held"
    """Somebody looks at its pages first, or arranges them; it goes on when they let it."""
    DONE = "done"
    GIVEN_UP = "given_up"
    MERGED = "merged"
    """All its pages belong to other papers now."""


class StepKind(StrEnum):
    """The steps of the main job. The first two work on a file, `read` on a page, the others on a paper."""

    IDENTIFY = "identify"
    SPLIT = "split"
    FILE = "file"
    """On a paper: a person says where it belongs, because its separator sheet could not."""
    READ = "read"
    """Prepare and recognise one page."""
    SEAL = "seal"
    CLASSIFY = "classify"
    FIELDS = "fields"
    CONFIRM = "confirm"
    CODE = "code"
    STORE = "store"
    INDEX = "index"
    CERTIFY = "certify"
    """On a certification: make the certified copy and put the certifier's signature on it."""
    COUNTERSIGN = "countersign"
    """On a certification: the agency's signature."""
    RENEW = "renew"
    """On a seal: put an archive time-stamp over the evidence before its force ends."""
    RECOVER = "recover"
    """On a stored object that was found damaged or gone: look for a good copy again."""


CERTIFYING = frozenset({StepKind.CERTIFY, StepKind.COUNTERSIGN})
"""Steps on a certification; their failure leaves the paper as it is."""
ASIDE = frozenset({StepKind.INDEX, StepKind.RENEW, StepKind.RECOVER})
"""Steps on what was made of a finished paper; their failure leaves the paper as it is too."""


class StepState(StrEnum):
    """Where a step stands."""

    READY = "ready"
    """May be leased from `not_before` on."""
    LEASED = "leased"
    WAITING = "waiting"
    """For a person (review)."""
    DONE = "done"
    FAILED = "failed"
    """For good; on the attention list until a person acts."""
    GIVEN_UP = "given_up"


class Priority(StrEnum):
    """Counter work goes before bulk work."""

    COUNTER = "counter"
    BULK = "bulk"


@dataclass(frozen=True, slots=True)
class Batch:
    """One delivery of files by one person."""

    id: str
    unit: str
    """Code of the organisational unit the work belongs to."""
    actor: str
    dossier: str
    """Mã hồ sơ, or empty."""
    owner: str
    """Owner's identifier (mã định danh), or empty: never a made-up one."""
    priority: Priority
    automatic: bool
    """Fields may be decided automatically (see ocr.options.ReviewOptions)."""
    created_at: datetime
    component: str = ""
    """Mã thành phần hồ sơ that these files are for, or empty."""
    hold: bool = False  # its papers wait for a look at their pages before anything is signed


@dataclass(frozen=True, slots=True)
class FileRow:
    """One received file. Unique per batch by (sha256, name), so that sending again never doubles."""

    id: str
    batch_id: str
    name: str
    object: ObjectRef
    state: FileState
    kind: str
    """A `FileKind` value once identified, else empty."""
    pages: int
    parent_id: str
    """The archive it came out of, or empty."""
    reason_code: str
    reason_params: dict[str, Param]
    notes: tuple[Note, ...]
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Paper:
    """One paper: consecutive pages of one file, with what has been made of it so far."""

    id: str
    batch_id: str
    file_id: str
    ordinal: int
    """Place among the papers of its file, from 0."""
    first_page: int
    pages: int
    state: PaperState
    dossier: str
    owner: str
    paper_type: str
    type_confidence: float
    code: str
    """Mã kết quả số hóa, once issued."""
    original: ObjectRef
    sealed: ObjectRef | None
    evidence: ObjectRef | None
    """The JSON of pages, words, fields and decisions."""
    reason_code: str
    reason_params: dict[str, Param]
    version: int
    """Counts changes; a writer must name the one it saw."""
    created_at: datetime
    component: str = ""
    """The component of its dossier it was scanned for, or empty."""
    held: bool = False  # stops after reading until somebody who looked at its pages lets it go on


@dataclass(frozen=True, slots=True)
class PageRow:
    """One page of one paper."""

    id: str
    paper_id: str
    file_id: str
    index: int
    """Place in the paper as it is arranged today, from 0."""
    image: ObjectRef
    facts: dict[str, object]
    """`ingest.model.PageImage` as JSON, without its path."""
    text: ObjectRef | None
    """`ocr.model.PageText` as JSON, once read."""
    place: int = field(default=0, compare=False)
    """Its number among all pages the paper ever had; never changes, wherever it stands."""


@dataclass(frozen=True, slots=True)
class Step:
    """One piece of work the database knows of: the truth behind every queue message."""

    id: str
    kind: StepKind
    subject: str
    """Id of the file, page or paper; (kind, subject) is unique."""
    batch_id: str
    file_id: str
    paper_id: str
    unit: str
    priority: Priority
    state: StepState
    attempts: int
    lease: str
    """Fencing token of the worker that holds it, or empty."""
    lease_until: datetime | None
    not_before: datetime
    error_code: str
    error_params: dict[str, Param]


@dataclass(frozen=True, slots=True)
class Attention:
    """A line a person can act on: what happened to which paper, what may be pressed."""

    step_id: str
    kind: StepKind
    batch_id: str
    file_id: str
    file_name: str
    paper_id: str
    error_code: str
    error_params: dict[str, Param]
    since: datetime


class RecordState(StrEnum):
    """Whether a record may be relied on."""

    IN_FORCE = "in_force"
    ANNULLED = "annulled"
    REPLACED = "replaced"
    DISPOSED = "disposed"
    """Destroyed by an approved disposal when its time was over; only this row and the certificate are left."""


@dataclass(frozen=True, slots=True)
class Record:
    """A finished digitisation result: what an officer finds and reuses (Circular 01/2023 Art. 9)."""

    code: str
    paper_id: str
    state: RecordState
    unit: str
    dossier: str
    owner: str
    paper_type: str
    title: str  # tên giấy tờ
    number: str  # số, ký hiệu
    issued_on: date | None
    issuer: str  # cơ quan cấp
    subject: str  # trích yếu
    valid_until: date | None
    """Thời hạn có hiệu lực; None when the paper states none."""
    scope: str  # phạm vi có hiệu lực
    pages: int
    original: ObjectRef
    sealed: ObjectRef
    evidence: ObjectRef
    created_at: datetime
    access: AccessLevel = AccessLevel.INTERNAL
