"""The reuse ledger, and how records lost their force."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import fields
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Select, func, select

from storage.dossiers import EndingKind, Outcome, RecordEnding, Reuse, ReuseFlag
from storage.errors import Conflict, NotFound
from storage.records.dossier_tables import record_endings, reuses
from storage.records.work import Work

_CHECKS: TypeAdapter[tuple[Outcome, ...]] = TypeAdapter(tuple[Outcome, ...])
_PLAIN = tuple(field.name for field in fields(Reuse) if field.name not in {"flag", "checks"})
_ENDING = tuple(field.name for field in fields(RecordEnding) if field.name != "kind")


def _reuse(row: Any) -> Reuse:
    return Reuse(
        flag=ReuseFlag(row.flag),
        checks=_CHECKS.validate_python(row.checks),
        **{name: getattr(row, name) for name in _PLAIN},
    )


def _ending(row: Any) -> RecordEnding:
    return RecordEnding(kind=EndingKind(row.kind), **{name: getattr(row, name) for name in _ENDING})


class Reuses:
    """What was reused where. A line is never changed but for its withdrawal."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def add(self, reuse: Reuse) -> None:
        """Write one down; Conflict if the component is served by another one."""
        values: dict[str, Any] = {name: getattr(reuse, name) for name in _PLAIN}
        values |= {"flag": int(reuse.flag), "checks": _CHECKS.dump_python(reuse.checks, mode="json")}
        self._work.connection.execute(reuses.insert().values(**values))

    def get(self, reuse_id: str) -> Reuse:
        """The line, or NotFound."""
        found = self._all(select(reuses).where(reuses.c.id == reuse_id))
        if not found:
            raise NotFound(what="reuse", key=reuse_id)
        return found[0]

    def withdraw(self, reuse_id: str, by: str, reason: str) -> Reuse:
        """Take a reuse back; Conflict if somebody did, NotFound."""
        statement = reuses.update().where(reuses.c.id == reuse_id, reuses.c.withdrawn_at.is_(None))
        values = {"withdrawn_at": self._work.now(), "withdrawn_by": by, "withdrawn_reason": reason}
        if not self._work.connection.execute(statement.values(**values)).rowcount:
            self.get(reuse_id)
            raise Conflict
        return self.get(reuse_id)

    def of_record(self, record: str) -> tuple[Reuse, ...]:
        """Every reuse of one record, oldest first, withdrawn ones too."""
        return self._all(select(reuses).where(reuses.c.record == record).order_by(reuses.c.seq))

    def of_dossier(self, dossier: str) -> tuple[Reuse, ...]:
        """Every reuse for one dossier, oldest first, withdrawn ones too."""
        return self._all(select(reuses).where(reuses.c.dossier == dossier).order_by(reuses.c.seq))

    def standing(self, dossier: str, component: str) -> Reuse | None:
        """What serves a component now, or None."""
        where = (reuses.c.dossier == dossier, reuses.c.component == component, reuses.c.withdrawn_at.is_(None))
        found = self._all(select(reuses).where(*where))
        return found[0] if found else None

    def between(
        self, first: datetime, before: datetime, *, unit: str = "", limit: int = 1000, offset: int = 0
    ) -> tuple[Reuse, ...]:
        """Reuses that stand, from `first` on and before `before`, oldest first; for dossiers of one unit if named."""
        where = [reuses.c.at >= first, reuses.c.at < before, reuses.c.withdrawn_at.is_(None)]
        if unit:
            where.append(reuses.c.unit == unit)
        return self._all(select(reuses).where(*where).order_by(reuses.c.seq).limit(limit).offset(offset))

    def counts(self, records: Collection[str]) -> dict[str, int]:
        """How many dossiers each of these records serves now; those that serve none are left out."""
        if not records:
            return {}
        statement = select(reuses.c.record, func.count()).where(
            reuses.c.record.in_(sorted(records)), reuses.c.withdrawn_at.is_(None)
        )
        return {row[0]: int(row[1]) for row in self._work.connection.execute(statement.group_by(reuses.c.record))}

    def end_record(self, ending: RecordEnding) -> None:
        """Write down why a record lost its force; `Records.set_state` goes with it."""
        values: dict[str, Any] = {name: getattr(ending, name) for name in _ENDING}
        self._work.connection.execute(record_endings.insert().values(kind=str(ending.kind), **values))

    def endings_of(self, records: Collection[str]) -> dict[str, RecordEnding]:
        """The latest decision about each of these records that has one."""
        if not records:
            return {}
        rows = self._work.connection.execute(
            select(record_endings).where(record_endings.c.record.in_(sorted(records))).order_by(record_endings.c.seq)
        )
        return {row.record: _ending(row) for row in rows}

    def _all(self, statement: Select[Any]) -> tuple[Reuse, ...]:
        return tuple(_reuse(row) for row in self._work.connection.execute(statement))
