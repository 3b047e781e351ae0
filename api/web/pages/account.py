"""My account: password, second factor, where I am signed in, API tokens, which hat I wear."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.concurrency import run_in_threadpool
from markupsafe import Markup
from starlette.responses import RedirectResponse, Response

from api.access import second_factor
from api.access.browser import safe_path
from api.access.own_account import OwnAccount, scopes_for
from api.access.permissions import Action, Principal
from api.access.seats import Missing, second_factor_needed
from api.errors import BadRequest, Problem, to_problem
from api.http.identity import Lang, Product
from api.web.pages.door import with_session
from api.web.site import page
from api.web.visits import Post, Posted, Visit, seat_in
from api.wiring import Sohoa
from ingest.errors import CodedError

router = APIRouter(include_in_schema=False)
NEW_PASSWORD = frozenset({Missing.PASSWORD})
ENROLMENT = frozenset({Missing.ENROLMENT})
Mine = Annotated[Principal, Depends(Visit(Action.SIGNED_IN))]
Sent = Annotated[Posted, Depends(Post(Action.SIGNED_IN))]


def _page(request: Request, sohoa: Sohoa, status: int = 200, **more: Any) -> Response:
    seat = seat_in(request)
    own = OwnAccount(sohoa, seat)
    needed = seat.account is not None and second_factor_needed(seat.account, seat.hats, sohoa.settings.access)
    context: dict[str, Any] = {
        "account": seat.account,
        "session": seat.session,
        "hats": seat.hats,
        "sessions": own.sessions(),
        "tokens": own.tokens(),
        "codes_left": own.codes_left(),
        "needed": needed,
        "scopes": scopes_for(seat.principal.role),
        "longest_days": sohoa.settings.access.token_days,
        "local": not seat.session.provider,
        "problem": "",
        "token": "",
        "codes": (),
        "done": "",
    }
    return page(request, "account.html", seat.principal, status, **(context | more))


def _told(error: CodedError, lang: str) -> Problem:
    """The problem to be shown in the form; a failure of the machine goes on."""
    problem = to_problem(error, lang)
    if problem.status >= 500:
        raise error
    return problem


@router.get("/account")
def account(request: Request, _: Mine, sohoa: Product, done: str = "") -> Response:
    """One's own account."""
    return _page(request, sohoa, done=done if done in {"password", "sessions", "hat", "revoked", "dropped"} else "")


@router.get("/account/password")
def password_page(
    request: Request, principal: Annotated[Principal, Depends(Visit(Action.SIGNED_IN, halfway=NEW_PASSWORD))], sohoa: Product
) -> Response:
    """The form for a new password."""
    return _password_page(request, principal, sohoa, safe_path(request.query_params.get("next", "/account?done=password")))


def _password_page(
    request: Request, principal: Principal, sohoa: Sohoa, target: str, problem: str = "", status: int = 200
) -> Response:
    seat, options = seat_in(request), sohoa.settings.access
    OwnAccount(sohoa, seat)
    context = {"problem": problem, "next": target, "due": seat.missing is not None, "options": options, "account": seat.account}
    return page(request, "account_password.html", principal, status, **context)


@router.post("/account/password")
async def change_password(
    request: Request, posted: Annotated[Posted, Depends(Post(Action.SIGNED_IN, NEW_PASSWORD))], sohoa: Product, lang: Lang
) -> Response:
    """Change one's password."""
    target = safe_path(posted.text("next"))
    old, new, again = (str(posted.form.get(name, "")) for name in ("old", "new", "again"))
    try:
        secret = await run_in_threadpool(OwnAccount(sohoa, seat_in(request)).change_password, old, new, again)
    except CodedError as error:
        problem = _told(error, lang)
        return await run_in_threadpool(_password_page, request, posted.principal, sohoa, target, problem.detail, problem.status)
    return with_session(request, RedirectResponse(target, 303), secret)


@router.get("/account/second-factor")
def second_factor_page(
    request: Request, principal: Annotated[Principal, Depends(Visit(Action.SIGNED_IN, halfway=ENROLMENT))], sohoa: Product
) -> Response:
    """A fresh secret as a QR code, and the form that proves the app has it."""
    shared = OwnAccount(sohoa, seat_in(request)).begin_second_factor()
    return _enrolment_page(request, principal, shared)


