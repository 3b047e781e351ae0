"""Who wears which hat, and since when."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, or_, select

from storage.errors import NotFound
from storage.people import Assignment
from storage.records.access_tables import assignments
from storage.records.work import Work


def _assignment(row: Any) -> Assignment:
    return Assignment(row.id, row.account_id, row.role, row.unit, row.since, row.until)


class Assignments:
    """Hats."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def add(self, assignment: Assignment, made_by: str) -> None:
        """A new assignment."""
        values = {name: getattr(assignment, name) for name in Assignment.__dataclass_fields__}
        self._work.connection.execute(assignments.insert().values(made_by=made_by, **values))

    def get(self, assignment_id: str) -> Assignment:
        """The assignment, or NotFound."""
        row = self._work.connection.execute(select(assignments).where(assignments.c.id == assignment_id)).one_or_none()
        if row is None:
            raise NotFound(what="assignment", key=assignment_id)
        return _assignment(row)

    def end(self, assignment_id: str) -> None:
        """It holds from now on no more; NotFound if it has ended already."""
        rule = (assignments.c.id == assignment_id, self._not_over())
        if not self._work.connection.execute(assignments.update().where(*rule).values(until=self._work.now())).rowcount:
            raise NotFound(what="assignment", key=assignment_id)

    def current(self, account_id: str) -> tuple[Assignment, ...]:
        """What holds now, oldest first."""
        return self._all(assignments.c.account_id == account_id, assignments.c.since <= self._work.now(), self._not_over())

    def of_account(self, account_id: str) -> tuple[Assignment, ...]:
        """All there ever were, oldest first."""
        return self._all(assignments.c.account_id == account_id)

    def open(self) -> tuple[Assignment, ...]:
        """Everybody's that hold now or will, oldest first."""
        return self._all(self._not_over())

    def _not_over(self) -> ColumnElement[bool]:
        return or_(assignments.c.until.is_(None), assignments.c.until > self._work.now())

    def _all(self, *rules: ColumnElement[bool]) -> tuple[Assignment, ...]:
        rows = self._work.connection.execute(select(assignments).where(*rules).order_by(assignments.c.seq))
        return tuple(_assignment(row) for row in rows)
