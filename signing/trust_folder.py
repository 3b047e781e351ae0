"""The folder of what we rely on: roots and issuing certificates that a person added, revocation lists that were fetched.

Every file in it is believed at once by every process that reads it, so nothing gets in unasked: a certificate only with the
fingerprint a person gives, a revocation list only when an authority in the folder has signed it and it is newer than the one
there, an OCSP answer only when it holds, which is asked again when it is loaded. Files are replaced whole (rename), so a
reader never sees half of one.
"""

# mypy: allow-untyped-calls
# (asn1crypto is not typed)
from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from hashlib import sha256
from pathlib import Path
from threading import Lock
from uuid import uuid4

from asn1crypto import crl, pem, x509
from cryptography import x509 as cryptography_x509

from signing import kept_answers, ocsp, revocation_lists
from signing.revocation_lists import UNREADABLE, list_in
from signing.roles import signer_name
from signing.trust import TrustStore
from signing.trust_errors import (
    CertificateUnknown,
    FingerprintMismatch,
    NoAuthority,
    TrustNotWritten,
    TrustUnreadable,
)

_EVER = datetime.max.replace(tzinfo=UTC)


class Kind(StrEnum):
    """What a file of the folder is."""

    ROOT = "root"
    INTERMEDIATE = "intermediate"
    CRL = "crl"
    OCSP = "ocsp"


@dataclass(frozen=True, slots=True)
class Listed:
    """One thing in the folder."""

    kind: Kind
    name: str
    """Common name of the subject, or of the issuer of a list."""
    sha256: str
    """Of the DER bytes, lower-case hex: what a person compares with the published value."""
    until: datetime | None
    """End of validity, or the time by which the next list is due."""
    file: str

    def in_force(self, now: datetime | None = None) -> bool:
        """Whether it may be relied on at `now` (the present if absent)."""
        return self.until is None or self.until > (now or datetime.now(UTC))


