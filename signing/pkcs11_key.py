"""A key on a PKCS#11 token or HSM: it signs there and never leaves it.

A session that died (token pulled out, idle) is opened again once; a wrong PIN is never tried again (`signing.pins`). The
document is hashed here and only its digest goes to the token: a USB token takes kilobytes a second.
"""

from __future__ import annotations

from collections.abc import Callable
from hashlib import new as new_hash
from pathlib import Path
from typing import Any, TypeVar

import pkcs11
from asn1crypto import algos, pem
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding
from pkcs11 import Attribute, KeyType, Mechanism, ObjectClass

from signing.errors import KeyUnusable
from signing.key_errors import TokenAbsent, TokenKeyMissing
from signing.keys import CertifiedKey
from signing.pins import PinSource
from signing.pkcs11_module import SESSION_DIED, TokenAddress, module_at, told

T = TypeVar("T")


class Pkcs11Key(CertifiedKey):
    """A key on a token, found by label or id; its certificate is read from the token or from a file."""

    def __init__(self, address: TokenAddress, pin: PinSource, certificates: tuple[bytes, ...] = ()) -> None:
        """Open the token now, so that a wrong PIN or a missing key shows at start and not in the middle of a batch.

        `certificates` (DER) are used besides those on the token: the signer's, if the token does not hold it, and issuers.

        Raises:
            DriverUnusable, TokenAbsent, TokenFailed: the token cannot be reached.
            PinWrong, PinLocked, PinMissing: the token did not let us in.
            TokenKeyMissing: not exactly one key fits, or its certificate is nowhere.
            KeyTooWeak: the key is below the legal minimum.
        """
        self._address, self._pin = address, pin
        self._module = module_at(address.module)
        self._session: pkcs11.Session | None = None
        self._key: Any = None  # the key's handle in this session
        self._generation = -1
        found = self._used(lambda session, key: _certificates(session, key, certificates))
        if found is None:
            raise TokenKeyMissing(name=address.name)
        self._certified(*found)

    def sign(self, data: bytes) -> bytes:
        """Raw signature over `data`.

        Raises:
            TokenAbsent, TokenFailed: the token cannot be reached, also after opening it anew; may be tried later.
            PinWrong, PinLocked: the token does not let us in any more.
        """
        digest = new_hash(self.digest, data).digest()
        signature = self._used(lambda _, key: self._signed(key, digest))
        if not self.fits(data, signature):
            raise TokenKeyMissing(name=self._address.name)  # the certificate belongs to another key
        return signature

    def _signed(self, key: Any, digest: bytes) -> bytes:
        if isinstance(self._public, ec.EllipticCurvePublicKey):
            # Raw mechanism: SoftHSM and old tokens have none that hashes (signing.md §3).
            both = bytes(key.sign(digest, mechanism=Mechanism.ECDSA))
            half = len(both) // 2
            return encode_dss_signature(int.from_bytes(both[:half], "big"), int.from_bytes(both[half:], "big"))
        info = algos.DigestInfo({"digest_algorithm": {"algorithm": self.digest}, "digest": digest})
        return bytes(key.sign(info.dump(), mechanism=Mechanism.RSA_PKCS))

    def _used(self, use: Callable[[pkcs11.Session, Any], T]) -> T:
        """`use` with a living session, once more with a new one if it was dead."""
        with self._module.lock:
            for last in (False, True):
                seen = self._module.generation
                try:
                    return use(self._living(), self._key)
                except (TokenAbsent, *SESSION_DIED) as error:
                    # Not closed: that would log out other keys of ours on the same token; `renew` ends all sessions.
                    self._session = None
                    if last:
                        raise told(error, self._address.name) from error
                    self._module.renew(seen)
        raise AssertionError

    def _living(self) -> pkcs11.Session:
        self._module.mind_fork()
        if self._session is None or self._generation != self._module.generation:
            with self._pin.attempt(self._address.name) as pin:
                self._session = self._module.open(self._address, pin)
            self._generation = self._module.generation
            self._key = self._find(self._session)
        return self._session

    def _find(self, session: pkcs11.Session) -> Any:
        wanted: dict[Attribute, object] = {Attribute.CLASS: ObjectClass.PRIVATE_KEY}
        if self._address.key_label:
            wanted[Attribute.LABEL] = self._address.key_label
        if self._address.key_id:
            wanted[Attribute.ID] = self._address.key_id
        found: list[Any] = list(session.get_objects(wanted))
        keys = [one for one in found if one.key_type in {KeyType.RSA, KeyType.EC}]
        if len(keys) != 1:
            raise TokenKeyMissing(name=self._address.name)
        return keys[0]


def _certificates(
    session: pkcs11.Session, key: Any, given: tuple[bytes, ...]
) -> tuple[x509.Certificate, tuple[bytes, ...]] | None:
    """The certificate of `key` and all others: the one on the token with the key's id, else the first that fits.

    A certificate on the token with another id belongs to another key.
    """
    held = [(bytes(one[Attribute.ID]), bytes(one[Attribute.VALUE])) for one in _stored(session)]
    every = tuple(dict.fromkeys([*given, *(der for _, der in held)]))
    own = [der for der_id, der in held if der_id and der_id == bytes(key.id)]
    for der in own or (*given, *(der for der_id, der in held if not der_id)):
        certificate = x509.load_der_x509_certificate(der)
        if own or (_belongs(certificate, key) and not _issues(certificate)):
            return certificate, tuple(other for other in every if other != der)
    return None


def _stored(session: pkcs11.Session) -> list[pkcs11.Object]:
    return list(session.get_objects({Attribute.CLASS: ObjectClass.CERTIFICATE}))


def _belongs(certificate: x509.Certificate, key: Any) -> bool:
    """Whether the public key is the key's, as far as a token tells; a wrong guess shows at the first signature."""
    public = certificate.public_key()
    if isinstance(public, rsa.RSAPublicKey) and key.key_type is KeyType.RSA:
        return int.from_bytes(bytes(key[Attribute.MODULUS]), "big") == public.public_numbers().n
    return isinstance(public, ec.EllipticCurvePublicKey) and key.key_type is KeyType.EC


def _issues(certificate: x509.Certificate) -> bool:
    try:
        return certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except x509.ExtensionNotFound:
        return False


def certificates_in(path: Path) -> tuple[bytes, ...]:
    """Certificates of a PEM or DER file; raises KeyUnusable when there is none."""
    try:
        data = path.read_bytes()
        if not pem.detect(data):
            return (x509.load_der_x509_certificate(data).public_bytes(Encoding.DER),)
        return tuple(one.public_bytes(Encoding.DER) for one in x509.load_pem_x509_certificates(data))
    except (OSError, ValueError) as error:
        raise KeyUnusable(name=path.name) from error
