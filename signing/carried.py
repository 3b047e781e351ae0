"""Certificates that a signature carries beside its signer's: no signature covers them, so somebody may have altered them.

They decide nothing, a chain is built from certificates that hold. But a record with altered bytes in it is not as it was made,
and that is told.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache

from asn1crypto import cms
from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from pyhanko.sign.validation import EmbeddedPdfSignature

from signing.embedded import tokens
from signing.model import Finding, Severity, Topic
from signing.parsed import certificate
from signing.roles import signer_name


def altered(signature: EmbeddedPdfSignature, known: Sequence[asn1.Certificate], *, strict: bool) -> list[Finding]:
    """A finding for each certificate in the signature and its time-stamps that its issuer did not sign as it stands there.

    Args:
        signature: whose certificates are looked at.
        known: all certificates at hand, of the trust store and of the file.
        strict: a file of our own: a certificate that resembles a known one and cannot be checked has been altered, too.
    """
    found = []
    for der in dict.fromkeys(one for data in (signature.signed_data, *tokens(signature)) for one in _beside_signer(data)):
        if _is_altered(der, known, strict=strict):
            severity = Severity.FAILURE if strict else Severity.DOUBT
            found.append(Finding(Topic.INTEGRITY, "CERTIFICATE_ALTERED", severity, {"name": signer_name(certificate(der))}))
    return found


def _beside_signer(data: cms.SignedData) -> Iterable[bytes]:
    return [choice.chosen.untag().dump() for choice in data["certificates"] if choice.name == "certificate"]


def _is_altered(der: bytes, known: Sequence[asn1.Certificate], *, strict: bool) -> bool:
    one = certificate(der)
    above = [other for other in known if other.subject == one.issuer]
    named = one.authority_key_identifier
    issuers = [other for other in above if named is not None and named == other.key_identifier]
    if issuers:
        return {_issued(der, other.dump()) for other in issuers} == {False}
    if any(_issued(der, other.dump()) for other in above):
        return False
    # Without the name of a key the authority may have had another one; but then its other certificate tells.
    twins = [other for other in known if other.dump() != der and (other.subject == one.subject or _same_key(one, other))]
    return bool(twins) and (strict or any(_issued(twin.dump(), other.dump()) for twin in twins for other in above))


def _same_key(one: asn1.Certificate, other: asn1.Certificate) -> bool:
    return bool(one.public_key.dump() == other.public_key.dump())


@lru_cache(1024)
def _issued(der: bytes, issuer: bytes) -> bool | None:
    """Whether the issuer's key signed the certificate; None when that cannot be checked here."""
    try:
        x509.load_der_x509_certificate(der).verify_directly_issued_by(x509.load_der_x509_certificate(issuer))
    except (InvalidSignature, x509.InvalidVersion):  # nobody issues a version that is none
        return False
    except (ValueError, TypeError, UnsupportedAlgorithm):
        return None
    return True
