"""The second factor: time-based codes (RFC 6238) of an authenticator app, its QR code, recovery codes. Knows no database."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime

import pyotp
import segno

ISSUER = "Sohoa"
STEP_S = 30
RECOVERY_CODES = 10
SECRET_SIGNS = 32
_BASE32 = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
_SIGNS = "abcdefghjkmnpqrstuvwxyz23456789"


def new_secret() -> str:
    """A fresh shared secret: 160 bits in base32."""
    return pyotp.random_base32()


def is_secret(shared: str) -> bool:
    """True for what `new_secret` makes; only such a secret can be computed with (RFC 4648 §6)."""
    return len(shared) == SECRET_SIGNS and set(shared) <= _BASE32


def step_of(secret: str, code: str, now: datetime, last_step: int) -> int | None:
    """The time step the code belongs to, or None for a wrong one or one used before.

    A step before and after counts (clocks differ); a step up to `last_step` is used up (RFC 6238 §5.2).
    """
    shown = "".join(code.split())
    if not secret or len(shown) != 6 or not (shown.isascii() and shown.isdigit()):
        return None
    totp = pyotp.TOTP(secret)
    present = int(now.timestamp()) // STEP_S
    for step in (present - 1, present, present + 1):
        if secrets.compare_digest(totp.generate_otp(step), shown) and step > last_step:
            return step
    return None


def picture(secret: str, login: str) -> str:
    """The QR code an authenticator app reads, as an SVG element to stand in a page."""
    address = pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name=ISSUER)
    return str(segno.make(address, error="m").svg_inline(scale=5, border=3, light="#fff", svgclass="qr", lineclass=None))


def grouped(secret: str) -> str:
    """The secret in groups of four, to be typed where no camera is."""
    return " ".join(secret[place : place + 4] for place in range(0, len(secret), 4))


def recovery_codes() -> tuple[str, ...]:
    """Codes for the day the telephone is lost: each is good once; about 50 random bits."""
    return tuple("-".join("".join(secrets.choice(_SIGNS) for _ in range(5)) for _ in range(2)) for _ in range(RECOVERY_CODES))


def hash_code(code: str) -> str:
    """What is kept of a recovery code."""
    return hashlib.sha256("".join(code.lower().split()).replace("-", "").encode()).hexdigest()
