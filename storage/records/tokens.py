"""Access tokens, known only by the SHA-256 of their secret."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, or_, select

from storage.errors import NotFound
from storage.records.access_tables import assignments
from storage.records.tables import tokens
from storage.records.work import Work
from storage.trail import TokenRow


def _token(row: Any) -> TokenRow:
    return TokenRow(
        name=row.name,
        role=row.role,
        unit=row.unit,
        expires_at=row.expires_at,
        created_at=row.created_at,
        seq=row.seq,
        assignment_id=row.assignment_id,
        label=row.label,
        scopes=tuple(row.scopes),
        used_at=row.used_at,
    )


class Tokens:
    """Tokens."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def add(
        self,
        name: str,
        role: str,
        secret_sha256: str,
        unit: str = "",
        expires_at: datetime | None = None,
        *,
        assignment_id: str = "",
        label: str = "",
        scopes: Sequence[str] = (),
    ) -> int:
        """A new token's number; Conflict if the name is in use (revoke that one first) or the secret was ever used.

        One of that name that has run out gives its name up.

        `assignment_id` is the hat of the account that owns it: the token is worth something while that holds.
        """
        values = {
            "name": name,
            "role": role,
            "secret_sha256": secret_sha256,
            "unit": unit,
            "expires_at": expires_at,
            "created_at": self._work.now(),
            "assignment_id": assignment_id,
            "label": label,
            "scopes": list(scopes),
        }
        over = (tokens.c.name == name, tokens.c.revoked_at.is_(None), tokens.c.expires_at <= self._work.now())
        self._work.connection.execute(tokens.update().where(*over).values(revoked_at=self._work.now()))
        return int(self._work.connection.execute(tokens.insert().values(**values).returning(tokens.c.seq)).scalar_one())

    def find(self, secret_sha256: str) -> TokenRow | None:
        """The token with this secret, or None when it is unknown, expired or revoked."""
        return self._valid_one(tokens.c.secret_sha256 == secret_sha256)

    def numbered(self, seq: int) -> TokenRow | None:
        """The token with this number, or None when it is unknown, expired or revoked."""
        return self._valid_one(tokens.c.seq == seq)

    def of_account(self, account_id: str) -> tuple[TokenRow, ...]:
        """The valid tokens of an account's hats, newest first."""
        mine = select(assignments.c.id).where(assignments.c.account_id == account_id)
        statement = select(tokens).where(tokens.c.assignment_id.in_(mine), *self._valid()).order_by(tokens.c.seq.desc())
        return tuple(_token(row) for row in self._work.connection.execute(statement))

    def all(self) -> tuple[TokenRow, ...]:
        """Every valid token, newest first."""
        statement = select(tokens).where(*self._valid()).order_by(tokens.c.seq.desc())
        return tuple(_token(row) for row in self._work.connection.execute(statement))

    def used(self, seq: int) -> None:
        """Note that it was used now."""
        self._work.connection.execute(tokens.update().where(tokens.c.seq == seq).values(used_at=self._work.now()))

    def revoke(self, name: str) -> None:
        """The token is valid no more; NotFound if no valid one has this name."""
        statement = (
            tokens.update().where(tokens.c.name == name, tokens.c.revoked_at.is_(None)).values(revoked_at=self._work.now())
        )
        if not self._work.connection.execute(statement).rowcount:
            raise NotFound(what="token", key=name)

    def _valid(self) -> tuple[ColumnElement[bool], ...]:
        unexpired = or_(tokens.c.expires_at.is_(None), tokens.c.expires_at > self._work.now())
        return (tokens.c.revoked_at.is_(None), unexpired)

    def _valid_one(self, rule: ColumnElement[bool]) -> TokenRow | None:
        row = self._work.connection.execute(select(tokens).where(rule, *self._valid())).one_or_none()
        return _token(row) if row is not None else None
