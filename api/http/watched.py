"""Every request gets an id, is measured by its route's template, and leaves one line in the log. Plain ASGI, as `Shield`."""

from __future__ import annotations

import logging
import re
from time import perf_counter
from uuid import uuid4

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.watch.logs import naming
from api.watch.measures import HTTP_SECONDS

log = logging.getLogger(__name__)

HEADER = "X-Request-ID"
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{7,63}")
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
NOWHERE = "unmatched"


def request_id(shown: str) -> str:
    """The id a proxy gave, if it is one, else a new one: what is shown gets into logs."""
    return shown if _ID.fullmatch(shown) else uuid4().hex


def route_of(scope: Scope) -> str:
    """The template of the route, never the address itself: that holds ids and tokens."""
    return str(getattr(scope.get("route"), "path", "") or NOWHERE)


class Watched:
    """Around everything else."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        name = request_id(Headers(scope=scope).get(HEADER, ""))
        status, begun = 500, perf_counter()

        async def send_named(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)[HEADER] = name
            await send(message)

        with naming(request=name):
            try:
                await self._app(scope, receive, send_named)
            finally:
                seconds = perf_counter() - begun
                method = scope["method"] if scope["method"] in METHODS else "other"
                HTTP_SECONDS.labels(method, route_of(scope), str(status)).observe(seconds)
                log.info("request: %s %s %d in %d ms", method, route_of(scope), status, seconds * 1000)
