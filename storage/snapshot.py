"""All rows of one moment, moved between databases of either kind: into files, out of files, from one database to another.

The tables are read as they stand in the database, not as today's code knows them, so that rows of an older version can be put
into tables of that version and migrated from there. The full-text tables are left out: they are rebuilt.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, DateTime, MetaData, Table, func, inspect, select, text

from storage.backup_errors import BackupTooNew
from storage.migrations.upgrade import config

_INDEXES = ("search_terms", "search_fts", "search_vectors")
"""Full-text tables, today's and those of older versions."""
_LEFT_OUT = (*_INDEXES, "alembic_version", "sqlite_")
_AT_ONCE = 1000
Row = dict[str, Any]


def revision(connection: Connection) -> str:
    """Which version the tables have."""
    return str(connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one())


def make_tables(connection: Connection, wanted: str) -> None:
    """The tables of a version in an empty database. Raises BackupTooNew."""
    known(connection, wanted)
    command.upgrade(config(connection), wanted)


def known(connection: Connection, wanted: str) -> None:
    """Nothing when this Sohoa knows that version of the tables. Raises BackupTooNew."""
    if wanted not in {one.revision for one in ScriptDirectory.from_config(config(connection)).walk_revisions()}:
        raise BackupTooNew(revision=wanted)


def tables(connection: Connection) -> tuple[Table, ...]:
    """The tables with rows of ours, those that others point at first."""
    found = MetaData()
    found.reflect(connection, only=lambda name, _: not name.startswith(_LEFT_OUT))
    return tuple(found.sorted_tables)


def rows(connection: Connection, table: Table) -> Iterator[Row]:
    """Every row; times are aware."""
    for row in connection.execute(select(table).execution_options(yield_per=_AT_ONCE)):
        yield {name: _aware(value) for name, value in row._mapping.items()}  # noqa: SLF001 - SQLAlchemy's public name


def counts(connection: Connection) -> dict[str, int]:
    """How many rows each table has."""
    return {one.name: int(connection.execute(select(func.count()).select_from(one)).scalar_one()) for one in tables(connection)}


def write(connection: Connection, folder: Path) -> dict[str, int]:
    """All rows into `folder`, a file for each table; returns how many of each. Use a connection with one snapshot."""
    folder.mkdir()
    counted = {}
    for table in tables(connection):
        counted[table.name] = 0
        with gzip.open(folder / f"{table.name}.jsonl.gz", "wt", encoding="ascii", compresslevel=6) as out:
            for row in rows(connection, table):
                out.write(json.dumps(row, default=_written) + "\n")
                counted[table.name] += 1
    return counted


def read(folder: Path, connection: Connection) -> None:
    """The rows of `write` into tables of the same version."""
    _empty(connection)
    for table in tables(connection):
        path = folder / f"{table.name}.jsonl.gz"
        if path.exists():
            _insert(connection, table, _from_file(path, table))


def pour(source: Connection, target: Connection) -> None:
    """All rows from one database into another of the same version, whose rows are taken out first."""
    _empty(target)
    known = {one.name: one for one in tables(source)}
    for table in tables(target):
        _insert(target, table, rows(source, known[table.name]))
    forget_index(target)


def forget_index(connection: Connection) -> None:
    """Say that nothing is indexed as it should be, so that whoever keeps the index makes it anew from the text kept."""
    connection.execute(text("UPDATE search_docs SET version = 0"))


def _empty(connection: Connection) -> None:
    for index in _INDEXES:
        if inspect(connection).has_table(index):
            connection.execute(text(f"DELETE FROM {index}"))  # noqa: S608 - names of ours
    for table in reversed(tables(connection)):
        connection.execute(table.delete())


def _insert(connection: Connection, table: Table, found: Iterable[Row]) -> None:
    naive = connection.dialect.name == "sqlite"
    waiting: list[Row] = []
    for row in found:
        waiting.append({name: _fit(value, naive=naive) for name, value in row.items()})
        if len(waiting) == _AT_ONCE:
            connection.execute(table.insert(), waiting)
            waiting = []
    if waiting:
        connection.execute(table.insert(), waiting)
    if not naive and "seq" in table.c and table.c.seq.autoincrement is not False:
        _go_on_counting(connection, table)


def _go_on_counting(connection: Connection, table: Table) -> None:
    """PostgreSQL counts on from the rows that were put in."""
    place = connection.execute(text("SELECT pg_get_serial_sequence(:name, 'seq')"), {"name": table.name}).scalar_one()
    if place is not None:
        last = connection.execute(select(func.max(table.c.seq))).scalar_one()
        connection.execute(text("SELECT setval(:place, :last, :used)"), {"place": place, "last": last or 1, "used": bool(last)})


def _from_file(path: Path, table: Table) -> Iterator[Row]:
    times = {column.name for column in table.c if isinstance(column.type, DateTime)}
    days = {column.name for column in table.c if column.type.python_type is date}
    with gzip.open(path, "rt", encoding="ascii") as lines:
        for line in lines:
            row: Row = json.loads(line)
            for name in times & set(row):
                row[name] = None if row[name] is None else datetime.fromisoformat(row[name])
            for name in days & set(row):
                row[name] = None if row[name] is None else date.fromisoformat(row[name])
            yield row


def _aware(value: Any) -> Any:
    if not isinstance(value, datetime):
        return value
    return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def _fit(value: Any, *, naive: bool) -> Any:
    return value.replace(tzinfo=None) if naive and isinstance(value, datetime) else value


def _written(value: Any) -> str:
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    raise TypeError(type(value).__name__)
