"""Who holds a signing key, and how a signature is asked of it.

One protocol for all holders: a PKCS#12 file (here), a PKCS#11 token or HSM (`signing.pkcs11_key`), a remote service
(`signing.remote`), and a person's token that never leaves the desk (`signing.two_phase`: `sign` happens elsewhere and later).
So a holder knows certificates and raw signatures, nothing of PDF or CMS.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Protocol, TypeAlias

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, pkcs12

from signing.errors import KeyTooWeak, KeyUnusable
from signing.key_errors import CertificateUnreadable

DIGESTS: dict[str, Callable[[], hashes.HashAlgorithm]] = {
    "sha256": hashes.SHA256,
    "sha384": hashes.SHA384,
    "sha512": hashes.SHA512,
}
"""SHA-256 or better; SHA-1 is never offered."""
LEAST_RSA_BITS = 2048
LEAST_EC_BITS = 256
"""Circular 15/2025/TT-BKHCN, Art. 5."""
PublicKey: TypeAlias = rsa.RSAPublicKey | ec.EllipticCurvePublicKey


class SealKey(Protocol):
    """A key that can be asked for signatures. Implementations are safe to share between threads."""

    @property
    def name(self) -> str:
        """Common name of the signer, for messages."""

    @property
    def certificate(self) -> bytes:
        """The signer's certificate, DER."""

    @property
    def chain(self) -> tuple[bytes, ...]:
        """Issuing certificates the holder knows, DER, nearest first, root optional."""

    @property
    def digest(self) -> str:
        """Digest the key signs with: `sha256`, `sha384` or `sha512`."""

    def sign(self, data: bytes) -> bytes:
        """Raw signature over `data` (hashed with `digest`): RSA PKCS#1 v1.5, or ECDSA in DER."""


class CertifiedKey:
    """What every holder tells of its key, all of it from the signer's certificate."""

    def _certified(self, certificate: x509.Certificate, chain: tuple[bytes, ...]) -> None:
        """Keep the signer's certificate and the issuers known beside it (DER); raises KeyTooWeak below the legal minimum."""
        self._name = common_name(certificate)
        self._public = require_strong(certificate.public_key(), self._name)
        self._der = certificate.public_bytes(Encoding.DER)
        self._chain = chain

    @property
    def name(self) -> str:
        """Common name of the signer."""
        return self._name

    @property
    def certificate(self) -> bytes:
        """The signer's certificate, DER."""
        return self._der

    @property
    def chain(self) -> tuple[bytes, ...]:
        """The issuers known to the holder, DER."""
        return self._chain

    @property
    def digest(self) -> str:
        """SHA-256, or SHA-384 for a curve of 384 bits or more."""
        return digest_for(self._public)

    def fits(self, data: bytes, signature: bytes) -> bool:
        """Whether `signature` (RSA PKCS#1 v1.5, or ECDSA in DER) was made over `data` with the key of this certificate."""
        return signature_fits(self._public, self.digest, data, signature)


class Pkcs12Key(CertifiedKey):
    """A key in a PKCS#12 file, parsed once and kept (parsing costs four times as much as signing)."""

    def __init__(self, path: Path, passphrase: bytes, certificates: tuple[bytes, ...] = ()) -> None:
        """Open the file now, so that a wrong passphrase shows at start and not in the middle of a batch.

        `certificates` are issuers (DER) the file does not hold.

        Raises:
            KeyUnusable: the file cannot be opened with this passphrase or holds no key with its certificate.
            KeyTooWeak: the key is below the legal minimum.
        """
        try:
            bundle = pkcs12.load_pkcs12(path.read_bytes(), passphrase)
        except (OSError, ValueError, UnsupportedAlgorithm) as error:
            raise KeyUnusable(name=path.name) from error
        if bundle.key is None or bundle.cert is None:
            raise KeyUnusable(name=path.name)
        brought = tuple(extra.certificate.public_bytes(Encoding.DER) for extra in bundle.additional_certs)
        self._certified(bundle.cert.certificate, tuple(dict.fromkeys(brought + certificates)))
        self._key = bundle.key

    def sign(self, data: bytes) -> bytes:
        """Raw signature over `data`."""
        algorithm = DIGESTS[self.digest]()
        if isinstance(self._key, rsa.RSAPrivateKey):
            return self._key.sign(data, padding.PKCS1v15(), algorithm)
        if isinstance(self._key, ec.EllipticCurvePrivateKey):
            return self._key.sign(data, ec.ECDSA(algorithm))
        raise KeyTooWeak(name=self._name)


def loaded(certificate: bytes) -> x509.Certificate:
    """The certificate (DER) with a public key that can be read; raises CertificateUnreadable."""
    try:
        found = x509.load_der_x509_certificate(certificate)
        found.public_key()
    except (ValueError, TypeError, x509.InvalidVersion, UnsupportedAlgorithm) as error:
        raise CertificateUnreadable from error
    return found


def require_strong(key: object, name: str) -> PublicKey:
    """The public key, which is RSA of 2048 bits or an elliptic curve of 256 at least; else KeyTooWeak."""
    if isinstance(key, rsa.RSAPublicKey) and key.key_size >= LEAST_RSA_BITS:
        return key
    if isinstance(key, ec.EllipticCurvePublicKey) and key.key_size >= LEAST_EC_BITS:
        return key
    raise KeyTooWeak(name=name)


def digest_for(key: PublicKey) -> str:
    """The digest a key signs with: SHA-384 for a curve of 384 bits or more, else SHA-256."""
    return "sha384" if isinstance(key, ec.EllipticCurvePublicKey) and key.key_size >= 384 else "sha256"


def signature_fits(key: PublicKey, digest: str, data: bytes, signature: bytes) -> bool:
    """Whether `signature` (RSA PKCS#1 v1.5, or ECDSA in DER) was made over `data` with the private half of `key`."""
    algorithm = DIGESTS[digest]()
    try:
        if isinstance(key, rsa.RSAPublicKey):
            key.verify(signature, data, padding.PKCS1v15(), algorithm)
        else:
            key.verify(signature, data, ec.ECDSA(algorithm))
    except InvalidSignature:
        return False
    return True


def common_name(certificate: x509.Certificate) -> str:
    """Common name of a certificate's subject, or the whole subject when it has none."""
    names = certificate.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
    return str(names[0].value) if names else certificate.subject.rfc4514_string()
