"""Reports: indicators and figures of a period by unit, as JSON for a monitoring centre (IOC) and as CSV. No personal data.

A token with the one scope `report.read` suffices; its reach is that of whoever made it.
"""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from fastapi.responses import Response

from api.http.downloads import content_disposition
from api.http.identity import Lang, MayReadReports, Product
from api.http.problems import documented
from api.reports.counting import PERIOD_PATTERN, ReportDesk
from api.reports.tables import csv_of
from api.views.reports import BehindView, ReportView
from storage.indicators import Part

router = APIRouter(prefix="/v1/reports", tags=["reports"])

Period = Annotated[
    str, Path(pattern=PERIOD_PATTERN, description="a month or a year, by the day of receipt", examples=["2026-11"])
]  # fmt: skip
Unit = Annotated[str, Query(max_length=50, description="only this unit; empty: all within reach")]
CSV: dict[int | str, dict[str, Any]] = {
    200: {"content": {"text/csv": {"schema": {"type": "string"}}}, "description": "One indicator of one unit a row"}
}


@router.get("/{period}.csv", response_class=Response, responses={**CSV, **documented(404)})
def as_csv(period: Period, sohoa: Product, principal: MayReadReports, lang: Lang, unit: Unit = "") -> Response:
    """The report as CSV."""
    data = csv_of(ReportDesk(sohoa, principal.reach).report(period, unit), lang)
    headers = {"Content-Disposition": content_disposition(f"bao-cao-{period}.csv")}
    return Response(data, media_type="text/csv; charset=utf-8", headers=headers)


@router.get("/{period}/dossiers", responses=documented(404))
def behind(
    period: Period,
    indicator: Annotated[str, Query(max_length=20, examples=["4.2"])],
    sohoa: Product,
    principal: MayReadReports,
    part: Annotated[Part, Query(description="of the numerator, the denominator, or in the latter only")] = Part.MISSING,
    unit: Unit = "",
    limit: Annotated[int, Query(ge=1, le=1000)] = 200,
    offset: Annotated[int, Query(ge=0, le=10_000_000)] = 0,
) -> BehindView:
    """Codes of the dossiers behind a number, the newest first."""
    desk = ReportDesk(sohoa, principal.reach)
    total, codes = desk.behind(period, indicator, part, unit, limit=limit, offset=offset)
    return BehindView(total=total, dossiers=codes)


@router.get("/{period}", responses=documented(404))
def report(period: Period, sohoa: Product, principal: MayReadReports, lang: Lang, unit: Unit = "") -> ReportView:
    """Indicators and figures of a month (`2026-11`) or a year (`2026`), in all and by unit."""
    return ReportView.of(ReportDesk(sohoa, principal.reach).report(period, unit), lang)
