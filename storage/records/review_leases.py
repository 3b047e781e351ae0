"""Leases on papers under review: one row a paper, taken and prolonged by single guarded statements."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite

from storage.records.review_tables import review_leases as table
from storage.records.work import Work
from storage.review import Lease


def lease_of(row: Any) -> Lease:
    """The lease of a row."""
    return Lease(row.paper_id, row.holder, row.token, row.taken_at, row.ends_at)


class ReviewLeases:
    """Leases."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def take(self, paper_id: str, holder: str, seconds: int, *, over: bool = False) -> Lease | None:
        """The paper, now held by `holder` for `seconds`; None while somebody else holds it, unless it is taken `over`."""
        now = self._work.now()
        insert: Any = postgresql.insert(table) if self._work.postgres else sqlite.insert(table)
        values = {
            "paper_id": paper_id,
            "holder": holder,
            "token": uuid.uuid4().hex,
            "taken_at": now,
            "ends_at": now + timedelta(seconds=seconds),
        }
        free = None if over else (table.c.holder == holder) | (table.c.ends_at <= now)
        changed = {name: value for name, value in values.items() if name != "paper_id"}
        statement = insert.values(**values).on_conflict_do_update(index_elements=["paper_id"], set_=changed, where=free)
        row = self._work.connection.execute(statement.returning(*table.c)).first()
        return None if row is None else lease_of(row)

    def renew(self, paper_id: str, holder: str, seconds: int) -> Lease | None:
        """Hold on for `seconds` from now; None when the lease is another's or was given up. One that ran out unseen revives."""
        ends_at = self._work.now() + timedelta(seconds=seconds)
        mine = (table.c.paper_id == paper_id) & (table.c.holder == holder)
        row = self._work.connection.execute(table.update().where(mine).values(ends_at=ends_at).returning(*table.c)).first()
        return None if row is None else lease_of(row)

    def release(self, paper_id: str, token: str) -> bool:
        """Give up this very opening; False when it is not the newest any more."""
        statement = table.delete().where(table.c.paper_id == paper_id, table.c.token == token)
        return bool(self._work.connection.execute(statement).rowcount)

    def drop(self, paper_id: str) -> None:
        """The paper does not wait any more, so nobody holds it."""
        self._work.connection.execute(table.delete().where(table.c.paper_id == paper_id))

    def live(self, paper_ids: Iterable[str]) -> dict[str, Lease]:
        """The leases on these papers that still hold."""
        statement = select(table).where(table.c.paper_id.in_(list(paper_ids)), table.c.ends_at > self._work.now())
        return {row.paper_id: lease_of(row) for row in self._work.connection.execute(statement)}
