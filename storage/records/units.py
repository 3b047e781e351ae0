"""Units through time, and who answers for whom."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import and_, literal, or_, select

from storage.errors import NotFound
from storage.people import OrgUnit, UnitKind
from storage.records.access_tables import units
from storage.records.columns import SafeText
from storage.records.work import Work


def _unit(row: Any) -> OrgUnit:
    return OrgUnit(
        code=row.code,
        name=row.name,
        kind=UnitKind(row.kind),
        parent=row.parent,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        successor=row.successor,
    )


class Units:
    """Versions of units."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def add(self, unit: OrgUnit) -> None:
        """A new version; Conflict if one of the same code begins on the same day."""
        values = {name: getattr(unit, name) for name in OrgUnit.__dataclass_fields__} | {"kind": str(unit.kind)}
        self._work.connection.execute(units.insert().values(created_at=self._work.now(), **values))

    def close(self, code: str, valid_to: date, successor: str) -> None:
        """End the open version of a unit; NotFound if none is open."""
        open_one = (units.c.code == code) & units.c.valid_to.is_(None)
        if not self._work.connection.execute(
            units.update().where(open_one).values(valid_to=valid_to, successor=successor)
        ).rowcount:
            raise NotFound(what="unit", key=code)

    def versions(self, code: str = "") -> tuple[OrgUnit, ...]:
        """All versions of one unit, or of all, by code and time."""
        statement = select(units).order_by(units.c.code, units.c.valid_from)
        if code:
            statement = statement.where(units.c.code == code)
        return tuple(_unit(row) for row in self._work.connection.execute(statement))

    def in_force(self, day: date) -> tuple[OrgUnit, ...]:
        """The units there are on a day, by code."""
        return tuple(unit for unit in self.versions() if unit.in_force(day))

    def get(self, code: str, day: date) -> OrgUnit:
        """The unit as it is on a day; NotFound."""
        for unit in self.versions(code):
            if unit.in_force(day):
                return unit
        raise NotFound(what="unit", key=code)

    def lock(self) -> None:
        """Let every other change of units wait until this transaction ends, so that the tree is judged as it will be."""
        if self._work.postgres:
            self._work.connection.exec_driver_sql("LOCK TABLE units IN SHARE ROW EXCLUSIVE MODE")

    def answered_for(self, code: str, day: date, *, below: bool) -> tuple[str, ...]:
        """Codes of the units whose work `code` answers for on a day besides its own.

        Always those merged into it, which have no office of their own any more; with `below` also all units under it.
        """
        reached = select(literal(code, SafeText).label("code")).cte("reached", recursive=True)
        edge = and_(units.c.successor == reached.c.code, units.c.valid_to <= day)
        if below:
            alone = or_(units.c.successor == "", units.c.valid_to > day)
            edge = or_(edge, and_(units.c.parent == reached.c.code, units.c.valid_from <= day, alone))
        walked = reached.union(select(units.c.code).join(reached, edge))
        rows = self._work.connection.execute(select(walked.c.code).order_by(walked.c.code))
        return tuple(row.code for row in rows if row.code != code)
