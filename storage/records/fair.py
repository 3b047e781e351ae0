"""The fair choice of the next step: counter before bulk, then the unit with the least under way, then turns, then age.

Turns: the unit that was served longest ago goes first. Without them, as many large batches as there are workers would keep
every other unit out until they are done. The choice looks at the head of each lane (priority, unit) through one index, so its
cost grows with the number of units, not with the backlog.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from sqlalchemy import Select, Subquery, and_, bindparam, func, literal_column, select

from storage.model import StepKind
from storage.records.tables import lanes, steps
from storage.records.work import Work

_FEW = 4
_TURN = lanes.update().where(lanes.c.rank == bindparam("lane"), lanes.c.unit == bindparam("whose"))


def best(work: Work, kinds: frozenset[StepKind] | None) -> int | None:
    """`seq` of the best free step, locked on PostgreSQL, or None. Steps locked by others are passed over."""
    values: dict[str, Any] = {"now": work.now()}
    if kinds is not None:
        values["kinds"] = sorted(str(kind) for kind in kinds)
    first, others, _ = _statements(some=kinds is not None)
    found = work.connection.execute(first, values).all()
    for lane in found:
        if (seq := _head(work, lane.rank, lane.unit, values)) is not None:
            return seq
    # Nearly always the first will do; the others are asked for only when all its steps are just being taken.
    if len(found) < _FEW:
        return None
    for lane in work.connection.execute(others, values).all():
        if (seq := _head(work, lane.rank, lane.unit, values)) is not None:
            return seq
    return None


def _head(work: Work, rank: int, unit: str, values: dict[str, Any]) -> int | None:
    """The oldest free step of a lane, whose turn it thereby had."""
    lane = {"lane": rank, "whose": unit}
    seq = work.connection.execute(_statements(some="kinds" in values)[2], values | lane).scalar_one_or_none()
    if seq is None:
        return None
    work.connection.execute(_TURN, lane | {"served_at": values["now"]})
    return int(seq)


@cache
def _statements(*, some: bool) -> tuple[Select[Any], Select[Any], Select[Any]]:
    """The first lanes in order, the others, and the oldest free step of one lane. Made once: it costs more than running them."""
    free = [steps.c.due_at <= bindparam("now")]
    if some:
        free.append(steps.c.kind.in_(bindparam("kinds", expanding=True)))
    oldest = (
        select(steps.c.due_at)
        .where(steps.c.rank == lanes.c.rank, steps.c.unit == lanes.c.unit, *free)
        .order_by(steps.c.due_at, steps.c.seq)
        .limit(1)
        .scalar_subquery()
        .correlate(lanes)
    )
    busy = _under_way()
    found = (
        select(lanes.c.rank, lanes.c.unit, lanes.c.served_at, func.coalesce(busy.c.held, 0).label("held"), oldest.label("oldest"))
        .outerjoin(busy, busy.c.unit == lanes.c.unit)
        .subquery()
    )
    in_order = (
        select(found.c.rank, found.c.unit)
        .where(found.c.oldest.is_not(None))
        .order_by(found.c.rank, found.c.held, found.c.served_at.asc().nulls_first(), found.c.oldest, found.c.unit)
    )
    head = (
        select(steps.c.seq)
        .where(steps.c.rank == bindparam("lane"), steps.c.unit == bindparam("whose"), *free)
        .order_by(steps.c.due_at, steps.c.seq)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    return in_order.limit(_FEW), in_order.offset(_FEW), head


def _under_way() -> Subquery:
    # a literal, so that both planners see that the partial index `ix_steps_held` serves
    held = and_(steps.c.state == literal_column("'leased'"), steps.c.due_at > bindparam("now"))
    return select(steps.c.unit, func.count().label("held")).where(held).group_by(steps.c.unit).subquery()
