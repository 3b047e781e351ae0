"""An anchor: an RFC 3161 time-stamp over the head of a ledger, in one file that proves itself wherever it is kept.

The token is made over a short statement: how many entries there are, the hash of the last, and a digest of *marks*, one for
each entry since the anchor before, so that a later change can be named. The file also carries the authority's certificates
and revocation lists of that day. It knows nothing of what the entries say.
"""

# mypy: allow-untyped-calls
# (pyHanko is typed in parts)
from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from hashlib import sha256

from asn1crypto import cms, crl, x509
from pydantic import BaseModel, ConfigDict, ValidationError
from pyhanko.sign.general import extract_certificate_info

from ingest.model import Sha256
from signing import chain, integrity, parsed
from signing.anchor_errors import AnchorUnreadable
from signing.embedded import HOSTILE
from signing.loop import complete
from signing.roles import signer_name
from signing.timestamps import Timestamper
from signing.trust import Evidence, TrustStore

FORMAT = "sohoa-ledger-anchor/1"
DIGEST = "sha256"
MEDIA_TYPE = "application/vnd.sohoa.ledger-anchor+json"


class Statement(BaseModel):
    """What is time-stamped."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: str = FORMAT
    entries: int
    head: str
    """Hash of entry number `entries`, lower-case hex."""
    head_at: datetime
    since: int
    """The marks begin after this entry."""
    marks_sha256: str
    previous: str
    """SHA-256 of the anchor file before this one, or empty: so the anchors are a chain too."""

    def canonical(self) -> bytes:
        """The bytes the token is made over: JSON in ASCII, keys sorted, no spaces."""
        return json.dumps(self.model_dump(mode="json"), ensure_ascii=True, sort_keys=True, separators=(",", ":")).encode("ascii")


class _File(BaseModel):
    """The anchor file; byte strings in base64."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    statement: Statement
    marks: str
    token: str
    certificates: tuple[str, ...]
    crls: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Anchor:
    """An anchor file as read: nothing in it is proven until `check` has said so."""

    statement: Statement
    marks: bytes
    token: bytes
    certificates: tuple[bytes, ...]
    crls: tuple[bytes, ...]
    sha256: Sha256
    """Of the file."""


@dataclass(frozen=True, slots=True)
class AnchorVerdict:
    """What the check of one anchor came to."""

    anchor: Anchor
    problem: str
    """Empty when the time-stamp holds, else `IMPRINT`, `MARKS`, or an ETSI EN 319 102-1 (sub-)indication."""
    stamped_at: datetime | None
    authority: str

    @property
    def forged(self) -> bool:
        """The file contradicts itself: somebody changed it."""
        return self.problem in {"IMPRINT", "MARKS", "HASH_FAILURE", "SIG_CRYPTO_FAILURE", "FORMAT_FAILURE"}


def make(
    statement: Statement, marks: bytes, timestamper: Timestamper, trust: TrustStore, previous: Anchor | None = None
) -> bytes:
    """The bytes of a new anchor file. It takes along what is known today of the authority of `previous`, the anchor before.

    Raises:
        TimestampUnavailable: no authority gave a token.
    """
    token = timestamper.token(sha256(statement.canonical()).digest(), DIGEST)
    lines: list[x509.Certificate] = []
    lists: list[crl.CertificateList] = []
    for one in (token, *([previous.token] if previous else [])):
        certificate, between = _certificates(one)
        known = Evidence((*trust.parsed.certificates, *between), trust.parsed.crls).about(certificate)
        line, names = _issuers(certificate, known)
        lines += [issuer for issuer in line if issuer not in lines]
        lists += [found for found in known.crls if found.issuer.hashable in names and found not in lists]
    file = _File(
        statement=statement,
        marks=_text(marks),
        token=_text(token),
        certificates=tuple(_text(one.dump()) for one in lines),
        crls=tuple(_text(one.dump()) for one in lists),
    )
    return file.model_dump_json(indent=1).encode()


