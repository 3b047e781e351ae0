"""Gap-free numbers: one locked row per series, never a COUNT."""

from __future__ import annotations

from typing import Any

from sqlalchemy import bindparam
from sqlalchemy.dialects import postgresql, sqlite

from storage.records.tables import series
from storage.records.work import Work


def _next(insert: Any) -> Any:
    statement = insert.values(name=bindparam("series"), last=1)
    counted = statement.on_conflict_do_update(index_elements=["name"], set_={"last": series.c.last + 1})
    return counted.returning(series.c.last)


_POSTGRES, _SQLITE = _next(postgresql.insert(series)), _next(sqlite.insert(series))


class Codes:
    """Number series."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def next(self, name: str) -> int:
        """1, 2, 3 … without a gap: other takers wait for this transaction, and a rollback gives the number back."""
        statement = _POSTGRES if self._work.postgres else _SQLITE
        return int(self._work.connection.execute(statement, {"series": name}).scalar_one())
