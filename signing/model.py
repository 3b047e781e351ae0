"""Frozen facts of signing and verifying. No I/O, no third-party engine."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from ingest.errors import Param
from signing.particulars import Particulars


class Role(StrEnum):
    """In whose name a signature stands (domain: three legal objects, never one flag)."""

    PERSONAL = "personal"
    AGENCY = "agency"
    UNKNOWN = "unknown"


class Level(StrEnum):
    """PAdES baseline levels (ETSI EN 319 142-1)."""

    B_B = "B-B"
    B_T = "B-T"
    B_LT = "B-LT"
    B_LTA = "B-LTA"


class SealKind(StrEnum):
    """The legal object a seal makes."""

    DIGITISED_COPY = "digitised_copy"
    """Clerk's personal signature on the scan (Circular 01/2023 Art. 8)."""
    SAO_Y = "sao_y"
    CERTIFIED_COPY = "certified_copy"
    ISSUED = "issued"
    """An electronic document that is issued: its signer's signature, the agency's seal, or an attachment's (Decree 30/2020)."""
    REPORT = "report"
    """A report of our own: of a verification, an audit, a register."""


TIME = "{time}"
"""Stands in a mark's line for the time of signing, which only the signing knows."""


class Corner(StrEnum):
    """Where on the page, as it is shown, a mark would rather stand."""

    TOP_RIGHT = "top-right"
    TOP_LEFT = "top-left"
    BOTTOM_RIGHT = "bottom-right"
    BOTTOM_LEFT = "bottom-left"


@dataclass(frozen=True, slots=True)
class Spot:
    """A place that the caller knows: no free space is looked for. Points, from the lower left corner of the page as shown."""

    x_pt: float
    y_pt: float


@dataclass(frozen=True, slots=True)
class Place:
    """Where a mark stands."""

    page: int
    """Counted from 0."""
    box: tuple[float, float, float, float]
    """Left, bottom, right, top in points of the page's own space (`/Rect` of ISO 32000-1 §12.5.2), before `/Rotate`."""
    turn_deg: int = 0
    """How the page is turned when shown; the mark is turned back, so that it stands upright."""
    moved: bool = False
    """Whether what is on the page made it stand elsewhere than it would rather have."""


@dataclass(frozen=True, slots=True)
class Mark:
    """What people see of a signature on the page: lines of text, or an image, or both (image above the text).

    Decree 30/2020, Appendix I: Times New Roman, upright, black, 10 pt; images are PNG with transparency in their real size.
    """

    lines: tuple[str, ...] = ()
    """`{time}` becomes the signing time, `dd/mm/yyyy HH:MM:SS +07:00`."""
    image: bytes = b""
    """PNG; empty for text alone."""
    image_width_pt: float = 0.0
    """Printed width of the image in points; 0: the size its own resolution says."""
    page: int = 0
    """The page it would rather stand on, counted from 0; negative counts from the end."""
    corner: Corner = Corner.TOP_RIGHT
    spot: Spot | None = None
    """A given place (an image over a name); None: free space is looked for near the corner."""
    size_pt: float = 10.0
    least_size_pt: float = 0.0
    """Down to which size it may be set where there is no room else; 0: the size is given by law."""
    required: bool = True
    """Whether a page without room for it refuses the signature; else the signature is made invisible and that is told."""
    font: str = ""
    """Path of the typeface; empty: the installed Liberation Serif."""
    place: Place | None = None
    """Where it goes, when that was found out before (`signing.marks.place`); else signing finds it."""


@dataclass(frozen=True, slots=True)
class Reserved:
    """A signature field made now for somebody who signs later: after a certification no new one may be added."""

    field_name: str
    mark: Mark | None = None
    """What will stand there: only its size counts now. None: the later signature is invisible."""


@dataclass(frozen=True, slots=True)
class SealRequest:
    """What is to be sealed, by whom, for what."""

    kind: SealKind
    role: Role
    field_name: str
    """An empty field of this name (see `reserve`) is filled; when it is signed already, a number is added."""
    reason: str = ""
    location: str = ""
    level: Level = Level.B_LT
    mark: Mark | None = None
    certify: bool = False
    """Certification signature (DocMDP P=2): later only signatures in fields that are there already. Must be the first."""
    reserve: tuple[Reserved, ...] = ()
    """Further fields made in the same revision."""


@dataclass(frozen=True, slots=True)
class Seal:
    """A signature that was made and verified before it was accepted."""

    kind: SealKind
    role: Role
    level: Level
    signer: str
    """Common name of the signer's certificate."""
    certificate_sha256: str
    signed_at: datetime
    time_stamped: bool
    field_name: str = ""
    place: Place | None = None
    """Where its mark stands; None for an invisible signature."""
    mark_left_out: bool = False
    """A mark was asked for, but the pages have no room for it."""


class Indication(StrEnum):
    """Main indication of ETSI EN 319 102-1 §5.1."""

    PASSED = "TOTAL-PASSED"
    INDETERMINATE = "INDETERMINATE"
    FAILED = "TOTAL-FAILED"


class Severity(StrEnum):
    """What one finding does to the verdict."""

    OK = "ok"
    INFO = "info"
    WARNING = "warning"
    DOUBT = "doubt"
    """Makes the verdict INDETERMINATE."""
    FAILURE = "failure"
    """Makes the verdict TOTAL-FAILED."""


class Topic(StrEnum):
    """The fixed order in which findings are told (design §6)."""

    INTEGRITY = "integrity"
    SIGNATURE = "signature"
    SIGNER = "signer"
    TIME = "time"
    REVOCATION = "revocation"
    CHANGES = "changes"
    REGISTER = "register"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was checked, with its outcome. `code` has sentences in `signing.findings`."""

    topic: Topic
    code: str
    severity: Severity
    params: dict[str, Param] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SignatureVerdict:
    """The judgement of one signature or document time-stamp."""

    field_name: str
    indication: Indication
    sub_indication: str
    """ETSI sub-indication (HASH_FAILURE, NO_CERTIFICATE_CHAIN_FOUND, …) or empty when passed."""
    signer: str
    issuer: str
    serial: str
    role: Role
    signing_time: datetime | None
    time_source: str
    """`timestamp`, `claimed` or `none`."""
    level: str
    covers_whole_file: bool
    intact: bool
    """Digest and signature value are right for the bytes covered."""
    is_timestamp: bool = False
    findings: tuple[Finding, ...] = ()
    particulars: Particulars | None = None


@dataclass(frozen=True, slots=True)
class FileVerdict:
    """The judgement of one file: the worst of its signatures and of the document itself."""

    name: str
    sha256: str
    indication: Indication
    sub_indication: str
    signatures: tuple[SignatureVerdict, ...]
    findings: tuple[Finding, ...]
    checked_at: datetime
    profile: str = "agency"
