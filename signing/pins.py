"""Where PINs come from, and the promise that a wrong one reaches a token once.

A token counts wrong tries and locks itself after a few. So whoever asks for a PIN makes one *attempt*; a refusal is
remembered (for a PIN file: beside the data, for all processes and restarts) until another PIN is set. PINs are never
logged, never part of an error and never kept longer than needed; of a refused one a salted, costly hash (scrypt, RFC 7914)
is kept, readable by nobody else: the PIN itself is what counts, not when or how its file was written.
"""

from __future__ import annotations

import fcntl
import hmac
import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from hashlib import scrypt
from pathlib import Path
from threading import Lock
from typing import Protocol

from signing.key_errors import PinMissing, PinWrong


class PinSource(Protocol):
    """Something that knows a PIN."""

    def attempt(self, token: str) -> AbstractContextManager[str]:
        """A context that gives the PIN for one try on `token`; PinWrong leaving it is remembered."""


class PinFile:
    """A PIN in a file of its own, readable by nobody else. Its last refusal is kept in a marker file."""

    def __init__(self, path: Path, marker: Path | None = None) -> None:
        """`marker` is where a refusal is remembered: beside the PIN file if not given."""
        self._path = path
        self._marker = marker or path.with_name(f".{path.name}.refused")

    @contextmanager
    def attempt(self, token: str) -> Iterator[str]:
        """One try; raises PinWrong without any try for the PIN that was refused last, PinMissing without a PIN."""
        with self._alone():
            pin = secret(self._path)
            if self._refused(pin):
                raise PinWrong(name=token)
            try:
                yield pin
            except PinWrong:
                self._remember(pin)
                raise
            self._marker.unlink(missing_ok=True)

    def forget(self) -> bool:
        """Another try with the same PIN is allowed; True if one had been refused."""
        there = self._marker.exists()
        self._marker.unlink(missing_ok=True)
        return there

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """One process at a time: two that start together must not both try a wrong PIN."""
        try:
            self._marker.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            handle = os.open(self._marker.with_name(f"{self._marker.name}.lock"), os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise PinMissing(name=self._path.name) from error
        with os.fdopen(handle) as held:
            fcntl.flock(held, fcntl.LOCK_EX)
            yield

    def _refused(self, pin: str) -> bool:
        """Whether this very PIN was refused."""
        try:
            salt, told = (bytes.fromhex(part) for part in self._marker.read_text(encoding="ascii").split(":"))
        except (OSError, ValueError):  # none, or none of ours
            return False
        return hmac.compare_digest(_hashed(pin, salt), told)

    def _remember(self, pin: str) -> None:
        """Durable before anybody is told, in one go: a half written marker would allow another try."""
        salt = os.urandom(16)
        part = self._marker.with_name(f"{self._marker.name}.part")  # alone under the lock
        part.unlink(missing_ok=True)
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as out:
            out.write(f"{salt.hex()}:{_hashed(pin, salt).hex()}")
            out.flush()
            os.fsync(out.fileno())
        part.replace(self._marker)


def _hashed(pin: str, salt: bytes) -> bytes:
    """About 50 ms and 16 MiB."""
    return scrypt(pin.encode(), salt=salt, n=2**14, r=8, p=1)


class PromptedPin:
    """A PIN a person types when it is first needed; kept in memory, because a session may have to be opened again."""

    def __init__(self, ask: Callable[[str], str]) -> None:
        """`ask` is given the token's name and returns what was typed."""
        self._ask, self._lock = ask, Lock()
        self._pin = ""
        self._refused = False

    @contextmanager
    def attempt(self, token: str) -> Iterator[str]:
        """One try; raises PinWrong for ever after a refusal."""
        with self._lock:
            if self._refused:
                raise PinWrong(name=token)
            self._pin = self._pin or self._ask(token)
            if not self._pin:
                raise PinMissing(name=token)
            try:
                yield self._pin
            except PinWrong:
                self._refused, self._pin = True, ""
                raise


def secret(path: Path) -> str:
    """The first line of a secret file; raises PinMissing when there is none."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise PinMissing(name=path.name) from error
    if not lines or not lines[0]:
        raise PinMissing(name=path.name)
    return lines[0]
