"""Headers that every answer carries, and the refusal of foreign host names. Plain ASGI, so that streams pass unbuffered."""

from __future__ import annotations

from collections.abc import Collection

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.access.browser import host_allowed
from api.errors import ForgedRequest, to_problem
from api.http.bodies import timely
from api.http.language import language_of
from api.http.problems import answer

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

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        if not host_allowed(Headers(scope=scope).get("host", ""), self._allowed):
            await answer(to_problem(ForgedRequest(), language_of(Request(scope))))(scope, receive, send_guarded)
            return
        await self._app(scope, timely(receive), send_guarded)
