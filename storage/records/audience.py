"""The rule of access levels as a condition on the table of records."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, false, or_, true

from storage.access_levels import AccessLevel, Audience
from storage.records.tables import records
from storage.records.within import within


def readable(audience: Audience | None) -> ColumnElement[bool]:
    """True for the records that this audience may read; without an audience for all."""
    if audience is None or audience.everywhere == frozenset(AccessLevel):
        return true()
    allowed: list[ColumnElement[bool]] = []
    if audience.everywhere:
        allowed.append(records.c.access.in_(sorted(map(str, audience.everywhere))))
    if audience.within:
        levels = records.c.access.in_(sorted(map(str, audience.within)))
        allowed.append(and_(levels, within(records.c.unit, audience.reach)) if audience.reach else levels)
    return or_(*allowed) if allowed else false()
