"""What a key at the desk may sign: the signed attributes of one document signature for its own certificate, and nothing else.

The bytes come from elsewhere (a web page, a server), and a signature over other bytes could be anything: a log-in, another
contract, a certificate. So they are parsed strictly, every attribute is known and allowed, and they name this very certificate
(RFC 5652 §5.3, §11; RFC 5035; ETSI EN 319 142-1 §6.3).
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

from asn1crypto import cms, tsp

from signing.key_errors import AttributesRefused, ClockSkewed

MOST_BYTES = 4096
SKEW = timedelta(minutes=5)
"""How far a signing time in the attributes may be from this machine's clock."""
NEEDED = frozenset({"content_type", "message_digest", "signing_certificate_v2"})
ALLOWED = NEEDED | {"signing_time", "cms_algorithm_protection"}
LENGTHS = {"sha256": 32, "sha384": 48, "sha512": 64}


def document_digest(data: bytes, certificate: bytes, digest: str, now: datetime | None = None) -> bytes:
    """The digest of the document that `data` (signed attributes, DER) would sign with `certificate` (DER) and `digest`.

    Raises:
        AttributesRefused: it is anything else, or names another certificate.
        ClockSkewed: the signing time in it is not now.
    """
    told = _strictly(data)
    _only(told)
    if told["content_type"] != "data":
        raise AttributesRefused(why="content type")
    value = told["message_digest"]
    if not isinstance(value, bytes) or len(value) != LENGTHS[digest]:
        raise AttributesRefused(why="message digest")
    if not _names(told["signing_certificate_v2"], certificate):
        raise AttributesRefused(why="certificate")
    protection = told.get("cms_algorithm_protection")
    if protection is not None and protection["digest_algorithm"]["algorithm"] != digest:
        raise AttributesRefused(why="algorithm")
    _in_time(told.get("signing_time"), now or datetime.now(UTC))
    return value


def _strictly(data: bytes) -> dict[str, Any]:
    """Attribute type → its one value; refused unless `data` is nothing but the one DER encoding of that."""
    if not 0 < len(data) <= MOST_BYTES:
        raise AttributesRefused(why="size")
    told: dict[str, Any] = {}
    try:
        attributes = cms.CMSAttributes.load(data, strict=True)
        for one in attributes:
            kind, values = one["type"].native, one["values"]
            if kind in told or len(values) != 1:
                raise AttributesRefused(why="repeated")
            told[kind] = values[0].parsed if kind == "signing_certificate_v2" and hasattr(values[0], "parsed") else values[0]
        told = {kind: value if kind == "signing_certificate_v2" else value.native for kind, value in told.items()}
        again = cms.CMSAttributes(list(attributes)).dump(force=True)
    except (ValueError, TypeError, KeyError, OverflowError) as error:
        raise AttributesRefused(why="encoding") from error
    if again != data:
        raise AttributesRefused(why="encoding")
    return told


def _only(told: dict[str, Any]) -> None:
    if not set(told) >= NEEDED:
        raise AttributesRefused(why="incomplete")
    if not set(told) <= ALLOWED:
        raise AttributesRefused(why="unknown attribute")


def _names(value: Any, certificate: bytes) -> bool:
    try:
        named = value if isinstance(value, tsp.SigningCertificateV2) else tsp.SigningCertificateV2.load(value.dump())
        (one,) = named["certs"]
        return bool(
            one["hash_algorithm"]["algorithm"].native == "sha256" and one["cert_hash"].native == sha256(certificate).digest()
        )
    except (ValueError, TypeError, KeyError):
        return False


def _in_time(told: Any, now: datetime) -> None:
    if told is None:
        return
    if not isinstance(told, datetime):
        raise AttributesRefused(why="signing time")
    off = abs(told - now)
    if off > SKEW:
        raise ClockSkewed(minutes=int(off.total_seconds() // 60))