class TrustFolder:
    """The folder at `path`, which need not exist yet. One per process; safe to share between threads."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = Lock()
        self._known: tuple[object, datetime, TrustStore, tuple[ocsp.Answer, ...]] = (None, _EVER, TrustStore(), ())

    def store(self) -> TrustStore:
        """What is in it now; read anew only when something has changed. Raises TrustUnusable for a damaged file.

        Of OCSP answers only those in force: what has run out would count against the certificate (signing.md, finding 5).
        """
        return self._read()[0]

    def answers(self) -> tuple[ocsp.Answer, ...]:
        """The OCSP answers in force. Raises TrustUnusable."""
        return self._read()[1]

    def _read(self) -> tuple[TrustStore, tuple[ocsp.Answer, ...]]:
        try:
            with os.scandir(self.path) as entries:
                seen = sorted((one.name, one.stat().st_mtime_ns, one.stat().st_size) for one in entries)
        except OSError:
            return TrustStore(), ()
        now = datetime.now(UTC)
        with self._lock:
            known, until, store, answers = self._known
            if known != seen or now >= until:
                store = TrustStore.load(self.path)
                answers = kept_answers.load(self.path, (*store.roots, *store.intermediates), now)
                store = replace(store, ocsps=tuple(one.der for one in answers))
                self._known = (seen, min((one.until for one in answers), default=_EVER), store, answers)
            return store, answers

    def listed(self) -> tuple[Listed, ...]:
        """Everything in it: roots, then issuing certificates, then lists, by name."""
        if not self.path.is_dir():
            return ()
        found = [one for path in sorted(self.path.iterdir()) for one in _contents(path)]
        found += [_of_answer(one) for one in self.answers()]
        return tuple(sorted(found, key=lambda one: (tuple(Kind).index(one.kind), one.name)))

    def add(self, data: bytes, fingerprint: str) -> Listed:
        """Take in the certificate in `data` (PEM or DER, or the one in a PKCS#7 bundle) whose SHA-256 is `fingerprint`.

        Raises:
            TrustUnreadable: `data` holds no certificate.
            FingerprintMismatch: its fingerprint is another.
            NoAuthority: it is self-signed, but no authority.
            TrustNotWritten: the folder cannot be written.
        """
        wanted = plain_fingerprint(fingerprint)
        found = {sha256(der).hexdigest(): der for der in certificates_in(data)}
        if wanted not in found:
            raise FingerprintMismatch(wanted=wanted, got=", ".join(found))
        certificate = x509.Certificate.load(found[wanted])
        if _kind(certificate) is Kind.ROOT and not certificate.ca:
            raise NoAuthority(name=signer_name(certificate))
        name = f"{wanted[:32]}.pem"
        self._write(name, pem.armor("CERTIFICATE", found[wanted]))
        return _of_certificate(found[wanted], name)

    def remove(self, fingerprint: str) -> Listed:
        """Believe this certificate no more; at least the first 16 characters of its fingerprint. Raises CertificateUnknown."""
        wanted = fingerprint.lower().replace(":", "").replace(" ", "")
        found = [one for one in self.listed() if len(wanted) >= 16 and one.sha256.startswith(wanted)]
        if not found:
            raise CertificateUnknown(fingerprint=fingerprint)
        try:
            for one in found:
                (self.path / one.file).unlink()
        except OSError as error:
            raise TrustNotWritten(folder=self.path.name) from error
        return found[0]

    def put_list(self, data: bytes, authorities: Iterable[bytes], *, expired_too: bool = False) -> Listed | None:
        """Keep the revocation list in `data` if one of the `authorities` (DER) signed it; None if it is not newer than ours.

        Raises:
            ListRefused: unreadable, signed by nobody we know, only a difference (delta), of the future, or out of force
                already (unless `expired_too`); `why` says which.
            TrustNotWritten: the folder cannot be written.
        """
        der = list_in(data)
        fresh = crl.CertificateList.load(der)
        revocation_lists.check(fresh, der, authorities, expired_too=expired_too)
        name = f"{revocation_lists.key_of(fresh)}.crl"
        path = self.path / name
        if path.exists() and not revocation_lists.newer(fresh, path.read_bytes()):
            return None
        self._write(name, der)
        return _of_list(der, name)

    def put_answer(self, answer: ocsp.Answer) -> Listed | None:
        """Keep a checked OCSP answer; None if ours about that certificate is as new. Old ones go. Raises TrustNotWritten."""
        held = next((one for one in self.answers() if one.key == answer.key), None)
        if held is not None and held.issued_at >= answer.issued_at:
            return None
        self._write(kept_answers.file_of(answer), answer.der)
        kept_answers.drop_old(self.path, datetime.now(UTC))
        return _of_answer(answer)

    def _write(self, name: str, data: bytes) -> None:
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            fresh = self.path / f".{name}.{uuid4().hex}.new"
            with fresh.open("wb") as out:
                out.write(data)
                out.flush()
                os.fsync(out.fileno())
            fresh.replace(self.path / name)
        except OSError as error:
            raise TrustNotWritten(folder=self.path.name) from error


def plain_fingerprint(text: str) -> str:
    """A SHA-256 fingerprint as people write it (colons, spaces, capitals) in lower-case hex; other text comes back as it is."""
    return text.strip().lower().replace(":", "").replace(" ", "")


def certificates_in(data: bytes) -> tuple[bytes, ...]:
    """The certificates in a PEM, DER or PKCS#7 file, DER. Raises TrustUnreadable."""
    try:
        parts = [der for name, _, der in pem.unarmor(data, multiple=True)] if pem.detect(data) else [data]
        found = tuple(der for part in parts for der in _unpacked(part))
        for der in found:
            str(x509.Certificate.load(der).subject.human_friendly)
    except (ValueError, TypeError, KeyError) as error:
        raise TrustUnreadable from error
    if not found:
        raise TrustUnreadable
    return found


def issued_by(certificate: bytes, authorities: Iterable[bytes]) -> bytes | None:
    """The one of `authorities` whose key signed the certificate (all DER), or None. Raises TrustUnreadable."""
    try:
        one = cryptography_x509.load_der_x509_certificate(certificate)
    except UNREADABLE as error:
        raise TrustUnreadable from error
    for authority in authorities:
        try:
            one.verify_directly_issued_by(cryptography_x509.load_der_x509_certificate(authority))
        except UNREADABLE:
            continue
        return authority
    return None


def _unpacked(der: bytes) -> list[bytes]:
    """A certificate itself, or the certificates of a PKCS#7 bundle (authorities publish their roots as .p7b)."""
    try:
        cryptography_x509.load_der_x509_certificate(der)
    except (ValueError, cryptography_x509.InvalidVersion):
        from cryptography.hazmat.primitives.serialization import Encoding, pkcs7  # noqa: PLC0415 - seldom needed

        return [one.public_bytes(Encoding.DER) for one in pkcs7.load_der_pkcs7_certificates(der)]
    return [der]


def _kind(certificate: x509.Certificate) -> Kind:
    return Kind.ROOT if certificate.self_signed in {"yes", "maybe"} else Kind.INTERMEDIATE


def _contents(path: Path) -> list[Listed]:
    if path.name.startswith("."):
        return []
    data = path.read_bytes()
    if path.suffix == ".crl":
        return [_of_list(list_in(data), path.name)]
    if path.suffix not in {".pem", ".crt", ".cer", ".der"}:
        return []
    return [_of_certificate(der, path.name) for der in certificates_in(data)]


def _of_certificate(der: bytes, file: str) -> Listed:
    certificate = x509.Certificate.load(der)
    until = certificate.not_valid_after
    return Listed(_kind(certificate), signer_name(certificate), sha256(der).hexdigest(), until, file)


def _of_list(der: bytes, file: str) -> Listed:
    listed = crl.CertificateList.load(der)
    name = listed.issuer.native.get("common_name", listed.issuer.human_friendly)
    return Listed(Kind.CRL, str(name), sha256(der).hexdigest(), listed["tbs_cert_list"]["next_update"].native, file)


def _of_answer(answer: ocsp.Answer) -> Listed:
    issuer = signer_name(x509.Certificate.load(answer.issuer))
    name, digest = f"{issuer}: {answer.serial:x}", sha256(answer.der).hexdigest()
    return Listed(Kind.OCSP, name, digest, answer.until, kept_answers.file_of(answer))
