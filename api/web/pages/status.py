"""How the place does, in words, for the administrator."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from api.access.permissions import Action, Principal
from api.http.identity import Product
from api.http.language import language_of
from api.jobs import jobs
from api.rest.health import Parts
from api.views.base import ReasonView
from api.watch.figures import Believed
from api.watch.measures import answered
from api.web import status_lines as lines
from api.web.site import page
from api.web.visits import Visit
from ingest.errors import CodedError

router = APIRouter(include_in_schema=False)

MayLook = Annotated[Principal, Depends(Visit(Action.STATUS_READ))]


def told(counts: lines.Counts, lang: str) -> list[tuple[str, str, int]]:
    """With the sentence of each reason; what is particular to one paper is not told here."""
    reasons = ((step, ReasonView.of(code, {}, lang), count) for step, code, count in counts)
    return [(step, reason.message if reason else "", count) for step, reason, count in reasons]


@router.get("/status")
def status(request: Request, principal: MayLook, sohoa: Product) -> Response:
    """Everything on one page; what cannot be told because the database is away is left out, and the page says that it is."""
    parts: Parts = request.app.state.parts
    believed: Believed = request.app.state.believed
    view = parts.view()
    context: dict[str, Any] = {"parts": lines.parts(view, answered()), "figures": None}
    try:
        figures = believed.figures()
    except CodedError:
        return page(request, "status.html", principal, **context)
    lang = language_of(request)
    names = {job.name: job.vi if lang == "vi" else job.en for job in jobs(sohoa.settings)}
    context |= {
        "figures": figures,
        "workers": lines.workers(figures, sohoa.settings.watch.alive_seconds),
        "work": lines.work(figures, principal.reach),
        "failures": told(lines.failures(figures, principal.reach), lang),
        "retried": told(lines.retried(figures, principal.reach), lang),
        "kept": lines.kept(figures),
        "jobs": [(names[row.name], row) for row in figures.jobs if row.name in names],
    }
    return page(request, "status.html", principal, **context)
