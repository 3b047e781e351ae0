"""Frozen facts of dossiers: who asked for what, which papers it takes, what became of each, what was reused. No I/O.

Terms follow the exchange with the national portal (Circular 04/2025/TT-VPCP): the Vietnamese name of a member stands beside
the fact it feeds. Times are aware UTC datetimes.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import IntEnum, StrEnum


class Channel(IntEnum):
    """How a dossier came in (KenhThucHien)."""

    COUNTER = 1
    ONLINE = 2
    POST = 3


class OwnerKind(IntEnum):
    """Who the owner of a dossier is (LoaiDoiTuong)."""

    CITIZEN = 1
    ENTERPRISE = 2
    AGENCY = 3
    OTHER = 4


class DossierState(StrEnum):
    """Where a dossier stands, as far as digitising asks."""

    OPEN = "open"
    RESOLVED = "resolved"
    """Its result was given."""
    STOPPED = "stopped"
    """DUNG: the applicant asked to stop (Circular 03/2025 Art. 7); nothing of it is digitised any more."""
    REFUSED = "refused"


class PaperForm(StrEnum):
    """What kind of copy was handed in (Circular 01/2023/TT-VPCP Art. 4)."""

    UNSAID = ""
    ORIGINAL = "original"
    """Bản chính."""
    REGISTER_COPY = "register_copy"
    """Bản sao điện tử cấp từ sổ gốc."""
    CERTIFIED_COPY = "certified_copy"
    """Bản sao điện tử được chứng thực từ bản chính."""
    COMPARED_COPY = "compared_copy"
    """Bản chụp điện tử có bản chính để đối chiếu."""


class ComponentState(StrEnum):
    """What became of one component of a dossier."""

    TO_DIGITISE = "to_digitise"
    DIGITISED = "digitised"
    REUSED = "reused"
    NOT_DIGITISED = "not_digitised"
    """With a reason code (`storage.reasons`)."""


class ReuseFlag(IntEnum):
    """DuocTaiSuDung."""

    NO = 0
    SAME = 1
    """The very paper the component asks for, digitised earlier."""
    SUBSTITUTE = 2
    """Another result takes its place (MaKetQuaThayThe)."""


IDENTITY_KEYS = ("born_on", "address", "paper", "phone")
"""What may identify an owner who has no identifier (Circular 01/2023 Art. 9-10): birth, address, another paper, telephone."""


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose dossier it is (ChuHoSo)."""

    id: str
    """Mã định danh in its normal form; empty when there is none: never a made-up one."""
    id_kind: str
    """An `ocr.fields.dossier.OwnerIdKind` value, or empty."""
    kind: OwnerKind
    name: str
    identity: dict[str, str] = field(default_factory=dict)
    """Further data (`IDENTITY_KEYS`) for an owner without an identifier."""


@dataclass(frozen=True, slots=True)
class Dossier:
    """One dossier, known by its code (mã hồ sơ)."""

    code: str
    unit: str
    procedure: str
    """Mã TTHC as it was given."""
    procedure_name: str
    """As the catalogue had it when the dossier was opened."""
    field: str
    """Mã lĩnh vực."""
    owner: Owner
    channel: Channel
    received_at: datetime
    """NgayTiepNhan; papers must be in force on its day in Vietnam."""
    due_at: datetime | None
    """NgayHenTra."""
    resolved_at: datetime | None
    """NgayTra: when the result was there."""
    state: DossierState
    returns_document: bool
    """The procedure must return a document (denominator of 766 indicator 4.1)."""
    result_record: str
    """Digitisation-result code of the result (kết quả giải quyết), or empty."""
    result_link: str
    """DuongDanTepTinKetQua: where the result is when it is not one of our records."""
    vneid: bool | None
    """TaiKhoanDuocXacThucVoiVNeID; None: not known."""
    late_reason: str
    """Why it was digitised or resolved late, in the unit's words; empty: not said."""
    opened_by: str
    created_at: datetime
    changed_at: datetime
    version: int = 1


@dataclass(frozen=True, slots=True)
class Component:
    """One paper a dossier takes (thành phần hồ sơ), and what became of it."""

    dossier: str
    code: str
    """MaThanhPhanHoSo."""
    place: int
    """Order in the dossier, from 0."""
    name: str
    required: bool
    form: PaperForm
    state: ComponentState
    paper_id: str
    """The paper digitised for it, latest first found; empty without one."""
    record: str
    """Digitisation-result code of what was digitised or reused; empty without one."""
    reuse: ReuseFlag
    replacement: str
    """MaKetQuaThayThe: what takes the place when `reuse` is SUBSTITUTE."""
    from_store: bool
    """DuocLayTuKhoDMQG: taken from the owner's store on the national portal."""
    reason_code: str
    reason_note: str
    changed_at: datetime
    changed_by: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """One question of the eligibility test and its answer."""

    code: str
    """Name of the question (`storage.reuse.Check`)."""
    result: str
    """`pass`, `unknown` or `fail`."""
    evidence: dict[str, str]
    """What was compared: values with their names, identifiers masked."""
    override: str = ""
    """Why an officer went on in spite of it; empty: nobody did."""
    why: str = ""
    """Key of the answer among those the question has (`storage.reuse.SAYS`); its sentence stands in the rules file."""


@dataclass(frozen=True, slots=True)
class Reuse:
    """One record used for one component of one dossier, with the answers it was based on."""

    id: str
    record: str
    sealed_sha256: str
    """The very bytes whose signatures were verified."""
    dossier: str
    component: str
    unit: str
    by: str
    at: datetime
    purpose: str
    filed_on: date
    flag: ReuseFlag
    replacement: str
    from_store: bool
    checks: tuple[Outcome, ...]
    withdrawn_at: datetime | None = None
    withdrawn_by: str = ""
    withdrawn_reason: str = ""

    @property
    def overridden(self) -> bool:
        """True if somebody answered for a question that was not answered with yes."""
        return any(one.override for one in self.checks)


class EndingKind(StrEnum):
    """How a record lost its force."""

    ANNULLED = "annulled"
    REPLACED = "replaced"


@dataclass(frozen=True, slots=True)
class RecordEnding:
    """The decision that took a record's force."""

    record: str
    kind: EndingKind
    decision: str
    decided_on: date
    reason: str
    replaced_by: str
    """Code of the record that took its place; empty when annulled."""
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class DossierQuery:
    """Which dossiers are asked for; every part narrows."""

    reach: str = ""
    owner_id: str = ""
    procedure: str = ""
    states: frozenset[DossierState] = frozenset()
    received_from: datetime | None = None
    received_before: datetime | None = None
    limit: int = 50
    offset: int = 0
