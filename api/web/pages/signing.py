"""What waits for the visitor's own signature; signed by the agent on the visitor's machine."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from api.access.permissions import Action, Principal
from api.http.identity import Product
from api.http.shield import CONTENT_SECURITY_POLICY
from api.signatures.desk import SigningDesk
from api.web.site import page
from api.web.visits import Visit

router = APIRouter(include_in_schema=False)

MOST = 500
MaySign = Annotated[Principal, Depends(Visit(Action.SIGN_PERSONAL, Action.SIGN_AGENCY))]


@router.get("/signing")
def to_sign(request: Request, principal: MaySign, sohoa: Product, batch: Annotated[str, Query(max_length=64)] = "") -> Response:
    """The queue, or what of it belongs to one batch; this one page may call the agent's address, and no other."""
    desk, keys = SigningDesk(sohoa), sohoa.settings.keys
    context: dict[str, Any] = {
        "lines": (lines := desk.waiting(principal, MOST, batch_id=batch)),
        "total": len(lines) if batch else desk.count(principal),
        "agent_url": keys.agent_url,
        "most": keys.most_at_once,
        "origin": f"{request.url.scheme}://{request.headers.get('host', '')}",
        "at_desk": sohoa.signatories.any_at_desk,
    }
    shown = page(request, "signing.html", principal, **context)
    shown.headers["Content-Security-Policy"] = f"{CONTENT_SECURITY_POLICY}; connect-src 'self' {keys.agent_url}"
    return shown
