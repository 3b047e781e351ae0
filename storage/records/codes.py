"""Gap-free numbers: one locked row per series, never a COUNT."""

from __future__ import annotations

from typing import Any

from sqlalchemy.dialects import postgresql, sqlite

from storage.records.tables import series
from storage.records.work import Work


class Codes:
    """Number series."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def next(self, name: str) -> int:
        """1, 2, 3 … without a gap: other takers wait for this transaction, and a rollback gives the number back."""
        insert: Any = postgresql.insert(series) if self._work.postgres else sqlite.insert(series)
        statement = (
            insert.values(name=name, last=1)
            .on_conflict_do_update(index_elements=["name"], set_={"last": series.c.last + 1})
            .returning(series.c.last)
        )
        return int(self._work.connection.execute(statement).scalar_one())
