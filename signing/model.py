"""Frozen facts of signing and verifying. No I/O, no third-party engine."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from ingest.errors import Param


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


@dataclass(frozen=True, slots=True)
class SealRequest:
    """What is to be sealed, by whom, for what."""

    kind: SealKind
    role: Role
    field_name: str
    reason: str = ""
    location: str = ""
    level: Level = Level.B_LT


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
