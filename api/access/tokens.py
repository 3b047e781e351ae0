"""Bearer tokens. Only the SHA-256 of a token is kept; it is found by that hash, so that no comparison leaks timing."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import replace
from datetime import datetime, timedelta

from api.access.errors import NoAssignment
from api.access.hats import further_of, hat_of, principal_for
from api.access.permissions import Action, Principal, Role
from api.errors import Unauthorized
from storage.errors import NotFound
from storage.records.database import Database
from storage.records.unit_of_work import UnitOfWork
from storage.trail import TokenRow

TOKEN_BYTES = 32
"""256 random bits: guessing is out of reach, so a plain hash suffices (no salt, no slow hash needed)."""
NOTE_AFTER = timedelta(seconds=60)
"""How old the note of the last use may get before it is written anew."""


def new_secret() -> str:
    """A fresh token, URL-safe, 43 characters."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def hash_secret(secret: str) -> str:
    """What is stored of a token: its SHA-256 as 64 hexadecimal digits."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


def issue(database: Database, name: str, role: Role, *, unit: str = "", expires_at: datetime | None = None) -> str:
    """Make and store a token for `name`; the returned secret is shown once and never kept."""
    secret = new_secret()
    with database.transaction() as uow:
        uow.tokens.add(name, role.value, hash_secret(secret), unit, expires_at)
    return secret


def principal_of(database: Database, secret: str) -> Principal:
    """Who holds `secret`; raises Unauthorized for an unknown, expired or revoked token or one with an unknown role.

    Notes, once a minute, that the token is used.
    """
    if not secret:
        raise Unauthorized
    with database.read() as uow:
        row = uow.tokens.find(hash_secret(secret))
        if row is None:
            raise Unauthorized
        principal, now = principal_of_row(uow, row), uow.now()
    if row.used_at is None or now - row.used_at > NOTE_AFTER:
        with database.transaction() as uow:
            uow.tokens.used(row.seq)
    return principal


def principal_of_row(uow: UnitOfWork, row: TokenRow) -> Principal:
    """Who a token speaks for: its owner under the hat it was made for, or the installation itself; raises Unauthorized."""
    scopes = frozenset(Action(scope) for scope in row.scopes if scope in set(Action)) if row.scopes else None
    if not row.assignment_id:
        if row.role not in set(Role):
            raise Unauthorized
        role = Role(row.role)
        return Principal(row.name, role, row.unit, further_of(uow, role, row.unit), scopes=scopes)
    try:
        account = uow.accounts.get(uow.assignments.get(row.assignment_id).account_id)
        worn = [hat for hat in uow.assignments.current(account.id) if hat.id == row.assignment_id]
        if account.disabled_at is not None:
            raise Unauthorized
        return replace(principal_for(uow, account, hat_of(worn, row.assignment_id)), scopes=scopes)
    except (NotFound, NoAssignment) as error:
        raise Unauthorized from error