def read(data: bytes) -> Anchor:
    """The anchor in `data`. Raises AnchorUnreadable."""
    try:
        file = _File.model_validate_json(data)
        if file.statement.format != FORMAT:
            raise AnchorUnreadable
        return Anchor(
            statement=file.statement,
            marks=_bytes(file.marks),
            token=_bytes(file.token),
            certificates=tuple(map(_bytes, file.certificates)),
            crls=tuple(map(_bytes, file.crls)),
            sha256=Sha256(sha256(data).hexdigest()),
        )
    except (ValidationError, ValueError) as error:
        raise AnchorUnreadable from error


def check(anchors: Sequence[Anchor], trust: TrustStore, now: datetime | None = None) -> tuple[AnchorVerdict, ...]:
    """A verdict on each anchor, in order of entries.

    An authority must hold until the next anchor took over, the last one today (past validation, EN 319 102-1 §5.6): each
    anchor covers the one before, which it names.
    """
    present = now or datetime.now(UTC)
    proven: dict[str, tuple[datetime, Anchor]] = {}
    found: list[AnchorVerdict] = []
    for anchor in sorted(anchors, key=lambda one: one.statement.entries, reverse=True):
        control, later = proven.get(anchor.sha256, (present, None))
        verdict = _check(anchor, trust, control, later)
        found.append(verdict)
        if not verdict.problem and verdict.stamped_at is not None and anchor.statement.previous:
            proven[anchor.statement.previous] = (min(control, verdict.stamped_at), anchor)
    return tuple(reversed(found))


def _check(anchor: Anchor, trust: TrustStore, control: datetime, later: Anchor | None) -> AnchorVerdict:
    """The verdict at `control`, the time of the anchor `later` that took over (None: nothing did, `control` is now)."""
    blank = AnchorVerdict(anchor, "FORMAT_FAILURE", None, "")
    try:
        token = cms.ContentInfo.load(anchor.token)["content"]
        certificate, between = _certificates(anchor.token)
        told = replace(blank, stamped_at=integrity.token_time(token), authority=signer_name(certificate))
        imprint = token["encap_content_info"]["content"].parsed["message_imprint"]
        if sha256(anchor.marks).hexdigest() != anchor.statement.marks_sha256:
            return replace(told, problem="MARKS")
        if (
            imprint["hashed_message"].native != sha256(anchor.statement.canonical()).digest()
            or imprint["hash_algorithm"]["algorithm"].native != DIGEST
        ):
            return replace(told, problem="IMPRINT")
        broken = integrity.token_breach(token)
        if broken:
            return replace(told, problem=broken)
        files = (anchor, later) if later else (anchor,)
        brought = (*(parsed.certificate(der) for one in files for der in one.certificates), *between)
        extra = Evidence(brought, tuple(parsed.revocation_list(der) for one in files for der in one.crls))
        purpose = chain.Purpose.TIMESTAMP
        held = complete(chain.check(certificate, trust, purpose, control, extra, later_evidence=later is not None))
        return replace(told, problem=held.sub_indication)
    except HOSTILE:
        return blank


def _certificates(token: bytes) -> tuple[x509.Certificate, tuple[x509.Certificate, ...]]:
    known = extract_certificate_info(cms.ContentInfo.load(token)["content"])
    return known.signer_cert, tuple(known.other_certs)


def _issuers(certificate: x509.Certificate, known: Evidence) -> tuple[list[x509.Certificate], set[str]]:
    """The issuers below the root, and the names of all of them."""
    by_name: dict[str, list[x509.Certificate]] = {}
    for one in known.certificates:
        by_name.setdefault(one.subject.hashable, []).append(one)
    line: list[x509.Certificate] = []
    names: set[str] = set()
    waiting = [certificate]
    while waiting:
        one = waiting.pop()
        if one.issuer.hashable in names:
            continue
        names.add(one.issuer.hashable)
        issuers = by_name.get(one.issuer.hashable, [])
        line += [issuer for issuer in issuers if issuer.self_signed == "no" and issuer not in line]
        waiting += issuers
    return line, names


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _bytes(text: str) -> bytes:
    return base64.b64decode(text, validate=True)
