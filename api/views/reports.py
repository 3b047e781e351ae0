"""Views of reports: what a provincial monitoring centre (IOC) reads. No personal data."""

from __future__ import annotations

from datetime import datetime
from typing import Literal, Self

from pydantic import Field

from api.reports.counting import Report, UnitReport
from api.views.base import View
from storage.indicators import Activity, Count, Indicators


class IndicatorView(View):
    """One indicator of one unit."""

    code: str = Field(examples=["4.2"])
    name: str
    numerator: int
    denominator: int
    percent: float | None
    """To two decimals; null when there is nothing to count (N/A)."""
    points: float | None
    """To two decimals; null when there is nothing to count (N/A)."""
    points_max: float

    @classmethod
    def of(cls, count: Count, rules: Indicators, lang: str) -> Self:
        """The count with its formula's name and points."""
        rule = rules.named(count.indicator)
        if rule is None:
            raise KeyError(count.indicator)
        percent = round(100 * count.numerator / count.denominator, 2) if count.denominator else None
        return cls(
            code=rule.code, name=rule.name.say(lang), numerator=count.numerator, denominator=count.denominator, percent=percent,
            points=rule.score(count.numerator, count.denominator), points_max=rule.points,
        )  # fmt: skip


class ActivityView(View):
    """What was done."""

    dossiers: int
    """Received in the period."""
    late: int
    late_with_reason: int
    records: int
    """Papers digitised to the end."""
    pages: int
    reuses: int
    """Papers that nobody had to hand in again."""

    @classmethod
    def of(cls, activity: Activity) -> Self:
        """The same."""
        names = cls.model_fields
        return cls(**{name: getattr(activity, name) for name in names})


class UnitReportView(View):
    """One unit; an empty `unit` is all of them together."""

    unit: str
    indicators: tuple[IndicatorView, ...]
    activity: ActivityView

    @classmethod
    def of(cls, part: UnitReport, rules: Indicators, lang: str) -> Self:
        """The unit with its indicators in the order of the rules."""
        shown = tuple(IndicatorView.of(count, rules, lang) for count in part.counts)
        return cls(unit=part.unit, indicators=shown, activity=ActivityView.of(part.activity))


class ReportView(View):
    """The figures of a period."""

    format: Literal["sohoa.report/1"] = "sohoa.report/1"
    period: str = Field(examples=["2026-11"])
    made_at: datetime
    rules_version: str
    rules_verified: bool
    """False: the formulas were not compared with the text of the decision."""
    rules_source: str
    total: UnitReportView
    units: tuple[UnitReportView, ...]

    @classmethod
    def of(cls, report: Report, lang: str = "vi") -> Self:
        """The report without what names persons."""
        rules = report.rules
        return cls(
            period=report.period, made_at=report.made_at, rules_version=rules.version, rules_verified=rules.verified,
            rules_source=rules.source, total=UnitReportView.of(report.total, rules, lang),
            units=tuple(UnitReportView.of(one, rules, lang) for one in report.units),
        )  # fmt: skip


class BehindView(View):
    """Dossiers behind a number."""

    total: int
    dossiers: tuple[str, ...]
