"""Bearer tokens. Only the SHA-256 of a token is kept; it is found by that hash, so that no comparison leaks timing."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime

from api.access.permissions import Principal, Role
from api.errors import Unauthorized
from storage.records.database import Database

TOKEN_BYTES = 32
"""256 random bits: guessing is out of reach, so a plain hash suffices (no salt, no slow hash needed)."""


def new_secret() -> str:
    """A fresh token, URL-safe, 43 characters."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def hash_secret(secret: str) -> str:
    """What is stored of a token: its SHA-256 as 64 hexadecimal digits."""
    return hashlib.sha256(secret.encode()).hexdigest()


def issue(database: Database, name: str, role: Role, *, unit: str = "", expires_at: datetime | None = None) -> str:
    """Make and store a token for `name`; the returned secret is shown once and never kept."""
    secret = new_secret()
    with database.transaction() as uow:
        uow.tokens.add(name, role.value, hash_secret(secret), unit, expires_at)
    return secret


def principal_of(database: Database, secret: str) -> Principal:
    """Who holds `secret`; raises Unauthorized for an unknown, expired or revoked token or one with an unknown role."""
    if not secret:
        raise Unauthorized
    with database.read() as uow:
        row = uow.tokens.find(hash_secret(secret))
    if row is None or row.role not in set(Role):
        raise Unauthorized
    return Principal(name=row.name, role=Role(row.role), unit=row.unit)
