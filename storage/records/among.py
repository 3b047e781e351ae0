"""Rows by many keys at once, without a parameter for each."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Column, ColumnElement, Text, cast, func, literal, select, text
from sqlalchemy.dialects.postgresql import ARRAY

from storage.records.work import Work

_BY_INDEX = text("SELECT set_config('enable_indexscan', :may, true)")


@contextmanager
def from_anywhere(work: Work) -> Iterator[None]:
    """For hundreds of rows anywhere: PostgreSQL asks the disk for all their pages at once, not for one after the other.

    It does so for rows gathered in a bitmap, `effective_io_concurrency` pages ahead; by itself it takes keys given in order for
    rows that stand in order.
    """
    if work.postgres:
        work.connection.execute(_BY_INDEX, {"may": "off"})
    yield
    if work.postgres:
        work.connection.execute(_BY_INDEX, {"may": "on"})


def among(work: Work, key: Column[Any], values: Sequence[int] | Sequence[str]) -> ColumnElement[bool]:
    """True for rows whose `key` is one of `values`."""
    return among_written(key, literal(written(values, postgres=work.postgres), Text), postgres=work.postgres)


def among_written(key: Column[Any], values: ColumnElement[str], *, postgres: bool) -> ColumnElement[bool]:
    """True for rows whose `key` is one of what was `written`."""
    if postgres:
        return key == func.any(cast(values, ARRAY(key.type)))
    return key.in_(select(func.json_each(values).table_valued("value").c.value))


def written(values: Sequence[int] | Sequence[str], *, postgres: bool) -> str:
    """The values as one text; PostgreSQL's driver takes many times longer for a list."""
    return f"{{{','.join(map(_element, values))}}}" if postgres else json.dumps(list(values))


def _element(value: int | str) -> str:
    if isinstance(value, int):
        return str(value)
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
