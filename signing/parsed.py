"""Certificates and revocation lists as objects, parsed once for each thread.

asn1crypto parses on first access and is not safe while two threads do so; parsing anew for every file costs more than
judging it. So each thread keeps its own few hundred objects.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TypeVar

from asn1crypto import crl, x509

T = TypeVar("T")
_MOST = 512
_local = threading.local()


def certificate(der: bytes) -> x509.Certificate:
    """The certificate in `der`."""
    return _kept("certificates", der, x509.Certificate.load)


def revocation_list(der: bytes) -> crl.CertificateList:
    """The revocation list in `der`."""
    return _kept("lists", der, crl.CertificateList.load)


def _kept(kind: str, der: bytes, load: Callable[[bytes], T]) -> T:
    known: dict[bytes, T] = _local.__dict__.setdefault(kind, {})
    if der not in known:
        if len(known) >= _MOST:
            known.clear()
        known[der] = load(der)
    return known[der]
