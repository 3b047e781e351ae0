"""The page a QR code of a certified copy leads to: still in force, annulled, or unknown. For anybody; no sign-in."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends, Request
from starlette.responses import RedirectResponse, Response

from api.access.permissions import Action
from api.certification.public_check import PATH, PublicAnswer, Standing
from api.http.identity import Lang, public
from api.http.visitor import address_of
from api.rest.certification import Checks
from api.views.certifications import PublicAnswerView
from api.web.site import page
from signing.model import Indication

router = APIRouter(include_in_schema=False)
Public = Annotated[Action, Depends(public)]


@router.get(PATH)
def form(request: Request, _: Public, ma: str = "") -> Response:
    """A form for the code, for whoever cannot read the QR code."""
    if ma.strip():
        return RedirectResponse(f"{PATH}/{quote(ma.strip()[:200], safe='')}", 303)
    return page(request, "public_check.html", answer=None, look="", now=None)


@router.get(PATH + "/{token}")
def check(request: Request, _: Public, token: str, checks: Checks, lang: Lang) -> Response:
    """The answer; a code that leads nowhere is told with status 404 and one constant page."""
    checks.admit(address_of(request))
    answer = checks.look_up(token)
    status = 404 if answer.standing is Standing.NOT_FOUND else 200
    return page(
        request,
        "public_check.html",
        None,
        status,
        answer=PublicAnswerView.of(answer, lang),
        look=_look(answer),
        now=datetime.now(UTC),
    )


def _look(answer: PublicAnswer) -> str:
    """Which colours the headline has: those of a verdict."""
    if answer.standing is not Standing.IN_FORCE:
        return "indeterminate" if answer.standing is Standing.NOT_FOUND else "total-failed"
    return (answer.signatures or Indication.INDETERMINATE).value.lower()
