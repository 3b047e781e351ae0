"""How a signature names its signer's certificate, encoded once.

asn1crypto encodes a name anew, part by part, whenever it stands in another structure; for two signatures with three time-stamps
that was a quarter of the work. The encoding of a certificate's issuer, number and digest never changes.
"""

# mypy: allow-untyped-calls
# (asn1crypto has no types)
from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from asn1crypto import cms, tsp, x509
from pyhanko.sign.attributes import CMSAttributeProvider, SignedAttributeProviderSpec
from pyhanko.sign.general import as_signing_certificate_v2

_MOST = 256


def signing_certificate(der: bytes) -> tsp.SigningCertificateV2:
    """ESSCertIDv2 with SHA-256 (RFC 5035): binds a signature to this very certificate."""
    return tsp.SigningCertificateV2.load(_signing_certificate(der))


def signer_id(der: bytes) -> cms.SignerIdentifier:
    """The signer by issuer and serial number (RFC 5652 §5.3)."""
    return cms.SignerIdentifier.load(_signer_id(der))


def subject(der: bytes) -> x509.GeneralName:
    """The subject of the certificate as a general name (RFC 5280 §4.2.1.6)."""
    return x509.GeneralName.load(_subject(der))


class Attributes(SignedAttributeProviderSpec):
    """The signed attributes of PAdES beside type and digest: the signer's certificate, and no claimed time."""

    def __init__(self, der: bytes) -> None:
        """`der`: the signer's certificate."""
        self._der = der

    def signed_attr_providers(self, data_digest: bytes, digest_algorithm: str) -> Iterator[CMSAttributeProvider]:
        """One provider, whatever is signed."""
        del data_digest, digest_algorithm
        yield _Named(self._der)


class _Named(CMSAttributeProvider):
    attribute_type = "signing_certificate_v2"

    def __init__(self, der: bytes) -> None:
        self._der = der

    async def build_attr_value(self, dry_run: bool = False) -> tsp.SigningCertificateV2:
        del dry_run
        return signing_certificate(self._der)


@lru_cache(_MOST)
def _signing_certificate(der: bytes) -> bytes:
    return bytes(as_signing_certificate_v2(x509.Certificate.load(der)).dump())


@lru_cache(_MOST)
def _signer_id(der: bytes) -> bytes:
    certificate = x509.Certificate.load(der)
    named = cms.IssuerAndSerialNumber({"issuer": certificate.issuer, "serial_number": certificate.serial_number})
    return bytes(cms.SignerIdentifier({"issuer_and_serial_number": named}).dump())


@lru_cache(_MOST)
def _subject(der: bytes) -> bytes:
    return bytes(x509.GeneralName(name="directory_name", value=x509.Certificate.load(der).subject).dump())
