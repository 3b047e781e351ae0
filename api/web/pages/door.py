"""Coming in and going out: start page, sign-in, sign-out, language."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Request
from fastapi.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse, Response

from api.access.browser import LANG_COOKIE, SESSION_COOKIE, safe_path
from api.access.permissions import Action
from api.access.tokens import principal_of
from api.errors import Unauthorized
from api.http.identity import Product, public, same_origin
from api.web.site import page
from api.web.visits import Post, Posted, Visit
from api.wiring import Sohoa

router = APIRouter(include_in_schema=False)
YEAR_SECONDS = 365 * 24 * 3600
Public = Annotated[Action, Depends(public)]


def _with_session(request: Request, response: Response, secret: str) -> Response:
    secure = request.app.state.web_options.secure_cookies or request.url.scheme == "https"
    response.set_cookie(SESSION_COOKIE, secret, httponly=True, samesite="strict", secure=secure, path="/")
    return response


@router.get("/")
def start(request: Request, _: Public, sohoa: Product, token: str = "") -> Response:
    """The start page; with a token in the address, see `_by_link`."""
    if token:
        return _by_link(request, sohoa, token)
    principal = Visit(Action.SIGNED_IN)(request)
    return page(request, "home.html", principal)


@router.get("/sign-in")
def sign_in_page(request: Request, _: Public, sohoa: Product, token: str = "") -> Response:
    """The sign-in form; with a token in the address, see `_by_link`."""
    if token:
        return _by_link(request, sohoa, token)
    return page(request, "sign_in.html", wrong=False, next=safe_path(request.query_params.get("next", "/")))


def _by_link(request: Request, sohoa: Sohoa, secret: str) -> Response:
    """Sign in by the link that the start of the program prints: the token moves out of the address into the cookie.

    A link on a foreign page cannot sign a visitor in as somebody else: such a token is ignored.
    """
    target = safe_path(request.query_params.get("next", "/"))
    if request.headers.get("sec-fetch-site", "") == "cross-site":
        return RedirectResponse("/sign-in", 303)
    try:
        principal_of(sohoa.database, secret)
    except Unauthorized:
        return page(request, "sign_in.html", status=401, wrong=True, next=target)
    return _with_session(request, RedirectResponse(target, 303), secret)


@router.post("/sign-in")
async def sign_in(request: Request, _: Public, sohoa: Product) -> Response:
    """Sign in with a token; a wrong one shows the form again."""
    same_origin(request)
    async with request.form(max_files=0, max_fields=5) as form:
        secret, target = str(form.get("token", "")).strip(), safe_path(str(form.get("next", "/")))
    try:
        await run_in_threadpool(principal_of, sohoa.database, secret)
    except Unauthorized:
        return page(request, "sign_in.html", status=401, wrong=True, next=target)
    return _with_session(request, RedirectResponse(target, 303), secret)


@router.post("/sign-out")
async def sign_out(_: Annotated[Posted, Depends(Post(Action.SIGNED_IN))]) -> Response:
    """Forget the session."""
    response = RedirectResponse("/sign-in", 303)
    response.delete_cookie(SESSION_COOKIE, path="/", httponly=True, samesite="strict")
    return response


@router.get("/language/{lang}")
def language(request: Request, lang: Literal["vi", "en"], _: Public) -> Response:
    """Keep the language and go back."""
    response = RedirectResponse(safe_path(request.query_params.get("next", "/")), 303)
    response.set_cookie(LANG_COOKIE, lang, max_age=YEAR_SECONDS, samesite="lax", path="/")
    return response
