"""What one looks at personal data for: asked once, carried through the session, written down with every look."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import RedirectResponse, Response

from api.access.browser import SESSION_COOKIE, safe_path
from api.access.permissions import Action, Principal
from api.access.privacy import note_access
from api.access.privacy_errors import PurposeUnknown
from api.access.purposes import PURPOSE_COOKIE, accepted, purposes, sealed
from api.http.identity import Lang, Product, carried
from api.web.site import page
from api.web.visits import Post, Posted, Visit
from api.wiring import Sohoa

router = APIRouter(include_in_schema=False)

MayName = Annotated[Principal, Depends(Visit(Action.RECORD_SEARCH))]
Named = Annotated[Posted, Depends(Post(Action.RECORD_SEARCH))]


@router.get("/purpose")
def purpose_page(request: Request, principal: MayName, sohoa: Product, lang: Lang, next: str = "/records") -> Response:  # noqa: A002
    """The question: which dossier, or which of the purposes."""
    return _asked(request, principal, sohoa, lang, {"next": safe_path(next), "told": carried(request), "problem": ""})


def _asked(
    request: Request, principal: Principal, sohoa: Sohoa, lang: str, context: dict[str, str], status: int = 200
) -> Response:  # fmt: skip
    kinds = [(kind.code, kind.name.say(lang)) for kind in purposes(sohoa.settings.privacy.purposes_file).purposes]
    chosen = context["told"] if context["told"] in dict(kinds) else ""
    dossier = "" if chosen else context["told"]
    return page(request, "purpose.html", principal, status, kinds=kinds, chosen=chosen, dossier=dossier, **context)


@router.post("/purpose")
async def say(request: Request, posted: Named, sohoa: Product, lang: Lang) -> Response:
    """Carry the purpose through this session; an empty one is forgotten."""
    target, told = safe_path(posted.text("next")), posted.text("dossier") or posted.text("purpose")
    known = accepted(told, sohoa.settings.privacy.purposes_file)
    if told and not known:
        context = {"next": target, "told": told[:100], "problem": PurposeUnknown(purpose=told[:60]).message(lang)}
        return _asked(request, posted.principal, sohoa, lang, context, 422)
    response = RedirectResponse(target, 303)
    if not known:
        response.delete_cookie(PURPOSE_COOKIE, path="/", httponly=True, samesite="strict")
        return response
    note_access(sohoa, "purpose.named", "search", posted.principal, known)
    secure = request.app.state.web_options.secure_cookies or request.url.scheme == "https"
    value = sealed(known, request.cookies[SESSION_COOKIE])
    response.set_cookie(PURPOSE_COOKIE, value, httponly=True, samesite="strict", secure=secure, path="/")
    return response
