"""Revocation lists before they are kept: whether one can be read, is whole, of now, and signed by whom we believe."""

# mypy: allow-untyped-calls
# (asn1crypto is not typed)
from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from hashlib import sha256

from asn1crypto import crl, pem
from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm

from signing.trust_errors import ListRefused

UNREADABLE = (InvalidSignature, UnsupportedAlgorithm, x509.InvalidVersion, TypeError, ValueError)
"""What the parser says to odd certificates and lists."""


def list_in(data: bytes) -> bytes:
    """The list in a PEM or DER file, DER. Raises ListRefused."""
    try:
        der = pem.unarmor(data)[2] if pem.detect(data) else data
        crl.CertificateList.load(der, strict=True).issuer.dump()
    except (ValueError, TypeError, KeyError) as error:
        raise ListRefused(why="format") from error
    return bytes(der)


def check(fresh: crl.CertificateList, der: bytes, authorities: Iterable[bytes], *, expired_too: bool = False) -> None:
    """Nothing if one of the `authorities` (DER) signed the list `der` and it is whole and of now, else ListRefused."""
    if fresh.delta_crl_indicator_value is not None:
        raise ListRefused(why="delta")
    if fresh["tbs_cert_list"]["this_update"].native > datetime.now(UTC):
        raise ListRefused(why="future")
    until = fresh["tbs_cert_list"]["next_update"].native
    if not expired_too and until is not None and until <= datetime.now(UTC):
        raise ListRefused(why="expired")
    try:
        signed = x509.load_der_x509_crl(der)
        issuer = signed.issuer
    except UNREADABLE as error:
        raise ListRefused(why="format") from error
    for authority in authorities:
        try:
            one = x509.load_der_x509_certificate(authority)
            if one.subject == issuer and signed.is_signature_valid(one.public_key()):  # type: ignore[arg-type]
                return
        except UNREADABLE:
            continue
    raise ListRefused(why="signer")


def key_of(listed: crl.CertificateList) -> str:
    """One file for each authority, key and partition: an authority may publish several lists side by side."""
    point = listed.issuing_distribution_point_value
    parts = (listed.issuer.dump(), listed.authority_key_identifier or b"", point.dump() if point else b"")
    return sha256(b"\0".join(parts)).hexdigest()[:32]


def newer(fresh: crl.CertificateList, kept: bytes) -> bool:
    """Whether it was issued later than ours: an old list played back would take revocations back."""
    ours = crl.CertificateList.load(list_in(kept))
    issued = "this_update"
    return bool(fresh["tbs_cert_list"][issued].native > ours["tbs_cert_list"][issued].native)
