"""Headers that every answer carries, and the refusal of foreign host names. Plain ASGI, so that streams pass unbuffered."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Collection

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.access.browser import host_allowed
from api.errors import ForgedRequest, to_problem
from api.http.bodies import timely
from api.http.language import language_of
from api.http.problems import answer
from api.refusals import ServerStopping

log = logging.getLogger(__name__)

CONTENT_SECURITY_POLICY = "default-src 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'; form-action 'self'"
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cache-Control": "no-store",
}
"""Set unless a route says otherwise. `no-store`: pages hold personal data and must not stay on a shared desk."""


class Shield:
    """Outermost layer of the application."""

    def __init__(self, app: ASGIApp, allowed_hosts: Collection[str]) -> None:
        self._app = app
        self._allowed = allowed_hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass an HTTP request on if its Host header is ours."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        begun = False

        async def send_guarded(message: Message) -> None:
            nonlocal begun
            begun = True
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        if not host_allowed(Headers(scope=scope).get("host", ""), self._allowed):
            await answer(to_problem(ForgedRequest(), language_of(Request(scope))))(scope, receive, send_guarded)
            return
        try:
            await self._app(scope, timely(receive), send_guarded)
        except asyncio.CancelledError:
            # The server stops and waits no longer. What it cancels here it would only write to the log as a defect; a begun
            # answer stays incomplete, which whoever receives it sees.
            log.warning("request given up, the server stops: %s", "in the middle of the answer" if begun else "before an answer")
            if not begun:
                await answer(to_problem(ServerStopping(), language_of(Request(scope))))(scope, receive, send_guarded)
