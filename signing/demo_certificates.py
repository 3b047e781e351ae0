"""The demonstration authority's paper work: certificates and revocation lists, made with `cryptography`.

Every subject says that it is worth nothing in law. Nothing here is read when judging; a verdict knows trust stores only.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

MARK = "SOHOA DEMO - KHÔNG CÓ GIÁ TRỊ PHÁP LÝ"
"""In the common name and the organisation of every demonstration certificate."""
RSA_BITS = 2048
CRL_LIFE = timedelta(days=3 * 365)
"""Long, so that a demonstration file can be checked offline for years; a real authority renews within days."""
_BACKDATED = timedelta(hours=1)
"""Machines whose clocks lag a little must not see a certificate of the future."""


@dataclass(frozen=True)
class Issued:
    """A key with its certificate."""

    key: rsa.RSAPrivateKey
    certificate: x509.Certificate


def _name(who: str, extra: Sequence[x509.NameAttribute[str]] = ()) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "VN"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, MARK),
            *extra,
            x509.NameAttribute(NameOID.COMMON_NAME, f"{who} - {MARK}"),
        ]
    )


def _usage(*, authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not authority,
        content_commitment=not authority,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=authority,
        crl_sign=authority,
        encipher_only=False,
        decipher_only=False,
    )


def _builder(subject: x509.Name, key: rsa.RSAPrivateKey, issuer: Issued | None, years: int) -> x509.CertificateBuilder:
    start = datetime.now(UTC).replace(microsecond=0) - _BACKDATED
    signer_key = (issuer.key if issuer else key).public_key()
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.certificate.subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + timedelta(days=365 * years))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer_key), critical=False)
    )


def authority(who: str, issuer: Issued | None, years: int) -> Issued:
    """A certification authority: the root when `issuer` is None, else one that may issue end certificates only."""
    key = rsa.generate_private_key(65537, RSA_BITS)
    certificate = (
        _builder(_name(who), key, issuer, years)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0 if issuer else None), critical=True)
        .add_extension(_usage(authority=True), critical=True)
        .sign((issuer.key if issuer else key), hashes.SHA256())
    )
    return Issued(key, certificate)


def signer(who: str, issuer: Issued, years: int, user_id: str) -> Issued:
    """A signing certificate. `user_id` is the Vietnamese custom that tells roles apart: `CCCD:…` a person, `MST:…` an agency."""
    key = rsa.generate_private_key(65537, RSA_BITS)
    subject = _name(who, [x509.NameAttribute(NameOID.USER_ID, user_id)])
    certificate = (
        _builder(subject, key, issuer, years)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(authority=False), critical=True)
        .sign(issuer.key, hashes.SHA256())
    )
    return Issued(key, certificate)


def time_stamper(who: str, issuer: Issued, years: int) -> Issued:
    """A time-stamping certificate: that purpose alone, marked critical (RFC 3161 §2.3)."""
    key = rsa.generate_private_key(65537, RSA_BITS)
    certificate = (
        _builder(_name(who), key, issuer, years)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(authority=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
        .sign(issuer.key, hashes.SHA256())
    )
    return Issued(key, certificate)


def revocation_list(issuer: Issued, number: int, now: datetime) -> x509.CertificateRevocationList:
    """A revocation list without entries, valid for `CRL_LIFE` from shortly before `now`."""
    start = now.replace(microsecond=0) - _BACKDATED
    return (
        x509.CertificateRevocationListBuilder()
        .issuer_name(issuer.certificate.subject)
        .last_update(start)
        .next_update(start + CRL_LIFE)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.key.public_key()), critical=False)
        .add_extension(x509.CRLNumber(number), critical=False)
        .sign(issuer.key, hashes.SHA256())
    )
