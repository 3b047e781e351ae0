"""What all pages share: templates with the texts of the visitor's language, static files, the page for an error."""

from __future__ import annotations

from datetime import datetime
from importlib.resources import files
from typing import Any
from urllib.parse import quote, urlencode

from fastapi import FastAPI, Request
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.staticfiles import StaticFiles

from api.access.browser import SESSION_COOKIE, csrf_token
from api.access.errors import SignInUnfinished
from api.access.permissions import Action, Principal
from api.access.privacy_errors import PurposeMissing, PurposeUnknown
from api.access.seats import Seat
from api.errors import Problem, Unauthorized
from api.http.identity import carried
from api.http.language import language_of
from api.web import shapes
from api.web.catalogue import Texts
from api.web.menu import headings, menu

_HERE = files("api.web")

NAVIGATION: tuple[tuple[str, str, Action], ...] = (
    ("dossiers", "/dossiers", Action.DOSSIER_READ),
    ("upload", "/upload", Action.BATCH_SEND),
    ("scan", "/scan", Action.BATCH_SEND),
    ("batches", "/batches", Action.BATCH_READ),
    ("review", "/review", Action.PAPER_REVIEW),
    ("signing", "/signing", Action.SIGN_PERSONAL),
    ("signing", "/signing", Action.SIGN_AGENCY),
    ("attention", "/attention", Action.ATTENTION_READ),
    ("records", "/records", Action.RECORD_SEARCH),
    ("certifications", "/certifications", Action.CERTIFICATION_READ),
    ("release", "/release", Action.CERTIFICATION_RELEASE),
    ("copies", "/copies", Action.COPY_ISSUE),
    ("registers", "/registers", Action.REGISTER_READ),
    ("reports", "/reports", Action.REPORT_READ),
    ("review_figures", "/error-rates", Action.REVIEW_FIGURES),
    ("verify", "/verify", Action.VERIFY),
    ("audits", "/audits", Action.AUDIT_RUN),
    ("ledger", "/ledger", Action.LEDGER_READ),
    ("access", "/access", Action.LEDGER_READ),
    ("keeping", "/keeping", Action.KEEPING_READ),
    ("status", "/status", Action.STATUS_READ),
    ("accounts", "/accounts", Action.ACCOUNT_ADMIN),
    ("units", "/units", Action.UNIT_ADMIN),
)

TEMPLATES = Environment(
    loader=FileSystemLoader(str(_HERE / "templates")),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
TEMPLATES.filters["size"] = shapes.size
TEMPLATES.filters["sure_percent"] = shapes.sure_percent


def page(
    request: Request, template: str, principal: Principal | None = None, status: int = 200, **context: object
) -> HTMLResponse:
    """A rendered page in the visitor's language."""
    lang = language_of(request)
    secret = request.cookies.get(SESSION_COOKIE, "") if principal else ""

    def day(value: object) -> str:
        return shapes.day(value, lang)  # type: ignore[arg-type]

    def moment(value: datetime | None) -> str:
        return shapes.moment(value, lang)

    def written(value: str) -> str:
        return shapes.written(value, lang)

    texts = Texts(lang)
    seat: Seat | None = getattr(request.state, "seat", None) if principal else None
    shown = principal if seat is None or seat.missing is None else None
    absent = frozenset() if request.app.state.scan_runs.offered else frozenset({"scan"})
    pages = [(name, address) for name, address, action in NAVIGATION if shown and shown.may(action) and name not in absent]
    html = TEMPLATES.get_template(template).render(
        t=texts,
        label=texts.label,
        lang=lang,
        day=day,
        moment=moment,
        written=written,
        principal=principal,
        seat=seat,
        csrf=csrf_token(secret) if secret else "",
        menu=menu(pages),
        headings=headings(pages),
        demo=not request.app.state.sohoa.signatories.real_keys,
        here=request.url.path,
        here_again=here_again(request),
        purpose_carried=carried(request) if principal else "",
        **context,
    )
    return HTMLResponse(html, status, {"Content-Language": lang, "Vary": "Cookie"})


def here_again(request: Request) -> str:
    """This address, for coming back to it; a token never stays in it, and a form's answer leads to the form."""
    kept = [(key, value) for key, value in request.query_params.multi_items() if key not in {"token", "lang"}]
    return request.url.path + (f"?{urlencode(kept)}" if kept else "")


def _without_purpose(request: Request) -> str:
    kept = [(key, value) for key, value in request.query_params.multi_items() if key not in {"token", "lang", "purpose"}]
    return request.url.path + (f"?{urlencode(kept)}" if kept else "")


async def error_page(request: Request, problem: Problem) -> Response:
    """The page for an error; whoever is not signed in, or named no purpose, is led to the page that asks."""
    if problem.code == SignInUnfinished.code:
        return RedirectResponse(
            f"/sign-in/continue?next={quote(here_again(request) if request.method == 'GET' else '/', safe='')}", 303
        )
    if problem.code == Unauthorized.code and request.method == "GET":
        return RedirectResponse(f"/sign-in?next={quote(here_again(request), safe='')}", 303)
    if problem.code in {PurposeMissing.code, PurposeUnknown.code} and request.method == "GET":
        return RedirectResponse(f"/purpose?next={quote(_without_purpose(request), safe='')}", 303)
    return page(request, "error.html", None, problem.status, problem=problem)


def mount_static(app: FastAPI) -> None:
    """Serve the pages' own style and scripts."""
    app.mount("/static", _Static(directory=str(_HERE / "static")), name="static")


class _Static(StaticFiles):
    """Style and scripts hold no personal data: a browser may keep them, and asks each time whether they changed."""

    def file_response(self, *args: Any, **more: Any) -> Response:
        """The file, or 304 when the browser has it."""
        response = super().file_response(*args, **more)
        response.headers["Cache-Control"] = "no-cache"
        return response
