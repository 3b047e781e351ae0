"""Coming in and going out: start page, sign-in, sign-out, language."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Request
from fastapi.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse, Response

from api.access.browser import LANG_COOKIE, SESSION_COOKIE, safe_path
from api.access.errors import TooManySignIns
from api.access.permissions import Action
from api.access.sign_in import SignIn
from api.errors import Problem, Unauthorized, to_problem
from api.http.identity import Lang, Product, public, same_origin
from api.http.visitor import address_of
from api.web.site import page
from api.web.status_lines import for_people
from api.web.visits import ANYTHING, Post, Posted, Visit, seat_in
from api.wiring import Sohoa
from ingest.errors import CodedError

router = APIRouter(include_in_schema=False)
YEAR_SECONDS = 365 * 24 * 3600
Public = Annotated[Action, Depends(public)]
LINK_WRONG = {
    "vi": "Mã truy cập không đúng hoặc không còn hiệu lực.",
    "en": "The access token is wrong or no longer valid.",
}


def with_session(request: Request, response: Response, secret: str) -> Response:
    """The answer with the cookie of a session; every change of what one may do brings a new one."""
    secure = request.app.state.web_options.secure_cookies or request.url.scheme == "https"
    response.set_cookie(SESSION_COOKIE, secret, httponly=True, samesite="strict", secure=secure, path="/")
    return response


def admit(request: Request) -> None:
    """Count a try to sign in from this network address; raises TooManySignIns."""
    wait = request.app.state.turnstile.wait_s(address_of(request))
    if wait:
        raise TooManySignIns(seconds=wait)


def agent_of(request: Request) -> str:
    """What the browser calls itself."""
    return request.headers.get("user-agent", "")


def form_page(
    request: Request, target: str, lang: str, problem: Problem | None = None, *, link: bool = False, login: str = ""
) -> Response:
    """The sign-in form; with what went wrong."""
    access = request.app.state.sohoa.settings.access
    told = LINK_WRONG[lang] if link and problem else problem.detail if problem else ""
    status = problem.status if problem else 200
    context: dict[str, Any] = {"problem": told, "next": target, "login": login, "local": access.local_accounts, "by_link": link}
    context["provider"] = access.provider if access.provider.issuer else None
    return page(request, "sign_in.html", status=status, **context)


@router.get("/")
def start(request: Request, _: Public, sohoa: Product, lang: Lang, token: str = "") -> Response:
    """The start page; with a token in the address, see `_by_link`."""
    if token:
        return _by_link(request, sohoa, token, lang)
    principal = Visit(Action.SIGNED_IN)(request)
    waiting = for_people(request.app.state.believed.figures(), principal.reach)
    return page(request, "home.html", principal, waiting=waiting)


@router.get("/sign-in")
def sign_in_page(request: Request, _: Public, sohoa: Product, lang: Lang, token: str = "") -> Response:
    """The sign-in form; with a token in the address, see `_by_link`."""
    if token:
        return _by_link(request, sohoa, token, lang)
    return form_page(request, safe_path(request.query_params.get("next", "/")), lang)


def _by_link(request: Request, sohoa: Sohoa, token: str, lang: str) -> Response:
    """Sign in by the link that the start of the program prints: the token opens a session and leaves the address.

    A link on a foreign page cannot sign a visitor in as somebody else: such a token is ignored.
    """
    target = safe_path(request.query_params.get("next", "/"))
    if request.headers.get("sec-fetch-site", "") == "cross-site":
        return RedirectResponse("/sign-in", 303)
    try:
        secret = SignIn(sohoa).with_token(token, agent_of(request))
    except Unauthorized as error:
        return form_page(request, target, lang, to_problem(error, lang), link=True)
    return with_session(request, RedirectResponse(target, 303), secret)


@router.post("/sign-in")
async def sign_in(request: Request, _: Public, sohoa: Product, lang: Lang) -> Response:
    """Sign in with account and password, or with a token; what is wrong shows the form again."""
    same_origin(request)
    async with request.form(max_files=0, max_fields=8) as form:
        texts = {name: str(form.get(name, "")) for name in ("login", "password", "token", "next")}
    target, token = safe_path(texts["next"] or "/"), texts["token"].strip()
    door = SignIn(sohoa)
    try:
        if token:
            secret = await run_in_threadpool(door.with_token, token, agent_of(request))
        else:
            admit(request)
            secret = await run_in_threadpool(door.with_password, texts["login"], texts["password"], agent_of(request))
    except CodedError as error:
        problem = to_problem(error, lang)
        if problem.status >= 500:
            raise
        return form_page(request, target, lang, problem, link=bool(token), login=texts["login"][:100])
    return with_session(request, RedirectResponse(target, 303), secret)


@router.post("/sign-out")
async def sign_out(request: Request, _: Annotated[Posted, Depends(Post(Action.SIGNED_IN, ANYTHING))], sohoa: Product) -> Response:
    """End the session."""
    seat = seat_in(request)
    await run_in_threadpool(SignIn(sohoa).out, seat)
    response: Response = RedirectResponse("/sign-in", 303)
    if seat.session.provider:
        back = f"{request.url.scheme}://{request.url.netloc}/sign-in"
        there = await run_in_threadpool(request.app.state.provider.end_address, back)
        response = page(request, "signed_out.html", address=there) if there else response
    response.delete_cookie(SESSION_COOKIE, path="/", httponly=True, samesite="strict")
    return response


@router.get("/language/{lang}")
def language(request: Request, lang: Literal["vi", "en"], _: Public) -> Response:
    """Keep the language and go back."""
    response = RedirectResponse(safe_path(request.query_params.get("next", "/")), 303)
    response.set_cookie(LANG_COOKIE, lang, max_age=YEAR_SECONDS, samesite="lax", path="/")
    return response
