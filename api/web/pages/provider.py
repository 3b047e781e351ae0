"""Signing in with the OpenID provider: out to it, and back."""

from __future__ import annotations

import json
from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import RedirectResponse, Response

from api.access.browser import safe_path
from api.access.errors import ProviderRefused
from api.access.provided import come_in
from api.access.provider import Errand, Provider
from api.errors import to_problem
from api.http.identity import Lang, Product
from api.web.pages.door import Public, agent_of, form_page, with_session
from api.web.site import page
from ingest.errors import CodedError

router = APIRouter(include_in_schema=False)
ERRAND_COOKIE = "sohoa_errand"
ERRAND_SECONDS = 600
BACK = "/sign-in/provider/back"


def provider_of(request: Request) -> Provider:
    """The provider of this application."""
    provider: Provider = request.app.state.provider
    return provider


def back_address(request: Request, path: str = BACK) -> str:
    """Our address as the provider knows it."""
    base = request.app.state.sohoa.settings.access.provider.base_url or f"{request.url.scheme}://{request.url.netloc}"
    return f"{base.rstrip('/')}{path}"


@router.get("/sign-in/provider")
def out(request: Request, _: Public, lang: Lang, next: Annotated[str, Query(max_length=500)] = "/") -> Response:  # noqa: A002 - name of the query field
    """Send the browser to the provider; what has to come back is kept in a cookie that survives the way back."""
    errand = Errand.new(safe_path(next))
    try:
        answer = RedirectResponse(provider_of(request).address(errand, back_address(request)), 303)
    except CodedError as error:
        return form_page(request, errand.target, lang, to_problem(error, lang))
    kept = json.dumps([errand.state, errand.nonce, errand.verifier, errand.target])
    secure = request.app.state.web_options.secure_cookies or request.url.scheme == "https"
    # Lax: the way back begins at the provider's site, where a strict cookie would stay behind
    answer.set_cookie(
        ERRAND_COOKIE, kept.encode().hex(), max_age=ERRAND_SECONDS, httponly=True, samesite="lax", secure=secure, path="/sign-in"
    )
    return answer


@router.get(BACK)
def back(request: Request, _: Public, sohoa: Product, lang: Lang, state: str = "", code: str = "", error: str = "") -> Response:
    """Take in who comes back; a page of our own leads on, because the strict session cookie is not sent along a foreign way."""
    errand = _errand(request.cookies.get(ERRAND_COOKIE, ""))
    try:
        if error or not code:
            raise ProviderRefused(why=error[:40] or "code")
        claims = provider_of(request).claims(errand, back_address(request), state, code)
        secret = come_in(sohoa, claims, agent_of(request))
    except CodedError as failure:
        answer = form_page(request, errand.target, lang, to_problem(failure, lang))
    else:
        answer = with_session(request, page(request, "provider_back.html", target=safe_path(errand.target)), secret)
    answer.delete_cookie(ERRAND_COOKIE, path="/sign-in", httponly=True, samesite="lax")
    return answer


def _errand(kept: str) -> Errand:
    """The errand of the cookie; one that fits nothing when there is none."""
    try:
        state, nonce, verifier, target = json.loads(bytes.fromhex(kept))
        return Errand(str(state), str(nonce), str(verifier), safe_path(str(target)))
    except (ValueError, TypeError, RecursionError):  # whatever somebody wrote into their cookie
        return Errand("", "", "", "/")
