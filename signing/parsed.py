"""Certificates, revocation lists and OCSP answers as objects, parsed once for each thread; names compared once.

asn1crypto parses on first access and is not safe while two threads do so; parsing anew for every file costs more than
judging it. So each thread keeps its own few hundred objects.

Comparing two names prepares each letter of both (RFC 4518), and building a chain compares the same few names hundreds of
times: that was a third of a verification. What two encodings answered once, they answer always.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, TypeVar

from asn1crypto import crl, ocsp, x509

T = TypeVar("T")
_MOST = 512
_MOST_BYTES = 1 << 24
_MOST_NAMES = 1 << 13
_LONGEST_NAME = 1 << 11
"""Bytes; longer names are compared without being remembered."""
_local = threading.local()
_equal = x509.Name.__eq__
_comparable = x509.Name.hashable.fget


def certificate(der: bytes) -> x509.Certificate:
    """The certificate in `der`."""
    return _kept("certificates", der, x509.Certificate.load)


def revocation_list(der: bytes) -> crl.CertificateList:
    """The revocation list in `der`."""
    return _kept("lists", der, crl.CertificateList.load)


def answer(der: bytes) -> ocsp.OCSPResponse:
    """The OCSP answer in `der`."""
    return _kept("answers", der, ocsp.OCSPResponse.load)


def _kept(kind: str, der: bytes, load: Callable[[bytes], T]) -> T:
    known: dict[bytes, T] = _local.__dict__.setdefault(kind, {})
    if der not in known:
        size = _local.__dict__.get(f"{kind} size", 0) + len(der)
        if len(known) >= _MOST or size > _MOST_BYTES:
            known.clear()
            size = len(der)
        _local.__dict__[f"{kind} size"] = size
        known[der] = load(der)
    return known[der]


def same_name(one: x509.Name, other: object) -> bool:
    """Whether two names are equal (RFC 5280 §7.1)."""
    if not isinstance(other, x509.Name):
        return False
    first, second = _written(one), _written(other)
    return first == second or _remembered((first, second), lambda: bool(_equal(one, other)))


def comparable(one: x509.Name) -> str:
    """A text that is equal for equal names."""
    return _remembered((_written(one),), lambda: str(_comparable(one)))


def _written(name: x509.Name) -> bytes:
    """The name as it stands in its certificate; asn1crypto looks through all parts whether one was edited, and nobody edits."""
    written = name.chosen._contents  # noqa: SLF001
    return bytes(name.chosen.contents) if written is None else written


def _remembered(key: tuple[bytes, ...], work: Callable[[], T]) -> T:
    known: dict[tuple[bytes, ...], T] = _local.__dict__.setdefault("names", {})
    if key in known:
        return known[key]
    answer = work()
    if max(map(len, key)) <= _LONGEST_NAME:
        if len(known) >= _MOST_NAMES:
            known.clear()
        known[key] = answer
    return answer


def _edited(one: Any) -> bool:
    """Whether it was built here. What others signed is never edited, so its parts need not be looked through at each dump."""
    return bool(one._mutated)  # noqa: SLF001


def _shared(one: x509.Certificate) -> x509.Certificate:
    """What pyHanko takes out of a signature, a dozen times a file: this thread's object of it instead of a deep copy."""
    return _untagged(one) if one.implicit or one.explicit else certificate(one.dump())


_untagged = x509.Certificate.untag
x509.Certificate.untag = _shared
x509.Name.__eq__ = same_name
x509.Name.hashable = property(comparable)
for _signed in (x509.Certificate, x509.TbsCertificate, x509.RDNSequence, crl.CertificateList, crl.TbsCertList):
    _signed._is_mutated = _edited  # noqa: SLF001
