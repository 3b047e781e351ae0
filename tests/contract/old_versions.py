"""Databases as an older version left them: today's rows, reduced to the columns that version had."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection, Table

from storage import snapshot


def fill(source: Connection, target: Connection, filled: set[str]) -> set[str]:
    """Put today's rows of `source` into the tables of `target` that are not in `filled`; gives their names."""
    now = {one.name: one for one in snapshot.tables(source)}
    fresh = [one for one in snapshot.tables(target) if one.name not in filled and one.name in now]
    fresh = [one for one in fresh if not one.name.startswith("search_")]  # the index is made anew
    for table in reversed(fresh):
        target.execute(table.delete())
    for table in fresh:
        snapshot._insert(target, table, _reduced(source, now[table.name], table))
    return {one.name for one in fresh}


def _reduced(source: Connection, now: Table, then: Table) -> Iterator[snapshot.Row]:
    for row in snapshot.rows(source, now):
        yield {column.name: row[column.name] for column in then.c if column.name in row}
