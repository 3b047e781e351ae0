"""A demonstration authority made on first start, so that the whole way can be walked without any real key.

Everything it signs is loudly marked as worth nothing in law. Files: `trust/` (public: certificates, revocation lists),
`keys/` (folder 0700, files 0600: PKCS#12 under a random passphrase kept beside them). Not a model for real keys, which stay
with their owners (domain §5.4).
"""

from __future__ import annotations

import fcntl
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, pkcs12

from signing import demo_certificates as papers
from signing.errors import PkiUnusable
from signing.keys import Pkcs12Key, SealKey
from signing.timestamps import LocalTimestamper, Timestamper
from signing.trust import TrustStore

_READY = "ready"
_AUTHORITIES = ("root", "issuing")


class DemoPki:
    """The demonstration authority in `folder`. Keys and the time-stamper are opened once and kept: share one object."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def clerk(self) -> SealKey:
        """The key of a made-up clerk (personal signature)."""
        return self._clerk

    def agency(self) -> SealKey:
        """The key of a made-up agency (agency signature)."""
        return self._agency

    def timestamper(self) -> Timestamper:
        """The demonstration time-stamp authority, answering in this process."""
        return self._timestamper

    def trust(self) -> TrustStore:
        """What somebody must trust to accept this authority: its root, its issuing certificate and its revocation lists."""
        return TrustStore.load(self.folder / "trust")

    @cached_property
    def _clerk(self) -> SealKey:
        return self._key("clerk")

    @cached_property
    def _agency(self) -> SealKey:
        return self._key("agency")

    @cached_property
    def _timestamper(self) -> Timestamper:
        return LocalTimestamper(self._key("tsa"))

    def _key(self, name: str) -> SealKey:
        return Pkcs12Key(self.folder / "keys" / f"{name}.p12", _passphrase(self.folder))


def ensure(folder: Path) -> DemoPki:
    """The authority in `folder`: made if it is not there, its revocation lists renewed when a third of their life is left.

    Safe for two processes starting at once; a first start that was cut off half-way starts over.

    Raises:
        PkiUnusable: the folder cannot be written, or what is in it is damaged.
    """
    folder = folder.absolute()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with _locked(folder):
            if not (folder / _READY).exists():
                _make(folder)
            _renew_lists(folder)
    except (OSError, ValueError) as error:
        raise PkiUnusable(name=folder.name) from error
    return DemoPki(folder)


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    with (folder / ".lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _make(folder: Path) -> None:
    (folder / "trust").mkdir(exist_ok=True)
    (folder / "keys").mkdir(mode=0o700, exist_ok=True)
    _write(folder / "keys" / "passphrase", secrets.token_urlsafe(32).encode(), private=True)
    root = papers.authority("CA gốc", None, 30)
    issuing = papers.authority("CA cấp", root, 25)
    chain = [issuing.certificate]
    _store(folder, "root", root, [])
    _store(folder, "issuing", issuing, [])
    _store(folder, "clerk", papers.signer("Cán bộ", issuing, 10, "CCCD:000000000000"), chain)
    _store(folder, "agency", papers.signer("Cơ quan", issuing, 10, "MST:0000000000"), chain)
    _store(folder, "tsa", papers.time_stamper("TSA", issuing, 15), chain)
    for name, one in zip(_AUTHORITIES, (root, issuing), strict=True):
        _write(folder / "trust" / f"{name}.pem", one.certificate.public_bytes(Encoding.PEM))
        # opening the key of each again for its first list would cost as much as making it
        _write(folder / "trust" / f"{name}.crl", papers.revocation_list(one, 1, datetime.now(UTC)).public_bytes(Encoding.PEM))
    _write(folder / _READY, b"")


def _store(folder: Path, name: str, issued: papers.Issued, chain: list[x509.Certificate]) -> None:
    bundle = pkcs12.serialize_key_and_certificates(
        name.encode(), issued.key, issued.certificate, chain, BestAvailableEncryption(_passphrase(folder))
    )
    _write(folder / "keys" / f"{name}.p12", bundle, private=True)


def _renew_lists(folder: Path) -> None:
    now = datetime.now(UTC)
    for name in _AUTHORITIES:
        path = folder / "trust" / f"{name}.crl"
        number = 1
        if path.exists():
            old = x509.load_pem_x509_crl(path.read_bytes())
            if old.next_update_utc is not None and old.next_update_utc - now > papers.CRL_LIFE / 3:
                continue
            number = old.extensions.get_extension_for_class(x509.CRLNumber).value.crl_number + 1
        fresh = papers.revocation_list(_authority(folder, name), number, now)
        _write(path, fresh.public_bytes(Encoding.PEM))


def _authority(folder: Path, name: str) -> papers.Issued:
    bundle = pkcs12.load_pkcs12((folder / "keys" / f"{name}.p12").read_bytes(), _passphrase(folder))
    if bundle.cert is None or not isinstance(bundle.key, rsa.RSAPrivateKey):
        raise PkiUnusable(name=folder.name)
    return papers.Issued(bundle.key, bundle.cert.certificate)


def _passphrase(folder: Path) -> bytes:
    return (folder / "keys" / "passphrase").read_bytes()


def _write(path: Path, data: bytes, *, private: bool = False) -> None:
    """The file appears whole or not at all, and a private one is never readable by others, not for a moment."""
    fresh = path.with_name(f".{path.name}.new")
    fresh.unlink(missing_ok=True)
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600 if private else 0o644)
    with os.fdopen(handle, "wb") as out:
        out.write(data)
        out.flush()
        os.fsync(out.fileno())
    fresh.replace(path)
