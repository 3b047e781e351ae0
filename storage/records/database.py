"""The database: SQLite in one file, or PostgreSQL.

A transaction on SQLite begins with BEGIN IMMEDIATE: it has the only write lock from its first moment, so it never fails
half-way for having read before another wrote. Commits are synced to disk before they return (WAL, synchronous=FULL).
PostgreSQL transactions are READ COMMITTED with explicit row locks; reading happens in one snapshot on both.
"""

from __future__ import annotations

import os
import sqlite3
import threading
import time
import weakref
from collections import deque
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, exc, make_url
from sqlalchemy.pool import ConnectionPoolEntry

from ingest.late import Late
from storage.errors import BadStoreUrl, StoreBusy, StoreUnavailable
from storage.migrations.newest import up_to_date
from storage.options import DatabaseOptions
from storage.records.failures import mapped
from storage.records.unit_of_work import UnitOfWork
from storage.records.work import Clock, Work

if TYPE_CHECKING:
    from storage.migrations.upgrade import upgrade
else:
    upgrade = Late("storage.migrations.upgrade", "upgrade")

_WRITES, _USED = "sohoa_writes", "sohoa_used"
_TRUSTED_S = 1.0
"""How long after its last use a connection is taken for alive."""
_DRIVERS = {"postgres": "postgresql+psycopg", "postgresql": "postgresql+psycopg", "sqlite": "sqlite"}


class Database:
    """Connections to one database; may be used from many threads, and in a child process after a fork.

    A fork while another thread has a transaction open leaves SQLite's own lock table locked in that child for ever: with SQLite,
    fork before the work begins.
    """

    def __init__(self, url: str, *, options: DatabaseOptions | None = None, clock: Clock | None = None) -> None:
        """Open nothing yet. `clock` replaces the time of the machine or server (tests). Raises BadStoreUrl."""
        self._options = options or DatabaseOptions()
        self._clock = clock
        target = _normalised(url)
        self._sqlite = target.drivername == "sqlite"
        self._engine = _sqlite_engine(target, self._options) if self._sqlite else _postgres_engine(target, self._options)
        # SQLite has one writer; waiting here is fair and wakes at once, where SQLite itself would sleep and look again
        self._writer = threading.Lock()
        self._hints: deque[dict[str, object]] = deque()
        self._kept: dict[str, Any] = {}
        _children.add(self)

    def migrate(self) -> None:
        """Bring the tables up to date; several processes may do so at once."""
        with self._guarded(), self._queue(), self._engine.connect() as connection:
            connection.execution_options(**{_WRITES: True})
            with connection.begin():
                if not up_to_date(connection):
                    upgrade(connection)

    def transaction(self) -> AbstractContextManager[UnitOfWork]:
        """A unit of work that is committed at the end of the block, or rolled back if an exception leaves it.

        Adapter errors become StorageError: StoreFull, StoreUnavailable, StoreBusy, Conflict (a rule of uniqueness).
        """
        return self._transaction()

    @contextmanager
    def _transaction(self) -> Iterator[UnitOfWork]:
        with self._guarded(), self._queue(), self._engine.connect() as connection:
            connection.execution_options(**{_WRITES: True})
            with connection.begin():
                unit = UnitOfWork(Work(connection, self._clock, writable=True, kept=self._kept))
                yield unit
                unit.ledger.seal()
        self._hints.extend(unit.outbox.hints)

    def hints(self) -> Iterator[dict[str, object]]:
        """Take the hints that committed transactions of this process left, each once."""
        with suppress(IndexError):
            while True:
                yield self._hints.popleft()

    def read(self) -> AbstractContextManager[UnitOfWork]:
        """A unit of work on one snapshot; nothing written in it is kept (PostgreSQL refuses to write)."""
        return self._read()

    @contextmanager
    def _read(self) -> Iterator[UnitOfWork]:
        with self._guarded(), self._engine.connect() as connection:
            if not self._sqlite:
                connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
            yield UnitOfWork(Work(connection, self._clock, writable=False, kept=self._kept))
            connection.rollback()

    @contextmanager
    def connection(self, *, writes: bool) -> Iterator[Connection]:
        """A bare connection for moving whole tables: one snapshot to read from, or one transaction, committed at the end.

        Adapter errors become StorageError, as in `transaction`.
        """
        queue = self._queue() if writes else nullcontext()
        with self._guarded(), queue, self._engine.connect() as connection:
            if writes:
                connection.execution_options(**{_WRITES: True})
            elif not self._sqlite:
                connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
            with connection.begin():
                yield connection

    def copy_file(self, to: Path) -> bool:
        """SQLite: the whole database as of now into a file, by SQLite's backup API, while others write. False on PostgreSQL."""
        if not self._sqlite:
            return False
        with self._guarded(), self._engine.connect() as connection, closing(sqlite3.connect(to)) as out:
            connection.connection.driver_connection.backup(out)  # type: ignore[union-attr]
        return True

    def close(self) -> None:
        """Close the connections; the next use opens new ones."""
        self._engine.dispose()

    @contextmanager
    def _guarded(self) -> Iterator[None]:
        try:
            yield
        except exc.SQLAlchemyError as error:
            raise mapped(error) from error

    def _queue(self) -> AbstractContextManager[None]:
        return self._one_writer() if self._sqlite else nullcontext()

    @contextmanager
    def _one_writer(self) -> Iterator[None]:
        if not self._writer.acquire(timeout=self._options.busy_seconds):
            raise StoreBusy
        try:
            yield
        finally:
            self._writer.release()

    def after_fork(self) -> None:
        """Forget the parent's connections and locks (called in the child)."""
        self._engine.dispose(close=False)
        self._writer = threading.Lock()


