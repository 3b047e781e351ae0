"""`sohoa report`: indicators and figures of a month or a year, on the screen, as JSON or CSV."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from typer.main import get_command

from api.cli import console
from api.cli.exit_codes import ExitCode
from api.cli.language import Lang, language, say
from api.cli.opening import opened
from api.cli.options import Command, application, json_option, lang_option
from api.reports.counting import ReportDesk, this_month
from api.reports.tables import ALL_UNITS, DONE, csv_of
from api.views.reports import ActivityView, ReportView, UnitReportView


def build() -> Any:
    """The command, in the language of this run."""
    app = application(name="report")
    app.command(cls=Command, help=say("Chỉ số và số liệu của một tháng hoặc năm.", "Indicators and figures of a month or year."))(
        run
    )
    return get_command(app)


def run(
    period: Annotated[
        str,
        typer.Argument(help=say("Tháng (2026-11) hoặc năm (2026); trống: tháng này.", "A month or a year; empty: this month.")),
    ] = "",
    unit: Annotated[str, typer.Option("--unit", help=say("Chỉ đơn vị này.", "Only this unit."))] = "",
    out: Annotated[Path | None, typer.Option("--csv", metavar="FILE", help=say("Ghi ra tệp CSV.", "Write a CSV file."))] = None,
    as_document: Annotated[bool, json_option()] = False,
    _lang: Annotated[Lang | None, lang_option()] = None,
) -> int:
    """Print the report."""
    with opened() as sohoa:
        made = ReportDesk(sohoa).report(period or this_month(), unit)
    view = ReportView.of(made, language())
    if out is not None:
        out.write_bytes(csv_of(made, language()))
    if as_document:
        console.document(view.model_dump(mode="json"))
        return ExitCode.OK
    for part in (view.total, *view.units):
        _tell(part)
    return ExitCode.OK


def _tell(part: UnitReportView) -> None:
    console.out(part.unit or ALL_UNITS[language()], style="bold")
    for one in part.indicators:
        share = "–" if one.percent is None else f"{one.percent:.2f} %"
        points = "–" if one.points is None else f"{one.points:.2f}"
        console.out(f"  {one.code:5} {one.name}: {one.numerator}/{one.denominator} = {share}, {points}/{one.points_max:g}")
    for name in ActivityView.model_fields:
        console.out(f"  {DONE[language()][name]}: {getattr(part.activity, name)}")
