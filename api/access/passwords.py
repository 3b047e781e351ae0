"""Passwords: Argon2id (RFC 9106), the rules of QCVN 12:2026/BCA, one-time passwords. Knows no database."""

from __future__ import annotations

import secrets
import threading
import unicodedata

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from api.access.errors import PasswordNamesAccount, PasswordReused, PasswordTooLong, PasswordTooPlain, PasswordTooShort
from api.access.options import AccessOptions

LONGEST = 128
ONE_TIME_PARTS, ONE_TIME_PART = 4, 4
_CLEAR = "abcdefghjkmnpqrstuvwxyz"
_DIGITS = "23456789"
"""Signs nobody mistakes for another when reading from paper."""

_hasher = PasswordHasher()
_memory = threading.BoundedSemaphore(4)
"""Each hash takes 64 MiB: a crowd at the door waits instead of taking all memory."""


def plain(password: str) -> str:
    """One spelling for one password: NFKC, so that every input method of Vietnamese types the same."""
    return unicodedata.normalize("NFKC", password)


def hashed(password: str) -> str:
    """The Argon2id hash, with its salt and costs (PHC string)."""
    with _memory:
        return _hasher.hash(plain(password))


def matches(kept: str, password: str) -> bool:
    """True if `password` is the one behind `kept`; always False, in the same time, when nothing is kept."""
    if len(password) > 4 * LONGEST:
        return False
    with _memory:
        try:
            return _hasher.verify(kept or _nobodys(), plain(password)) and bool(kept)
        except (VerificationError, InvalidHashError):
            return False


_nobody: list[str] = []


def _nobodys() -> str:
    """The hash of a password nobody has: checking it takes as long as checking a real one."""
    if not _nobody:
        _nobody.append(_hasher.hash(secrets.token_urlsafe(32)))
    return _nobody[0]


def one_time() -> str:
    """A password to be used once and changed: about 74 random bits, easy to read aloud."""
    parts = ["".join(secrets.choice(_CLEAR + _DIGITS) for _ in range(ONE_TIME_PART)) for _ in range(ONE_TIME_PARTS - 1)]
    last = secrets.choice(_CLEAR.upper()) + "".join(secrets.choice(_DIGITS) for _ in range(ONE_TIME_PART - 1))
    return "-".join((*parts, last))


def require_good(password: str, login: str, former: tuple[str, ...], options: AccessOptions) -> None:
    """Nothing if the password keeps the rules (QCVN 12:2026: at least 8 mixed characters, none of the last 10).

    Raises PasswordTooShort, PasswordTooLong, PasswordTooPlain, PasswordNamesAccount, PasswordReused.
    """
    password = plain(password)
    if len(password) < options.password_length:
        raise PasswordTooShort(length=options.password_length)
    if len(password) > LONGEST:
        raise PasswordTooLong(length=LONGEST)
    if _kinds(password) < options.password_kinds:
        raise PasswordTooPlain(kinds=options.password_kinds)
    if login and login in password.lower():
        raise PasswordNamesAccount
    if any(matches(kept, password) for kept in former):
        raise PasswordReused(history=options.password_history)


def _kinds(password: str) -> int:
    lower = any(sign.islower() for sign in password)
    upper = any(sign.isupper() for sign in password)
    digit = any(sign.isdigit() for sign in password)
    other = any(not sign.isalnum() for sign in password)
    return sum((lower, upper, digit, other))