_children: weakref.WeakSet[Database] = weakref.WeakSet()


def _in_child() -> None:
    for database in list(_children):
        database.after_fork()


os.register_at_fork(after_in_child=_in_child)


def _normalised(url: str) -> URL:
    try:
        parsed = make_url(url)
    except exc.ArgumentError as error:
        raise BadStoreUrl(what="sqlite:////… | postgresql://…") from error
    name = parsed.drivername.split("+", 1)[0]
    if name not in _DRIVERS or (name == "sqlite" and not parsed.database):
        raise BadStoreUrl(what="sqlite:////… | postgresql://…")
    return parsed.set(drivername=_DRIVERS[name])


def _postgres_engine(url: URL, options: DatabaseOptions) -> Engine:
    arguments: dict[str, Any] = {}
    if "connect_timeout" not in url.query:
        arguments["connect_timeout"] = options.connect_seconds
    engine = create_engine(
        url,
        connect_args=arguments,
        pool_size=options.connections,
        max_overflow=options.extra_connections,
        pool_timeout=options.busy_seconds,
        isolation_level="READ COMMITTED",
        hide_parameters=True,
    )

    @event.listens_for(engine, "checkin")
    def _on_return(_connection: object, record: ConnectionPoolEntry) -> None:
        record.info[_USED] = time.monotonic()

    @event.listens_for(engine, "checkout")
    def _on_checkout(connection: Any, record: ConnectionPoolEntry, _fairy: object) -> None:
        # Asking each time costs a round trip for each transaction; one that worked a moment ago nearly always still does.
        if time.monotonic() - record.info.get(_USED, 0.0) > _TRUSTED_S:
            try:
                engine.dialect.do_ping(connection)
            except Exception as error:
                raise exc.InvalidatePoolError from error

    return engine


def _sqlite_engine(url: URL, options: DatabaseOptions) -> Engine:
    try:
        Path(str(url.database)).parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreUnavailable(what="database") from error
    engine = create_engine(
        url,
        connect_args={"timeout": options.busy_seconds},
        pool_size=options.connections,
        max_overflow=options.extra_connections,
        pool_timeout=options.busy_seconds,
        hide_parameters=True,
    )

    @event.listens_for(engine, "connect")
    def _on_connect(connection: Any, _record: object) -> None:
        _prepare_sqlite(connection, options)

    @event.listens_for(engine, "begin")
    def _on_begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get(_WRITES, False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def _prepare_sqlite(connection: Any, options: DatabaseOptions) -> None:
    connection.isolation_level = None  # the driver begins nothing by itself; `_on_begin` does
    connection.execute(f"PRAGMA busy_timeout = {int(options.busy_seconds * 1000)}")
    deadline = time.monotonic() + options.busy_seconds
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            break
        except connection.OperationalError as error:
            # The change to WAL does not honour busy_timeout: of several first openers all but one are told "locked".
            if "locked" not in str(error) or time.monotonic() > deadline:
                raise
            time.sleep(0.02)
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")
