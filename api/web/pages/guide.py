"""User guides: for everybody, signed in or not, because whoever cannot sign in needs one most."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from api.access.errors import SignInUnfinished
from api.access.permissions import Action, Principal
from api.errors import Unauthorized
from api.http.identity import Lang, public
from api.web.guides import NAMES, load_guide
from api.web.review_keys import review_keys
from api.web.site import page
from api.web.visits import Visit
from storage.errors import NotFound

router = APIRouter(include_in_schema=False)
Public = Annotated[Action, Depends(public)]


def _visitor(request: Request) -> Principal | None:
    try:
        return Visit(Action.SIGNED_IN)(request)
    except (Unauthorized, SignInUnfinished):
        return None


@router.get("/guide")
def guides(request: Request, _: Public, lang: Lang) -> Response:
    """All guides; the visitor's own first."""
    who = _visitor(request)
    own = who.role.value if who else ""
    names = sorted(NAMES, key=lambda name: name != own)
    return page(request, "guides.html", who, guides=[(name, load_guide(lang, name)) for name in names], own=own)


@router.get("/guide/{name}")
def guide(request: Request, _: Public, name: str, lang: Lang) -> Response:
    """One guide; NotFound for a name that is none."""
    if name not in NAMES:
        raise NotFound(what="page", key=name[:50])
    return page(request, "guide.html", _visitor(request), guide=load_guide(lang, name), keys=review_keys(), pictures=lang == "vi")