def _enrolment_page(request: Request, principal: Principal, shared: str, problem: str = "", status: int = 200) -> Response:
    seat = seat_in(request)
    context = {
        "shared": shared,
        "grouped": second_factor.grouped(shared),
        "picture": Markup(second_factor.picture(shared, seat.principal.name)),  # noqa: S704 - drawn by us, holds no text
        "problem": problem,
        "due": seat.missing is not None,
        "codes": (),
    }
    return page(request, "account_second_factor.html", principal, status, **context)


@router.post("/account/second-factor")
async def enrol(
    request: Request, posted: Annotated[Posted, Depends(Post(Action.SIGNED_IN, ENROLMENT))], sohoa: Product, lang: Lang
) -> Response:
    """Keep the second factor, and show the recovery codes once."""
    shared = posted.text("shared")
    try:
        secret, codes = await run_in_threadpool(OwnAccount(sohoa, seat_in(request)).enrol, shared, posted.text("code"))
    except CodedError as error:
        problem = _told(error, lang)
        if problem.status == 401:
            return _enrolment_page(request, posted.principal, shared, problem.detail, problem.status)
        raise
    # the page is shown under the old cookie: its forms are not used, the link leads on with the new one
    return with_session(request, page(request, "account_codes.html", posted.principal, codes=codes), secret)


@router.post("/account/second-factor/drop")
async def drop(request: Request, posted: Sent, sohoa: Product, lang: Lang) -> Response:
    """Sign in with the password alone from now on."""
    own = OwnAccount(sohoa, seat_in(request))
    try:
        await run_in_threadpool(own.drop_second_factor, str(posted.form.get("password", "")))
    except CodedError as error:
        problem = _told(error, lang)
        return await run_in_threadpool(lambda: _page(request, sohoa, problem.status, problem=problem.detail))
    return RedirectResponse("/account?done=dropped", 303)


@router.post("/account/recovery-codes")
async def recovery_codes(request: Request, posted: Sent, sohoa: Product, lang: Lang) -> Response:
    """Fresh recovery codes, shown once."""
    own = OwnAccount(sohoa, seat_in(request))
    try:
        codes = await run_in_threadpool(own.new_recovery_codes, str(posted.form.get("password", "")))
    except CodedError as error:
        problem = _told(error, lang)
        return await run_in_threadpool(lambda: _page(request, sohoa, problem.status, problem=problem.detail))
    return page(request, "account_codes.html", posted.principal, codes=codes)


@router.post("/account/sessions/end")
async def end_sessions(request: Request, _: Sent, sohoa: Product) -> Response:
    """Sign out everywhere but here."""
    await run_in_threadpool(OwnAccount(sohoa, seat_in(request)).end_other_sessions)
    return RedirectResponse("/account?done=sessions", 303)


@router.post("/account/hat")
async def hat(request: Request, posted: Sent, sohoa: Product) -> Response:
    """Wear another hat."""
    secret = await run_in_threadpool(OwnAccount(sohoa, seat_in(request)).wear, posted.text("hat"))
    return with_session(request, RedirectResponse("/account?done=hat", 303), secret)


@router.post("/account/tokens")
async def issue_token(request: Request, posted: Sent, sohoa: Product, lang: Lang) -> Response:
    """Make an API token and show it once."""
    own = OwnAccount(sohoa, seat_in(request))
    scopes = [value for value in posted.form.getlist("scope") if isinstance(value, str)]
    try:
        days = posted.text("days")
        if not (days.isascii() and days.isdigit() and len(days) < 6):
            raise BadRequest(where="days")
        token = await run_in_threadpool(own.issue_token, posted.text("label"), scopes, int(days))
    except CodedError as error:
        problem = _told(error, lang)
        return await run_in_threadpool(lambda: _page(request, sohoa, problem.status, problem=problem.detail))
    return await run_in_threadpool(lambda: _page(request, sohoa, token=token))


@router.post("/account/tokens/revoke")
async def revoke_token(request: Request, posted: Sent, sohoa: Product) -> Response:
    """A token of one's own is worth nothing any more."""
    await run_in_threadpool(OwnAccount(sohoa, seat_in(request)).revoke_token, posted.text("name"))
    return RedirectResponse("/account?done=revoked", 303)
