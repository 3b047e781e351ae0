"""Sessions of browsers, known only by the SHA-256 of their secret."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import or_, select

from storage.errors import NotFound
from storage.people import Session
from storage.records.access_tables import sessions
from storage.records.work import Work

_FACTS = tuple(Session.__dataclass_fields__)


def _session(row: Any) -> Session:
    return Session(**{name: getattr(row, name) for name in _FACTS})


class Sessions:
    """Who is signed in where."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def add(self, session: Session, secret_sha256: str) -> None:
        """A new session."""
        values = {name: getattr(session, name) for name in _FACTS}
        self._work.connection.execute(sessions.insert().values(secret_sha256=secret_sha256, **values))

    def find(self, secret_sha256: str, seen_after: datetime) -> Session | None:
        """The session with this secret, or None when it is unknown, over, or was not used after `seen_after`."""
        statement = select(sessions).where(
            sessions.c.secret_sha256 == secret_sha256, sessions.c.ends_at > self._work.now(), sessions.c.seen_at > seen_after
        )
        row = self._work.connection.execute(statement).one_or_none()
        return _session(row) if row is not None else None

    def update(self, session_id: str, **changes: Any) -> None:
        """Change a session: `seen_at`, `assignment_id`, `second_factor`, `secret_sha256`; NotFound if it is over."""
        if not self._work.connection.execute(sessions.update().where(sessions.c.id == session_id).values(**changes)).rowcount:
            raise NotFound(what="session", key=session_id)

    def of_account(self, account_id: str, seen_after: datetime) -> tuple[Session, ...]:
        """Where an account is signed in, newest first."""
        statement = select(sessions).where(
            sessions.c.account_id == account_id, sessions.c.ends_at > self._work.now(), sessions.c.seen_at > seen_after
        )
        return tuple(_session(row) for row in self._work.connection.execute(statement.order_by(sessions.c.seq.desc())))

    def end(self, session_id: str) -> None:
        """Over; nothing if it was."""
        self._work.connection.execute(sessions.delete().where(sessions.c.id == session_id))

    def end_all(self, account_id: str, *, but: str = "") -> int:
        """End every session of an account, except the one with the id `but`; how many that were."""
        rule = (sessions.c.account_id == account_id, sessions.c.account_id != "", sessions.c.id != but)
        return self._work.connection.execute(sessions.delete().where(*rule)).rowcount

    def sweep(self, seen_before: datetime) -> int:
        """Delete what is over or was not used since `seen_before`; how many that were."""
        over = or_(sessions.c.ends_at <= self._work.now(), sessions.c.seen_at < seen_before)
        return self._work.connection.execute(sessions.delete().where(over)).rowcount
