"""Days as words of an index: a day is written down at five levels, and any range is a handful of them, exactly.

2024-05-17 is `d20240517`, `m202405`, `y2024`, `x202` (ten years), `c20` (a hundred). So an index of words answers "from … to …"
without looking at a row. What an index has to do grows with the words it is asked for, so "until 27 November" is the year but for
four of its words, not ten months and 27 days.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

FIRST, LAST = date(1800, 1, 1), date(2199, 12, 31)
"""No paper is older and no term ends later; days beyond count as these."""
NEVER = "none"
"""Stands for a day that is not known."""
_CENTURIES = 5
_DAY = timedelta(days=1)


def marks(day: date | None) -> tuple[str, ...]:
    """What is written down for a day."""
    if day is None:
        return (NEVER,)
    day = min(max(day, FIRST), LAST)
    year = day.year
    return (f"d{day:%Y%m%d}", f"m{day:%Y%m}", f"y{year}", f"x{year // 10}", f"c{year // 100}")


@dataclass(frozen=True, slots=True)
class Piece:
    """The days that have `mark`, but those of `but`."""

    mark: str
    but: tuple[Piece, ...] = ()

    @property
    def size(self) -> int:
        """Words to ask for."""
        return 1 + sum(piece.size for piece in self.but)


@dataclass(frozen=True, slots=True)
class _Period:
    """A day, month, year, ten or a hundred years; `level` is the place of its mark among `marks`."""

    first: date
    last: date
    level: int

    def parts(self) -> Iterator[_Period]:
        """The periods of the level below, in order."""
        first = self.first
        while first <= self.last:
            last = _end(first, self.level - 1)
            yield _Period(first, last, self.level - 1)
            first = last + _DAY


@lru_cache(maxsize=256)
def cover(first: date | None, last: date | None) -> tuple[Piece, ...]:
    """Every day from `first` to `last` (both included, None: open) is of exactly one of these, in few words."""
    start, end = max(first or FIRST, FIRST), min(last or LAST, LAST)
    return tuple(piece for century in _Period(FIRST, LAST, _CENTURIES).parts() for piece in _split(century, start, end)[0])


def _split(period: _Period, first: date, last: date) -> tuple[list[Piece], list[Piece]]:
    """The days of `period` that lie within, and those that do not."""
    mark = marks(period.first)[period.level]
    if first <= period.first and period.last <= last:
        return [Piece(mark)], []
    if period.last < first or last < period.first:
        return [], [Piece(mark)]
    inside, outside = list[Piece](), list[Piece]()
    for part in period.parts():
        within, without = _split(part, first, last)
        inside += within
        outside += without
    return _fewer(mark, inside, outside), _fewer(mark, outside, inside)


def _fewer(mark: str, wanted: list[Piece], others: list[Piece]) -> list[Piece]:
    """What is wanted of a period as it stands, or as the period without the others if that asks for less."""
    without = Piece(mark, tuple(others))
    return [without] if without.size < sum(piece.size for piece in wanted) else wanted


def _end(day: date, level: int) -> date:
    """The last day of the period of that level in which `day` lies."""
    if level <= 1:
        return day if level == 0 else day.replace(day=monthrange(day.year, day.month)[1])
    years = 10 ** (level - 2)
    return date(day.year // years * years + years - 1, 12, 31)
