"""The steps that complete a sign-in: the code of the second factor, a new password, setting up a second factor."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends, Request
from fastapi.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse, Response

from api.access.browser import safe_path
from api.access.permissions import Action, Principal
from api.access.seats import Missing
from api.access.sign_in import SignIn
from api.errors import to_problem
from api.http.identity import Lang, Product
from api.web.pages.door import admit, with_session
from api.web.site import page
from api.web.visits import ANYTHING, Post, Posted, Visit, seat_in
from ingest.errors import CodedError

router = APIRouter(include_in_schema=False)
CODE = frozenset({Missing.SECOND_FACTOR})
STEPS = {
    Missing.SECOND_FACTOR: "/sign-in/code",
    Missing.PASSWORD: "/account/password",
    Missing.ENROLMENT: "/account/second-factor",
}


@router.get("/sign-in/continue")
def next_step(
    request: Request,
    _: Annotated[Principal, Depends(Visit(Action.SIGNED_IN, halfway=ANYTHING))],
    next: str = "/",  # noqa: A002 - name of the query field
) -> Response:
    """To the page of the step that is due, or on to where the visitor wanted."""
    missing, target = seat_in(request).missing, safe_path(next)
    if missing is None:
        return RedirectResponse(target, 303)
    return RedirectResponse(f"{STEPS[missing]}?next={quote(target, safe='')}", 303)


@router.get("/sign-in/code")
def code_page(request: Request, _: Annotated[Principal, Depends(Visit(Action.SIGNED_IN, halfway=CODE))]) -> Response:
    """The form for the code."""
    target = safe_path(request.query_params.get("next", "/"))
    if seat_in(request).missing is None:
        return RedirectResponse(target, 303)
    return page(request, "sign_in_code.html", seat_in(request).principal, problem="", next=target)


@router.post("/sign-in/code")
async def code(
    request: Request, posted: Annotated[Posted, Depends(Post(Action.SIGNED_IN, CODE))], sohoa: Product, lang: Lang
) -> Response:
    """Take the code of the app, or a recovery code."""
    target = safe_path(posted.text("next"))
    try:
        admit(request)
        secret = await run_in_threadpool(SignIn(sohoa).with_second_factor, seat_in(request), posted.text("code"))
    except CodedError as error:
        problem = to_problem(error, lang)
        if problem.status >= 500:
            raise
        context = {"problem": problem.detail, "next": target}
        return page(request, "sign_in_code.html", posted.principal, problem.status, **context)
    return with_session(request, RedirectResponse(f"/sign-in/continue?next={quote(target, safe='')}", 303), secret)
