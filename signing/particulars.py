"""What is known of a signature beside its verdict: certificate, algorithms, what it covers, evidence. Facts only, no I/O.

Told, never judged: the verdict rests on `signing.judgement`. Personal identifiers of the subject are left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class AnswerKind(StrEnum):
    """Where an answer about revocation comes from."""

    CRL = "crl"
    OCSP = "ocsp"


@dataclass(frozen=True, slots=True)
class RevocationAnswer:
    """One revocation list or OCSP answer that speaks of the signer's certificate."""

    kind: AnswerKind
    issued_at: datetime
    """`thisUpdate`."""
    next_at: datetime | None
    """`nextUpdate`."""
    in_file: bool
    """Whether the file brings it along; else it is the verifier's own."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """One time-stamp token on a signature, as it says itself."""

    authority: str
    made_at: datetime


@dataclass(frozen=True, slots=True)
class Particulars:
    """The facts of one signature or document time-stamp."""

    organisation: str
    """Organisation and unit of the subject."""
    certificate_sha256: str
    valid_from: datetime
    valid_to: datetime
    key: str
    """Algorithm and size, such as `RSA 2048` or `EC secp256r1`."""
    digest: str
    """Weakest digest in use, such as `sha256`."""
    subfilter: str
    """`ETSI.CAdES.detached`, `adbe.pkcs7.detached` or `ETSI.RFC3161`."""
    issuers_included: bool
    """Whether the file brings any certificate of an issuing authority of the signer."""
    revision: int
    """The revision the signature stands in, counted from 1."""
    revisions: int
    """Revisions of the file, as the parser sees them."""
    covered_bytes: int
    file_bytes: int
    anchor: str
    """Common name of the trusted root the chain reaches; empty when it reaches none."""
    anchor_sha256: str
    stamps: tuple[Stamp, ...] = ()
    revocation: tuple[RevocationAnswer, ...] = ()
