"""Error rates of review: per step, person and field, and the batches that were stopped. The facts are rows of `storage`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from api.wiring import Sohoa
from signing.report import VIETNAM
from storage.reach import EVERYTHING, Reach
from storage.review import BatchStop, ErrorStep, Rate


@dataclass(frozen=True, slots=True)
class Figures:
    """Figures of a span of days."""

    since: date
    until: date
    """The last day, included."""
    by_step: tuple[Rate, ...]
    by_person: tuple[Rate, ...]
    by_field: tuple[Rate, ...]
    stops: tuple[BatchStop, ...]


def figures(sohoa: Sohoa, *, reach: Reach = EVERYTHING, since: date | None = None, until: date | None = None) -> Figures:
    """Figures of the days from `since` to `until` in Vietnam, both included; the last 30 days by default."""
    last = until or datetime.now(VIETNAM).date()
    first = since or last - timedelta(days=29)
    span = (_midnight(first), _midnight(last + timedelta(days=1)))
    with sohoa.database.read() as uow:
        rates = uow.review_rounds.rates
        return Figures(
            since=first,
            until=last,
            by_step=rates("step", reach=reach, since=span[0], until=span[1]),
            by_person=rates("person", reach=reach, since=span[0], until=span[1], step=ErrorStep.PERSON),
            by_field=rates("field", reach=reach, since=span[0], until=span[1]),
            stops=uow.review_rounds.stops(span[0], span[1], reach=reach),
        )


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), VIETNAM).astimezone(UTC)
