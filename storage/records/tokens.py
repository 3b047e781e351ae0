"""Access tokens, known only by the SHA-256 of their secret."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import or_, select

from storage.errors import NotFound
from storage.records.tables import tokens
from storage.records.work import Work
from storage.trail import TokenRow


class Tokens:
    """Tokens."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def add(self, name: str, role: str, secret_sha256: str, unit: str = "", expires_at: datetime | None = None) -> None:
        """A new token; Conflict if the name is in use (revoke that one first) or the secret was ever used."""
        self._work.connection.execute(
            tokens.insert().values(
                name=name, role=role, secret_sha256=secret_sha256, unit=unit, expires_at=expires_at, created_at=self._work.now()
            )
        )

    def find(self, secret_sha256: str) -> TokenRow | None:
        """The token with this secret, or None when it is unknown, expired or revoked."""
        statement = select(tokens).where(
            tokens.c.secret_sha256 == secret_sha256,
            tokens.c.revoked_at.is_(None),
            or_(tokens.c.expires_at.is_(None), tokens.c.expires_at > self._work.now()),
        )
        row = self._work.connection.execute(statement).one_or_none()
        return TokenRow(row.name, row.role, row.unit, row.expires_at, row.created_at) if row is not None else None

    def revoke(self, name: str) -> None:
        """The token is valid no more; NotFound if no valid one has this name."""
        statement = (
            tokens.update().where(tokens.c.name == name, tokens.c.revoked_at.is_(None)).values(revoked_at=self._work.now())
        )
        if not self._work.connection.execute(statement).rowcount:
            raise NotFound(what="token", key=name)
