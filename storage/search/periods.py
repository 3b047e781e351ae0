"""Days as words of an index: a day is written down at five levels, and any range is a handful of them, exactly.

2024-05-17 is `d20240517`, `m202405`, `y2024`, `x202` (ten years), `c20` (a hundred). So an index of words answers "from … to …"
without looking at a row.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from datetime import date

FIRST, LAST = date(1800, 1, 1), date(2199, 12, 31)
"""No paper is older and no term ends later; days beyond count as these."""
NEVER = "none"
"""Stands for a day that is not known."""


def marks(day: date | None) -> tuple[str, ...]:
    """What is written down for a day."""
    if day is None:
        return (NEVER,)
    day = min(max(day, FIRST), LAST)
    year = day.year
    return (f"d{day:%Y%m%d}", f"m{day:%Y%m}", f"y{year}", f"x{year // 10}", f"c{year // 100}")


def cover(first: date | None, last: date | None) -> tuple[str, ...]:
    """The fewest marks of which every day from `first` to `last` (both included, None: open) has exactly one."""
    start, end = max(first or FIRST, FIRST), min(last or LAST, LAST)
    return tuple(_years(start, end)) if start <= end else ()


def _years(start: date, end: date) -> Iterator[str]:
    year = start.year
    if start != date(year, 1, 1):
        stop = min(end, date(year, 12, 31))
        yield from _months(start, stop)
        year += 1
    while year <= end.year:
        if year % 100 == 0 and end >= date(year + 99, 12, 31):
            yield f"c{year // 100}"
            year += 100
        elif year % 10 == 0 and end >= date(year + 9, 12, 31):
            yield f"x{year // 10}"
            year += 10
        elif end >= date(year, 12, 31):
            yield f"y{year}"
            year += 1
        else:
            yield from _months(date(year, 1, 1), end)
            return


def _months(start: date, end: date) -> Iterator[str]:
    """Within one year; the whole year is its own mark."""
    year = start.year
    if (start.month, start.day) == (1, 1) and end == date(year, 12, 31):
        yield f"y{year}"
        return
    for month in range(start.month, end.month + 1):
        length = monthrange(year, month)[1]
        first = start.day if month == start.month else 1
        last = end.day if month == end.month else length
        if (first, last) == (1, length):
            yield f"m{year}{month:02}"
        else:
            yield from (f"d{year}{month:02}{day:02}" for day in range(first, last + 1))
