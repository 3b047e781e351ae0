"""The agent's door: HTTP on this machine only, for the pages it was started for.

Any page a person visits can send requests to a local port, so: the exact origin must be allowed (a request without one is
refused), the Host header must name this machine (against DNS rebinding), a body must be JSON (so that a browser asks first),
and a preflight is answered for allowed origins alone (CORS; Private Network Access).
"""

from __future__ import annotations

import logging
from base64 import b64encode
from hashlib import sha256

from cryptography import x509
from pydantic import Base64Bytes, BaseModel, ConfigDict, Field, ValidationError
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.agent.desk import Asked, Desk
from api.agent.errors import OriginRefused
from api.errors import PROBLEM_MEDIA_TYPE, BadRequest, RequestTooLarge, to_problem
from ingest.errors import CodedError

log = logging.getLogger(__name__)

MOST_BYTES = 2 * 1024**2
MOST_DOCUMENTS = 1000
METHODS = "GET, POST"
PREFLIGHT_SECONDS = "600"


class Document(BaseModel):
    """One document to sign."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(max_length=1000)
    attributes: Base64Bytes


class SignBody(BaseModel):
    """Documents to sign with one certificate."""

    model_config = ConfigDict(extra="forbid")

    certificate_sha256: str = Field(pattern="^[0-9a-fA-F]{64}$")
    documents: tuple[Document, ...] = Field(min_length=1, max_length=MOST_DOCUMENTS)


def create_agent(desk: Desk, origins: frozenset[str], port: int) -> ASGIApp:
    """The agent's application; it answers pages of `origins` only, under its own address only."""

    async def certificates(_: Request) -> Response:
        return JSONResponse({"certificates": [_certificate(desk)]})

    async def sign(request: Request) -> Response:
        try:
            body = await _body(request)
            asked = [Asked(one.name, one.attributes) for one in body.documents]
            origin = request.headers["origin"]
            signatures = await run_in_threadpool(desk.sign, origin, body.certificate_sha256, asked)
        except CodedError as error:
            return _refusal(error, request.headers.get("accept-language", ""))
        return JSONResponse({"signatures": [b64encode(one).decode("ascii") for one in signatures]})

    routes = [Route("/v1/certificates", certificates, methods=["GET"]), Route("/v1/sign", sign, methods=["POST"])]
    return Guard(Starlette(routes=routes), origins, port)


class Guard:
    """Outermost layer: nothing behind it sees a request from elsewhere."""

    def __init__(self, app: ASGIApp, origins: frozenset[str], port: int) -> None:
        self._app, self._origins = app, origins
        self._hosts = frozenset({f"127.0.0.1:{port}", f"localhost:{port}"})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or answer it here."""
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        origin = _single(headers, "origin")
        if _single(headers, "host") not in self._hosts or origin not in self._origins:
            await _refusal(OriginRefused(), headers.get("accept-language", ""))(scope, receive, send)
            return

        async def send_for(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(
                    {
                        "Access-Control-Allow-Origin": origin,
                        "Vary": "Origin",
                        "Cache-Control": "no-store",
                        "X-Content-Type-Options": "nosniff",
                        "Cross-Origin-Resource-Policy": "cross-origin",
                    }
                )
            await send(message)

        if scope["method"] == "OPTIONS":
            await _preflight(headers)(scope, receive, send_for)
            return
        await self._app(scope, receive, send_for)


def _single(headers: Headers, name: str) -> str:
    values = headers.getlist(name)
    return values[0] if len(values) == 1 else ""


def _preflight(headers: Headers) -> Response:
    allowed = {
        "Access-Control-Allow-Methods": METHODS,
        "Access-Control-Allow-Headers": "content-type",
        "Access-Control-Max-Age": PREFLIGHT_SECONDS,
    }
    if headers.get("access-control-request-private-network", "") == "true":
        allowed["Access-Control-Allow-Private-Network"] = "true"
    return Response(status_code=204, headers=allowed)


async def _body(request: Request) -> SignBody:
    if request.headers.get("content-type", "").split(";")[0].strip().lower() != "application/json":
        raise BadRequest(where="content-type")
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > MOST_BYTES:
            raise RequestTooLarge
    try:
        return SignBody.model_validate_json(bytes(body))
    except ValidationError as error:
        raise BadRequest(where=".".join(map(str, error.errors()[0]["loc"])) or "body") from error


def _certificate(desk: Desk) -> dict[str, object]:
    parsed = x509.load_der_x509_certificate(desk.key.certificate)
    return {
        "name": desk.key.name,
        "sha256": sha256(desk.key.certificate).hexdigest(),
        "certificate": b64encode(desk.key.certificate).decode("ascii"),
        "chain": [b64encode(one).decode("ascii") for one in desk.key.chain],
        "digest": desk.key.digest,
        "valid_until": parsed.not_valid_after_utc.isoformat(),
    }


def _refusal(error: CodedError, accepted: str) -> Response:
    language = "en" if accepted.lower().startswith("en") else "vi"
    problem = to_problem(error, language)
    return JSONResponse(problem.as_json(), problem.status, {"Cache-Control": "no-store"}, PROBLEM_MEDIA_TYPE)
