"""Use case: how the service does in a month or a year, by unit: indicators, what was done, who did how much, what was late.

Reads only. A number always leads to the dossiers behind it; names of persons and identifiers are in no figure.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime

from api.errors import ApiError
from api.wiring import Sohoa
from ingest.errors import NextStep
from signing.report import VIETNAM
from storage.errors import NotFound
from storage.indicators import Activity, Count, Hands, Indicator, Indicators, Part, Span, indicators
from storage.reach import Reach, covers

PERIOD = re.compile(r"(?P<year>20[0-9]{2})(?:-(?P<month>0[1-9]|1[0-2]))?")
PERIOD_PATTERN = r"^20[0-9]{2}(-(0[1-9]|1[0-2]))?$"
TREND_MONTHS = 12
TREND_INDICATOR = "4.2"
"""Its course through the months is drawn: components and result digitised."""


class BadPeriod(ApiError):
    """A report is asked for a period that is none."""

    code = "api.bad_period"
    next_step = NextStep.RETRY
    vi = "«{period}» không phải kỳ báo cáo. Ví dụ: 2026-11 (tháng) hoặc 2026 (năm)."
    en = "“{period}” is no period. For example 2026-11 (a month) or 2026 (a year)."


@dataclass(frozen=True, slots=True)
class UnitReport:
    """One unit in the period."""

    unit: str
    """Empty: all units of the report together."""
    counts: tuple[Count, ...]
    activity: Activity


@dataclass(frozen=True, slots=True)
class Report:
    """A whole report."""

    period: str
    span: Span
    made_at: datetime
    rules: Indicators
    units: tuple[UnitReport, ...]
    total: UnitReport
    hands: tuple[Hands, ...]
    trend: tuple[tuple[str, float | None], ...]
    """Percentage of `TREND_INDICATOR` in the months up to the period, oldest first; None for a month without dossiers."""


def span_of(period: str) -> Span:
    """The moments between which a period lies, days as they begin in Vietnam; raises BadPeriod."""
    found = PERIOD.fullmatch(period)
    if found is None:
        raise BadPeriod(period=period[:20])
    year = int(found["year"])
    if found["month"] is None:
        return Span(datetime(year, 1, 1, tzinfo=VIETNAM), datetime(year + 1, 1, 1, tzinfo=VIETNAM))
    month = int(found["month"])
    following = (year + 1, 1) if month == 12 else (year, month + 1)
    return Span(datetime(year, month, 1, tzinfo=VIETNAM), datetime(*following, 1, tzinfo=VIETNAM))


def this_month() -> str:
    """The month it is now in Vietnam."""
    return datetime.now(VIETNAM).strftime("%Y-%m")


def months_to(period: str, count: int = TREND_MONTHS) -> tuple[str, ...]:
    """The months up to and with the last one of the period, oldest first."""
    last = datetime.fromtimestamp(span_of(period).before.timestamp() - 1, VIETNAM)
    number = last.year * 12 + last.month - 1
    return tuple(f"{at // 12:04d}-{at % 12 + 1:02d}" for at in range(number - count + 1, number + 1))


class ReportDesk:
    """Reports. `reach` is whose figures may be seen; empty: every unit's."""

    def __init__(self, sohoa: Sohoa, reach: Reach = "") -> None:
        self._sohoa, self._reach = sohoa, reach
        self.rules = indicators(sohoa.settings.reports.indicators_file)

    def report(self, period: str, unit: str = "") -> Report:
        """The figures of a month (`2026-11`) or a year (`2026`). Raises BadPeriod, NotFound (a unit out of reach)."""
        span, reach, now = span_of(period), self._within(unit), datetime.now(UTC)
        rules = self.rules.indicators
        drawn = self.rules.named(TREND_INDICATOR)
        with self._sohoa.database.read() as uow:
            counts = uow.figures.counts(rules, span, reach)
            activity = {one.unit: one for one in uow.figures.activity(span, now, reach)}
            hands = uow.figures.hands(span, reach)
            months = [(name, uow.figures.counts((drawn,), span_of(name), reach)) for name in months_to(period)] if drawn else []
        names = sorted({one.unit for one in counts} | set(activity))
        units = tuple(
            UnitReport(name, tuple(one for one in counts if one.unit == name), activity.get(name, Activity(name)))
            for name in names
        )
        total = UnitReport("", _together(rules, counts), _sum(tuple(activity.values())))
        return Report(period, span, now, self.rules, units, total, hands, tuple((name, _share(found)) for name, found in months))

    def behind(
        self, period: str, indicator: str, part: Part, unit: str = "", *, limit: int = 50, offset: int = 0
    ) -> tuple[int, tuple[str, ...]]:
        """How many dossiers stand behind a number, and the codes of some. Raises BadPeriod, NotFound."""
        known = self.rules.named(indicator)
        if known is None:
            raise NotFound(what="indicator", key=indicator)
        with self._sohoa.database.read() as uow:
            return uow.figures.behind(known, part, span_of(period), self._within(unit), limit=limit, offset=offset)

    def late(self, period: str, unit: str = "", *, limit: int = 50, offset: int = 0) -> tuple[str, ...]:
        """Codes of dossiers of the period that are or were late. Raises BadPeriod, NotFound."""
        with self._sohoa.database.read() as uow:
            return uow.figures.late(span_of(period), datetime.now(UTC), self._within(unit), limit=limit, offset=offset)

    def _within(self, unit: str) -> Reach:
        if unit and not covers(self._reach, unit):
            raise NotFound(what="unit", key=unit)
        return unit or self._reach


def _together(rules: tuple[Indicator, ...], counts: tuple[Count, ...]) -> tuple[Count, ...]:
    """All units as one. Procedures used in two units count twice: each unit answers for its own."""
    made = []
    for rule in rules:
        mine = [one for one in counts if one.indicator == rule.code]
        made.append(Count("", rule.code, sum(one.numerator for one in mine), sum(one.denominator for one in mine)))
    return tuple(made)


def _sum(parts: tuple[Activity, ...]) -> Activity:
    names = ("dossiers", "late", "late_with_reason", "records", "pages", "reuses")
    return Activity("", **{name: sum(getattr(part, name) for part in parts) for name in names})


def _share(counts: tuple[Count, ...]) -> float | None:
    whole = sum(one.denominator for one in counts)
    return round(100 * sum(one.numerator for one in counts) / whole, 2) if whole else None
