"""Rows by many keys at once, without a parameter for each."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import BigInteger, Column, ColumnElement, cast, func, select
from sqlalchemy.dialects.postgresql import ARRAY

from storage.records.work import Work


def among(work: Work, key: Column[Any], numbers: Sequence[int]) -> ColumnElement[bool]:
    """True for rows whose `key` is one of `numbers`."""
    if work.postgres:
        return key == func.any(cast(list(numbers), ARRAY(BigInteger)))
    return key.in_(select(func.json_each(json.dumps(list(numbers))).table_valued("value").c.value))
