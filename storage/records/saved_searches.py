"""Searches somebody wants to ask again."""

from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy import func, select

from storage.errors import NotFound
from storage.finding import SavedSearch
from storage.records.search_tables import saved_searches as table
from storage.records.work import Work

MAX_A_PERSON = 100


class SavedSearches:
    """Saved searches; each belongs to one person."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def save(self, person: str, name: str, address: str, *, count: int, last_seen: int) -> SavedSearch | None:
        """Keep a search under a name, in place of the one of that name; None if the person has `MAX_A_PERSON` already."""
        known = [one for one in self.of(person) if one.name == name]
        now = self._work.now()
        looked = {"address": address, "last_count": count, "last_seen": last_seen, "looked_at": now}
        if known:
            self._work.connection.execute(table.update().where(table.c.id == known[0].id).values(**looked))
            return self.get(person, known[0].id)
        if self.count(person) >= MAX_A_PERSON:
            return None
        made = {"id": uuid.uuid4().hex, "person": person, "name": name, "created_at": now} | looked
        self._work.connection.execute(table.insert().values(**made))
        return self.get(person, str(made["id"]))

    def of(self, person: str) -> tuple[SavedSearch, ...]:
        """Of one person, by name."""
        rows = self._work.connection.execute(select(table).where(table.c.person == person).order_by(table.c.name))
        return tuple(_saved(row) for row in rows)

    def count(self, person: str) -> int:
        """How many a person has."""
        return int(
            self._work.connection.execute(select(func.count()).select_from(table).where(table.c.person == person)).scalar_one()
        )

    def get(self, person: str, search_id: str) -> SavedSearch:
        """One of a person; NotFound also when it is another's."""
        where = (table.c.person == person, table.c.id == search_id)
        row = self._work.connection.execute(select(table).where(*where)).one_or_none()
        if row is None:
            raise NotFound(what="saved search", key=search_id)
        return _saved(row)

    def looked(self, saved: SavedSearch, count: int, last_seen: int) -> None:
        """The person has seen what there is now."""
        values = {"last_count": count, "last_seen": last_seen, "looked_at": self._work.now()}
        self._work.connection.execute(table.update().where(table.c.id == saved.id).values(**values))

    def remove(self, person: str, search_id: str) -> None:
        """Forget one; NotFound if the person has none such."""
        self.get(person, search_id)
        self._work.connection.execute(table.delete().where(table.c.id == search_id))


def _saved(row: Any) -> SavedSearch:
    return SavedSearch(**{name: getattr(row, name) for name in SavedSearch.__slots__})
