"""Sends errors as problem documents (RFC 9457), or as a page to a person with a browser. The mapping is `api.errors`."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from uuid import uuid4

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from api.errors import (
    PROBLEM_MEDIA_TYPE,
    BadRange,
    BadRequest,
    Forbidden,
    Internal,
    NoSuchAddress,
    Problem,
    RequestTooLarge,
    Unauthorized,
    WrongMethod,
    to_problem,
)
from api.http.language import language_of
from ingest.errors import CodedError

log = logging.getLogger(__name__)

RETRY_AFTER_S = "30"
"""When whoever was asked to come back may do so (RFC 9110 10.2.3); a full queue or a store that is away takes minutes."""

ErrorPage = Callable[[Request, Problem], Awaitable[Response]]


class ProblemView(BaseModel):
    """A problem document as OpenAPI shows it."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    retryable: bool
    next_step: str
    params: dict[str, str | int | float]


def documented(*statuses: int) -> dict[int | str, dict[str, object]]:
    """The problem answers of a route for OpenAPI; 401, 403 and 422 always, the given ones besides."""
    example = to_problem(Unauthorized()).as_json()
    content: dict[str, object] = {PROBLEM_MEDIA_TYPE: {"schema": ProblemView.model_json_schema(), "example": example}}
    every = sorted({401, 403, 422, 500, 503, *statuses})
    return {status: {"description": f"Problem document, status {status}", "content": content} for status in every}


def answer(problem: Problem) -> Response:
    """The problem as JSON."""
    headers = {"Cache-Control": "no-store"}
    if problem.status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    if problem.retryable and problem.status in {429, 503}:
        headers["Retry-After"] = RETRY_AFTER_S
    if problem.code == BadRange.code:
        headers["Content-Range"] = f"bytes */{problem.params.get('size', '*')}"
    return JSONResponse(problem.as_json(), problem.status, headers, PROBLEM_MEDIA_TYPE)


def as_coded(error: Exception, method: str) -> CodedError:
    """Our error for whatever reached the door; an unforeseen one is logged under a reference and tells nothing else."""
    if isinstance(error, CodedError):
        return error
    if isinstance(error, RequestValidationError):
        first = error.errors()[0] if error.errors() else {"loc": ("body",)}
        return BadRequest(where=".".join(str(part) for part in first["loc"] if part not in {"body", "query", "path"}) or "body")
    if isinstance(error, HTTPException):
        return _from_status(error.status_code, method)
    reference = uuid4().hex[:12]
    log.error("unforeseen error %s", reference, exc_info=error)
    return Internal(reference=reference)


def _from_status(status: int, method: str) -> CodedError:
    known: dict[int, CodedError] = {
        401: Unauthorized(),
        403: Forbidden(action=""),
        404: NoSuchAddress(),
        405: WrongMethod(method=method),
        413: RequestTooLarge(),
    }
    return known.get(status, BadRequest(where="body"))


def install(app: FastAPI, page: ErrorPage) -> None:
    """Make `app` answer every error with a problem document, or with `page` outside /v1 for whoever accepts HTML."""

    async def handle(request: Request, error: Exception) -> Response:
        problem = to_problem(as_coded(error, request.method), language_of(request))
        wants_page = not request.url.path.startswith("/v1") and "text/html" in request.headers.get("accept", "")
        return await page(request, problem) if wants_page else answer(problem)

    for kind in (CodedError, RequestValidationError, HTTPException, Exception):
        app.add_exception_handler(kind, handle)
