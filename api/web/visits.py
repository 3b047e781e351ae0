"""FastAPI dependencies of the pages: a visitor with the right role; for forms, one that proves to come from our page."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

from fastapi import Request
from fastapi.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile

from api.access.browser import CSRF_FIELD, SESSION_COOKIE, check_csrf
from api.access.permissions import Action, Principal
from api.access.seats import Missing, Seat
from api.http.bodies import uploads_in
from api.http.identity import same_origin, seated

MAX_FILES = 1000


@dataclass(frozen=True, slots=True)
class Posted:
    """A form that was checked, and who sent it."""

    principal: Principal
    form: FormData

    def text(self, name: str) -> str:
        """The value of a text field, trimmed; empty if absent."""
        value = self.form.get(name, "")
        return value.strip() if isinstance(value, str) else ""

    def uploads(self, name: str) -> list[UploadFile]:
        """The files chosen in a file field."""
        return uploads_in(self.form.getlist(name))


@dataclass(frozen=True)
class Visit:
    """The rule of a page that is looked at."""

    action: Action
    other: Action | None = None
    """A second action that suffices."""
    halfway: frozenset[Missing] = frozenset()
    """What may still be missing of the sign-in: only the pages that complete it name something."""

    def __call__(self, request: Request) -> Principal:
        """Who looks; raises Unauthorized, SignInUnfinished, Forbidden."""
        principal = seated(request, self.halfway).principal
        principal.require(self.other if self.other and principal.may(self.other) else self.action)
        return principal


@dataclass(frozen=True)
class Post:
    """The rule of a form that is sent: signed in and allowed before a byte of the body is read, then not forged."""

    action: Action
    halfway: frozenset[Missing] = frozenset()

    async def __call__(self, request: Request) -> AsyncIterator[Posted]:
        """The checked form; raises Unauthorized, SignInUnfinished, Forbidden, ForgedRequest."""
        principal = await run_in_threadpool(Visit(self.action, halfway=self.halfway), request)
        same_origin(request)
        async with request.form(max_files=MAX_FILES, max_fields=MAX_FILES) as form:
            shown = form.get(CSRF_FIELD, "")
            check_csrf(request.cookies[SESSION_COOKIE], shown if isinstance(shown, str) else "")
            yield Posted(principal, form)


ANYTHING = frozenset(Missing)


def seat_in(request: Request) -> Seat:
    """The seat that `Visit` or `Post` found for this request."""
    seat: Seat = request.state.seat
    return seat
