"""Rows by many keys at once, without a parameter for each."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Column, ColumnElement, Text, cast, func, select
from sqlalchemy.dialects.postgresql import ARRAY

from storage.records.work import Work


def among(work: Work, key: Column[Any], values: Sequence[int] | Sequence[str]) -> ColumnElement[bool]:
    """True for rows whose `key` is one of `values`."""
    if work.postgres:  # the array is written here: the driver takes many times longer
        return key == func.any(cast(cast(_array(values), Text), ARRAY(key.type)))
    return key.in_(select(func.json_each(json.dumps(list(values))).table_valued("value").c.value))


def _array(values: Sequence[int] | Sequence[str]) -> str:
    return f"{{{','.join(map(_element, values))}}}"


def _element(value: int | str) -> str:
    if isinstance(value, int):
        return str(value)
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
