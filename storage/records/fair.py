"""The fair choice of the next step: counter before bulk, then the unit with the least under way, then the oldest.

It looks at the head of each lane (priority, unit) through one index, so its cost grows with the number of units, not with
the backlog.
"""

from __future__ import annotations

from sqlalchemy import ColumnElement, Select, Subquery, and_, func, literal_column, select

from storage.model import StepKind
from storage.records.tables import lanes, steps
from storage.records.work import Work


def best(work: Work, kinds: frozenset[StepKind] | None) -> int | None:
    """`seq` of the best free step, locked on PostgreSQL, or None. Steps locked by others are passed over."""
    free: list[ColumnElement[bool]] = [steps.c.due_at <= work.now()]
    if kinds is not None:
        free.append(steps.c.kind.in_(sorted(str(kind) for kind in kinds)))
    for lane in work.connection.execute(_lanes_in_order(work, free)).all():
        head = (
            select(steps.c.seq)
            .where(steps.c.rank == lane.rank, steps.c.unit == lane.unit, *free)
            .order_by(steps.c.due_at, steps.c.seq)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        seq = work.connection.execute(head).scalar_one_or_none()
        if seq is not None:
            return int(seq)
    return None


def _lanes_in_order(work: Work, free: list[ColumnElement[bool]]) -> Select[tuple[int, str]]:
    busy = _under_way(work)
    oldest = (
        select(steps.c.due_at)
        .where(steps.c.rank == lanes.c.rank, steps.c.unit == lanes.c.unit, *free)
        .order_by(steps.c.due_at, steps.c.seq)
        .limit(1)
        .scalar_subquery()
        .correlate(lanes)
    )
    found = (
        select(lanes.c.rank, lanes.c.unit, func.coalesce(busy.c.held, 0).label("held"), oldest.label("oldest"))
        .outerjoin(busy, busy.c.unit == lanes.c.unit)
        .subquery()
    )
    return (
        select(found.c.rank, found.c.unit)
        .where(found.c.oldest.is_not(None))
        .order_by(found.c.rank, found.c.held, found.c.oldest, found.c.unit)
    )


def _under_way(work: Work) -> Subquery:
    # a literal, so that both planners see that the partial index `ix_steps_held` serves
    held = and_(steps.c.state == literal_column("'leased'"), steps.c.due_at > work.now())
    return select(steps.c.unit, func.count().label("held")).where(held).group_by(steps.c.unit).subquery()
