"""The fair choice of the next step: counter before bulk, then the unit with the least under way, then turns, then age.

Turns: the unit that was served longest ago goes first. Without them, as many large batches as there are workers would keep
every other unit out until they are done. The choice looks at the head of each lane (priority, unit) through one index, so its
cost grows with the number of units, not with the backlog.
"""

from __future__ import annotations

from sqlalchemy import ColumnElement, Select, Subquery, and_, func, literal_column, select

from storage.model import StepKind
from storage.records.tables import lanes, steps
from storage.records.work import Work

_FEW = 4


def best(work: Work, kinds: frozenset[StepKind] | None) -> int | None:
    """`seq` of the best free step, locked on PostgreSQL, or None. Steps locked by others are passed over."""
    free: list[ColumnElement[bool]] = [steps.c.due_at <= work.now()]
    if kinds is not None:
        free.append(steps.c.kind.in_(sorted(str(kind) for kind in kinds)))
    in_order = _lanes_in_order(work, free)
    # Nearly always the first will do; the others are asked for only when all its steps are just being taken.
    for few in (in_order.limit(_FEW), in_order.offset(_FEW)):
        for lane in work.connection.execute(few).all():
            seq = _head(work, lane.rank, lane.unit, free)
            if seq is not None:
                return seq
    return None


def _head(work: Work, rank: int, unit: str, free: list[ColumnElement[bool]]) -> int | None:
    """The oldest free step of a lane, whose turn it thereby had."""
    head = (
        select(steps.c.seq)
        .where(steps.c.rank == rank, steps.c.unit == unit, *free)
        .order_by(steps.c.due_at, steps.c.seq)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    seq = work.connection.execute(head).scalar_one_or_none()
    if seq is None:
        return None
    turn = lanes.update().where(lanes.c.rank == rank, lanes.c.unit == unit).values(served_at=work.now())
    work.connection.execute(turn)
    return int(seq)


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
        select(lanes.c.rank, lanes.c.unit, lanes.c.served_at, func.coalesce(busy.c.held, 0).label("held"), oldest.label("oldest"))
        .outerjoin(busy, busy.c.unit == lanes.c.unit)
        .subquery()
    )
    return (
        select(found.c.rank, found.c.unit)
        .where(found.c.oldest.is_not(None))
        .order_by(found.c.rank, found.c.held, found.c.served_at.asc().nulls_first(), found.c.oldest, found.c.unit)
    )


def _under_way(work: Work) -> Subquery:
    # a literal, so that both planners see that the partial index `ix_steps_held` serves
    held = and_(steps.c.state == literal_column("'leased'"), steps.c.due_at > work.now())
    return select(steps.c.unit, func.count().label("held")).where(held).group_by(steps.c.unit).subquery()
