"""Facts and rules of the certification registers (sổ chứng thực): books, numbers, years, certifications. No I/O.

The law: numbers run from 01 to the end of the year, across books (quyển), and start again at 01 on 1 January; one book is
open for one unit and kind at a time; a year is locked with statistics and nothing is added afterwards (Decree 23/2015 Art.
13; Circular 01/2020/TT-BTP Art. 4). Which day it is, is decided in Vietnam. A number taken stays in the register for ever:
as issued, or as void with its reason.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from ingest.model import ObjectRef
from signing.report import VIETNAM


class RegisterKind(StrEnum):
    """What a book registers; what its sign is (SCT/BS, SCTĐT/BS) is configuration."""

    ELECTRONIC = "electronic"
    """Electronic certified copies (bản sao điện tử từ bản chính)."""
    PAPER = "paper"
    """Paper certified copies."""


class BookState(StrEnum):
    """Whether a book takes entries."""

    OPEN = "open"
    CLOSED = "closed"
    LOCKED = "locked"
    """Closed with its year (khóa sổ): nothing is added to it any more."""


class CertificationState(StrEnum):
    """Where one certification stands."""

    REQUESTED = "requested"
    REFUSED = "refused"
    """In writing, with its ground, before a number was taken."""
    WITHDRAWN = "withdrawn"
    """Given up before a number was taken."""
    ATTESTED = "attested"
    """An officer has attested it and its number is bound; the certifier's signature is awaited."""
    PERSONALLY_SIGNED = "personally_signed"
    """The certifier has signed; the agency's signature is awaited."""
    ISSUED = "issued"
    VOID = "void"
    """Abandoned or refused after its number was taken: the entry stays, with the reason."""
    ANNULLED = "annulled"
    """Annulled by a decision after it was issued (Circular 01/2020 Art. 7)."""


STATE_NAMES: dict[CertificationState, tuple[str, str]] = {
    CertificationState.REQUESTED: ("đã tiếp nhận yêu cầu", "requested"),
    CertificationState.REFUSED: ("đã từ chối", "refused"),
    CertificationState.WITHDRAWN: ("đã rút", "withdrawn"),
    CertificationState.ATTESTED: ("đã đối chiếu, chờ ký cá nhân", "attested, awaits the certifier's signature"),
    CertificationState.PERSONALLY_SIGNED: ("đã ký cá nhân, chờ ký cơ quan", "awaits the agency's signature"),
    CertificationState.ISSUED: ("đã phát hành", "issued"),
    CertificationState.VOID: ("đã hủy số", "void"),
    CertificationState.ANNULLED: ("đã bị hủy", "annulled"),
}
"""The states in Vietnamese and English."""
UNDER_WAY = frozenset({CertificationState.ATTESTED, CertificationState.PERSONALLY_SIGNED})
"""A number is bound and neither a signed file nor a reason stands for it yet."""
DELIVERED = frozenset({CertificationState.ISSUED, CertificationState.ANNULLED})
"""States in which somebody outside may hold the signed file."""


@dataclass(frozen=True, slots=True)
class Book:
    """One book (quyển) of a register."""

    id: str
    unit: str
    kind: RegisterKind
    year: int
    ordinal: int
    """Quyển số, from 1 in each year."""
    suffix: str
    """The sign it was opened with, e.g. SCTĐT/BS."""
    state: BookState
    opened_at: datetime
    opened_by: str
    closed_at: datetime | None = None
    closed_by: str = ""

    @property
    def label(self) -> str:
        """How the book is named beside a number: `01/2026-SCTĐT/BS`."""
        return f"{self.ordinal:02d}/{self.year}-{self.suffix}"


@dataclass(frozen=True, slots=True)
class LockedYear:
    """A year of a register that was locked (khóa sổ), with what was in it then."""

    unit: str
    kind: RegisterKind
    year: int
    statistics: dict[str, int]
    digest: str
    """Format and SHA-256 over every column of the entries as they stood (`register_entries`): any later change shows."""
    locked_at: datetime
    locked_by: str


@dataclass(frozen=True, slots=True)
class Request:
    """Who asks for certified copies of which paper, and what it costs."""

    requester_name: str
    requester_id: str
    """Identifier of the person who asks; masked wherever a list is shown."""
    deliver_to: str
    """E-mail address, or empty: the data store (Kho quản lý dữ liệu điện tử) of the person."""
    copies: int
    pages: int
    fee_vnd: int
    due_on: date
    """The day by which it must be done (Decree 23/2015 Art. 7, 21)."""
    extension_days: int = 0
    extension_reason: str = ""


@dataclass(frozen=True, slots=True)
class Attestation:
    """What the certifier stands for: the scan equals the original shown."""

    by: str
    at: datetime
    name: str
    """Full name of the certifier, as it is printed and as the certificate says."""
    title: str
    """Chức danh."""
    compared_sha256: str
    """Hash over the page images that were compared with the original."""
    checklist: dict[str, bool]
    wording: str
    """Id of the template of the lời chứng."""


@dataclass(frozen=True, slots=True)
class Entry:
    """The place in the register."""

    book_id: str
    book: str
    """The book's label at that time."""
    year: int
    number: int
    on: date

    @property
    def text(self) -> str:
        """The number as it is written: at least two digits."""
        return f"{self.number:02d}"


@dataclass(frozen=True, slots=True)
class Ending:
    """A refusal, withdrawal or voiding: why, by whom, when."""

    reason: str
    by: str
    at: datetime
    grounds: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Annulment:
    """The decision that took the certification back (Circular 01/2020/TT-BTP Art. 7)."""

    decision: str
    decided_on: date
    reason: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Signed:
    """One signed file of a certification."""

    file: ObjectRef
    signer: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Certification:
    """One certification of one paper, from the request to the end."""

    id: str
    unit: str
    kind: RegisterKind
    batch_id: str
    paper_id: str
    record_code: str
    title: str
    """What the original is called; never a person's name."""
    state: CertificationState
    request: Request
    requested_at: datetime
    requested_by: str
    attestation: Attestation | None = None
    entry: Entry | None = None
    token: str = ""
    """Handle of the public check: random, 192 bits."""
    personal: Signed | None = None
    issued: Signed | None = None
    ending: Ending | None = None
    annulment: Annulment | None = None
    version: int = 0


@dataclass(frozen=True, slots=True)
class RegisterQuery:
    """Which entries of a register are wanted; numbered ones only."""

    unit: str
    kind: RegisterKind
    year: int
    month: int = 0
    """1–12, or 0 for the whole year."""
    book_id: str = ""
    limit: int = 0
    """At most so many; 0: all."""
    states: frozenset[CertificationState] = field(default_factory=frozenset)

    @property
    def days(self) -> tuple[date, date]:
        """The first day wanted and the first one no more; the whole year without a month."""
        if not self.month:
            return date(self.year, 1, 1), date(self.year + 1, 1, 1)
        following = (self.year, self.month + 1) if self.month < 12 else (self.year + 1, 1)
        return date(self.year, self.month, 1), date(*following, 1)


def today_in_vietnam(now: datetime) -> date:
    """The day it is in Vietnam at the aware time `now`: a year turns at midnight there."""
    return now.astimezone(VIETNAM).date()


def series_name(unit: str, kind: RegisterKind, year: int) -> str:
    """The number series of a register: one per unit, kind and year, whatever the book."""
    return f"certification/{unit}/{kind}/{year}"
