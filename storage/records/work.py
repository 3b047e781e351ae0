"""What every repository class works with: one connection inside one transaction, and the time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, Table, func, select
from sqlalchemy.dialects import postgresql, sqlite

Clock = Callable[[], datetime]
_SERVER_TIME = select(func.clock_timestamp())


class Work:
    """One transaction under way.

    The time is asked once a transaction. On PostgreSQL the server says it, so that workers whose clocks differ agree on
    when a lease ends; a given `clock` replaces it (tests).
    """

    def __init__(self, connection: Connection, clock: Clock | None, *, writable: bool, kept: dict[str, Any]) -> None:
        self.connection = connection
        self.writable = writable
        self.kept = kept
        """Facts of committed rows that never change, by their ids; the same for all transactions of a `Database`."""
        self.postgres = connection.dialect.name == "postgresql"
        self._clock = clock
        self._now: datetime | None = None

    def now(self) -> datetime:
        """The aware UTC time of this transaction."""
        if self._now is None:
            if self._clock is not None:
                self._now = self._clock()
            elif self.postgres:
                self._now = self.connection.execute(_SERVER_TIME).scalar_one().astimezone(UTC)
            else:
                self._now = datetime.now(UTC)
        return self._now

    @property
    def asks_server(self) -> bool:
        """Whether `now` would ask the server."""
        return self._now is None and self._clock is None and self.postgres

    def told(self, now: datetime) -> None:
        """The server has said its time with something else."""
        self._now = now

    def insert_once(self, table: Table, values: dict[str, Any], unique: Sequence[str]) -> bool:
        """Insert `values`; False, with nothing changed, when a row with the same `unique` columns is there."""
        statement = _insertion(self.postgres, table, tuple(unique))
        return self.connection.execute(statement, values).first() is not None


@cache
def _insertion(postgres: bool, table: Table, unique: tuple[str, ...]) -> Any:
    """Made once: putting a statement with thirty values together costs more than running it."""
    insert: Any = postgresql.insert(table) if postgres else sqlite.insert(table)
    return insert.on_conflict_do_nothing(index_elements=list(unique)).returning(table.c[unique[0]])
