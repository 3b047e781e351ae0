"""Which objects must be there, and how each was found: the rows that name objects are the truth, these rows a memory of looks."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, case, func, or_, select
from sqlalchemy.dialects import postgresql, sqlite

from ingest.model import ObjectRef, Sha256
from storage.preservation import BAD, Health, ObjectState, Orphan, Owner, Place, Tally
from storage.records.fixity_tables import object_states, orphans
from storage.records.naming import naming, needed
from storage.records.tables import files, pages, papers, seals
from storage.records.work import Work

_AT_ONCE = 1000


def _state(row: Any) -> ObjectState:
    ref = ObjectRef(Sha256(row.sha256), row.size, row.media_type)
    return ObjectState(Place(row.place), ref, Health(row.health), row.checked_at)


class ObjectStates:
    """Objects in their places."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def enrol(self) -> int:
        """A row in the main place for each object that some row names and that has none yet; returns how many."""
        named = naming().subquery()
        known = select(object_states.c.sha256).where(
            object_states.c.place == str(Place.MAIN), object_states.c.sha256 == named.c.sha256
        )
        found = select(named.c.sha256, func.max(named.c.size).label("size"), func.max(named.c.media_type).label("media_type"))
        rows = self._work.connection.execute(found.where(~known.exists()).group_by(named.c.sha256)).all()
        # bytes that were disposed of with one record and came in again with another
        back = and_(object_states.c.health == str(Health.DISPOSED), needed(object_states.c.sha256))
        self._work.connection.execute(object_states.update().where(back).values(health=str(Health.UNCHECKED), checked_at=None))
        for start in range(0, len(rows), _AT_ONCE):
            self._add(
                Place.MAIN, [ObjectRef(Sha256(row.sha256), row.size, row.media_type) for row in rows[start : start + _AT_ONCE]]
            )
        return len(rows)

    def enrol_one(self, ref: ObjectRef) -> None:
        """The same for an object that only the ledger names."""
        self._add(Place.MAIN, [ref])

    def enrol_copies(self) -> int:
        """A row in the copy for each object of the main place that has none; returns how many were added."""
        other = object_states.alias()
        known = select(other.c.sha256).where(other.c.place == str(Place.COPY), other.c.sha256 == object_states.c.sha256)
        wanted = and_(object_states.c.place == str(Place.MAIN), object_states.c.health != str(Health.DISPOSED), ~known.exists())
        rows = self._work.connection.execute(select(object_states).where(wanted)).all()
        for start in range(0, len(rows), _AT_ONCE):
            self._add(Place.COPY, [_state(row).object for row in rows[start : start + _AT_ONCE]])
        return len(rows)

    def _add(self, place: Place, refs: list[ObjectRef]) -> None:
        insert: Any = postgresql.insert(object_states) if self._work.postgres else sqlite.insert(object_states)
        values = [
            {"place": str(place), "sha256": ref.sha256, "size": ref.size, "media_type": ref.media_type}
            | {"health": str(Health.UNCHECKED), "checked_at": None, "changed_at": self._work.now()}
            for ref in refs
        ]
        if values:
            self._work.connection.execute(insert.on_conflict_do_nothing(), values)

    def get(self, place: Place, sha256: str) -> ObjectState | None:
        """One object in one place, or None when it is not known there."""
        row = self._work.connection.execute(
            select(object_states).where(object_states.c.place == str(place), object_states.c.sha256 == sha256)
        ).one_or_none()
        return None if row is None else _state(row)

    def due(self, place: Place, before: datetime, limit: int) -> tuple[ObjectState, ...]:
        """Objects last checked before `before`, never checked ones first, then those looked at longest ago.

        In the copy those that are not written yet are left to whoever writes them.
        """
        checked = object_states.c.checked_at
        never = (
            checked.is_(None) if place is Place.MAIN else and_(checked.is_(None), object_states.c.health != str(Health.UNCHECKED))
        )
        where = and_(
            object_states.c.place == str(place), object_states.c.health != str(Health.DISPOSED), or_(never, checked < before)
        )
        return self._all(
            select(object_states).where(where).order_by(checked.asc().nulls_first(), object_states.c.sha256).limit(limit)
        )

    def unwritten(self, limit: int, after: str = "") -> tuple[ObjectState, ...]:
        """Objects of the copy that are not written yet, by name."""
        c = object_states.c
        where = and_(c.place == str(Place.COPY), c.health == str(Health.UNCHECKED), c.sha256 > after)
        return self._all(select(object_states).where(where).order_by(c.sha256).limit(limit))

    def bad(self, limit: int = 200) -> tuple[ObjectState, ...]:
        """Objects that are not as they were stored."""
        where = object_states.c.health.in_([str(one) for one in BAD])
        return self._all(select(object_states).where(where).order_by(object_states.c.changed_at).limit(limit))

    def note(self, place: Place, sha256: str, health: Health, *, checked: bool = True) -> None:
        """How the object was found, now."""
        values: dict[str, Any] = {"health": str(health), "changed_at": self._work.now()}
        if checked:
            values["checked_at"] = self._work.now()
        where = and_(object_states.c.place == str(place), object_states.c.sha256 == sha256)
        self._work.connection.execute(object_states.update().where(where).values(**values))

    def names(self, place: Place) -> Iterator[tuple[str, int]]:
        """Name and size of every object that must be in a place."""
        where = and_(object_states.c.place == str(place), object_states.c.health != str(Health.DISPOSED))
        statement = select(object_states.c.sha256, object_states.c.size).where(where).execution_options(yield_per=_AT_ONCE)
        return ((row.sha256, row.size) for row in self._work.connection.execute(statement))

    def refs(self, place: Place) -> Iterator[ObjectRef]:
        """Every object that must be in a place, by name."""
        where = and_(object_states.c.place == str(place), object_states.c.health != str(Health.DISPOSED))
        found = select(object_states).where(where).order_by(object_states.c.sha256).execution_options(yield_per=_AT_ONCE)
        return (_state(row).object for row in self._work.connection.execute(found))

    def named(self, sha256: str) -> bool:
        """Whether any row that still needs it names the object now: those of disposed records do not."""
        return bool(self._work.connection.execute(select(needed(sha256))).scalar_one())

    def dispose(self, sha256: str) -> None:
        """Its absence is right from now on, in both places."""
        where = object_states.c.sha256 == sha256
        values = {"health": str(Health.DISPOSED), "changed_at": self._work.now()}
        self._work.connection.execute(object_states.update().where(where).values(**values))

    def tally(self, place: Place) -> Tally:
        """How the objects of a place are."""
        c = object_states.c

        def counted(*which: Health) -> Any:
            return func.coalesce(func.sum(case((c.health.in_([str(one) for one in which]), 1), else_=0)), 0)

        columns = (
            func.count(), func.coalesce(func.sum(c.size), 0), counted(Health.UNCHECKED), counted(Health.CORRUPT),
            counted(Health.MISSING), func.min(c.checked_at),
        )  # fmt: skip
        where = and_(c.place == str(place), c.health != str(Health.DISPOSED))
        count, size, unchecked, corrupt, missing, oldest = self._work.connection.execute(select(*columns).where(where)).one()
        return Tally(place, int(count), int(size), int(unchecked), int(corrupt), int(missing), oldest)

    def owner(self, sha256: str) -> Owner | None:
        """Whose object it is; None when no paper or file has it (an anchor, a report)."""
        looks: tuple[Select[Any], ...] = (
            select(papers.c.batch_id, papers.c.file_id, papers.c.id).where(
                or_(*(papers.c[f"{name}_sha256"] == sha256 for name in ("original", "sealed", "evidence")))
            ),
            select(papers.c.batch_id, papers.c.file_id, papers.c.id).join(pages, pages.c.paper_id == papers.c.id).where(
                or_(pages.c.image_sha256 == sha256, pages.c.text_sha256 == sha256)
            ),
            select(papers.c.batch_id, papers.c.file_id, papers.c.id).join(seals, seals.c.paper_id == papers.c.id).where(
                seals.c.object_sha256 == sha256
            ),
            select(files.c.batch_id, files.c.id, func.coalesce(papers.c.id, ""))
            .outerjoin(papers, papers.c.file_id == files.c.id).where(files.c.object_sha256 == sha256),
        )  # fmt: skip
        for look in looks:
            row = self._work.connection.execute(look.limit(1)).first()
            if row is not None:
                return Owner(row[0], row[1], row[2])
        return None

    def set_aside(self, sha256: str, size: int) -> None:
        """Note that an object nobody names was moved away."""
        self._work.insert_once(orphans, {"sha256": sha256, "size": size, "set_aside_at": self._work.now()}, ("sha256",))

    def brought_back(self, sha256: str) -> None:
        """It is named after all."""
        self._work.connection.execute(orphans.delete().where(orphans.c.sha256 == sha256))

    def aside(self) -> tuple[Orphan, ...]:
        """What was moved away, the newest first."""
        rows = self._work.connection.execute(select(orphans).order_by(orphans.c.set_aside_at.desc()))
        return tuple(Orphan(Sha256(row.sha256), row.size, row.set_aside_at) for row in rows)

    def _all(self, statement: Select[Any]) -> tuple[ObjectState, ...]:
        return tuple(_state(row) for row in self._work.connection.execute(statement))
