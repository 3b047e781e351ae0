"""Reports for whoever oversees: indicators by unit and month, what was done, what was late, the dossiers behind each number."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from starlette.responses import RedirectResponse, Response

from api.access.permissions import Action, Principal
from api.http.identity import Lang, Product
from api.reports.counting import PERIOD, ReportDesk, this_month
from api.views.reports import ReportView
from api.web.charts import percent_bars
from api.web.site import page
from api.web.visits import Visit
from storage.indicators import Part

router = APIRouter(include_in_schema=False)

PAGE_SIZE = 50
LATE = "late"
"""In place of an indicator: the dossiers that are or were late."""
MayRead = Annotated[Principal, Depends(Visit(Action.REPORT_READ))]


class ReportForm(BaseModel):
    """Which report, or which dossiers of it."""

    model_config = ConfigDict(extra="ignore")

    period: str = Field(default="", max_length=20)
    unit: str = Field(default="", max_length=50)
    indicator: str = Field(default="", max_length=20)
    part: Annotated[Part, BeforeValidator(lambda value: value or Part.MISSING)] = Part.MISSING
    offset: int = Field(default=0, ge=0, le=10_000_000)

    @property
    def when(self) -> str:
        """The period asked for; anything that is none leads to this month."""
        return self.period if PERIOD.fullmatch(self.period) else this_month()


@router.get("/reports")
def report_page(
    request: Request, form: Annotated[ReportForm, Query()], principal: MayRead, sohoa: Product, lang: Lang
) -> Response:
    """One period: total, each unit, charts; each number is a link to the dossiers behind it."""
    desk = ReportDesk(sohoa, principal.reach)
    made = desk.report(form.when, form.unit)
    context: dict[str, Any] = {
        "report": ReportView.of(made, lang),
        "unit": form.unit,
        "hands": made.hands if principal.may(Action.REVIEW_FIGURES) else (),
        "trend": made.trend,
        "trend_chart": percent_bars([(name[5:] + "/" + name[2:4], value) for name, value in made.trend]),
        "chart": percent_bars([(one.code, one.percent) for one in ReportView.of(made, lang).total.indicators]),
        "asked": urlencode({"unit": form.unit}) if form.unit else "",
        "months": [name for name, _ in made.trend][::-1],
    }
    return page(request, "reports.html", principal, **context)


@router.get("/reports/dossiers")
def behind_page(
    request: Request, form: Annotated[ReportForm, Query()], principal: MayRead, sohoa: Product, lang: Lang
) -> Response:
    """The dossiers behind one number; without a number back to the report."""
    desk, rule = ReportDesk(sohoa, principal.reach), None
    if form.indicator == LATE:
        total, codes = None, desk.late(form.when, form.unit, limit=PAGE_SIZE + 1, offset=form.offset)
    elif not form.indicator:
        return RedirectResponse("/reports", 303)
    else:
        total, codes = desk.behind(form.when, form.indicator, form.part, form.unit, limit=PAGE_SIZE + 1, offset=form.offset)
        rule = desk.rules.named(form.indicator)
    asked = {"period": form.when, "unit": form.unit, "indicator": form.indicator}
    context: dict[str, Any] = {
        "title": rule.name.say(lang) if rule else "",
        "form": form,
        "when": form.when,
        "total": total,
        "codes": codes[:PAGE_SIZE],
        "more": len(codes) > PAGE_SIZE,
        "page_size": PAGE_SIZE,
        "parts": list(Part) if rule else [],
        "asked": urlencode(asked),
    }
    return page(request, "report_dossiers.html", principal, **context)
