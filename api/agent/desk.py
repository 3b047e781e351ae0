"""The person's side of signing: shows what is asked, wants a yes, signs document attributes for its own certificate only."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from threading import Lock

from api.agent.errors import NoSuchKey, SigningDeclined
from signing.attributes import document_digest
from signing.keys import SealKey

SHOWN = 20
"""Names shown before asking; the rest is counted."""
NAME_LENGTH = 120


@dataclass(frozen=True, slots=True)
class Asked:
    """One document to sign, as it was asked for."""

    name: str
    """What whoever asks calls it; shown, not believed."""
    attributes: bytes


Consent = Callable[[str, SealKey, Sequence[str]], bool]
"""Asks the person: who asks, with which key, for which documents. May take as long as a person takes."""


class Desk:
    """One key and the person who keeps it. One question at a time."""

    def __init__(self, key: SealKey, consent: Consent) -> None:
        self.key = key
        self._consent = consent
        self._lock = Lock()

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the certificate, hexadecimal."""
        return sha256(self.key.certificate).hexdigest()

    def sign(self, who: str, fingerprint: str, asked: Sequence[Asked]) -> tuple[bytes, ...]:
        """A raw signature for each document, all or none.

        Raises:
            NoSuchKey: `fingerprint` (SHA-256, hexadecimal) is not that of our certificate.
            AttributesRefused, ClockSkewed: something that was asked is no document signature of ours; nothing was signed.
            SigningDeclined: the person said no.
            SigningError: the key cannot be used.
        """
        if fingerprint.lower() != self.fingerprint:
            raise NoSuchKey
        with self._lock:
            digests = [document_digest(one.attributes, self.key.certificate, self.key.digest) for one in asked]
            names = [f"{plain(one.name)} [{digest.hex()[:16]}]" for one, digest in zip(asked, digests, strict=True)]
            if not self._consent(plain(who), self.key, names):
                raise SigningDeclined
            return tuple(self.key.sign(one.attributes) for one in asked)


def plain(text: str) -> str:
    """Text from outside, safe to print on a terminal: no control or direction characters, not too long."""
    shown = "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in text)
    return shown if len(shown) <= NAME_LENGTH else shown[: NAME_LENGTH - 1] + "…"
