"""`/metrics` for Prometheus: this process's own figures and those of the place. Never personal data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import PlainTextResponse
from fastapi.security import HTTPAuthorizationCredentials

from api.access.permissions import Action, Principal, Role
from api.http.identity import BEARER, Allow, joined
from api.http.problems import documented
from api.watch.metrics import Place, text

router = APIRouter(tags=["health"])

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
LOOPBACK = frozenset({"127.0.0.1", "::1"})
FORWARDED = ("forwarded", "x-forwarded-for", "x-real-ip")


@dataclass(frozen=True)
class Scrape(Allow):
    """As `Allow`; where the settings say so, this machine itself needs no token. A request a proxy passed on never counts."""

    def __call__(
        self, request: Request, credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(BEARER)]
    ) -> Principal:
        """Who asks; raises as `Allow`."""
        here = request.client is not None and request.client.host in LOOPBACK
        straight = not any(name in request.headers for name in FORWARDED)
        if credentials is None and here and straight and joined(request).settings.watch.metrics_loopback:
            return Principal("loopback", Role.ADMIN, scopes=frozenset({self.action}))
        return super().__call__(request, credentials)


@router.get("/metrics", response_class=PlainTextResponse, responses=documented())
def metrics(request: Request, _: Annotated[Principal, Depends(Scrape(Action.METRICS_READ))]) -> Response:
    """Prometheus text format 0.0.4."""
    place: Place = request.app.state.place
    return PlainTextResponse(text(place), headers={"Content-Type": CONTENT_TYPE})
