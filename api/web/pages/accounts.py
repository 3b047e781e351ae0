"""The administrator's pages for accounts: who there is, a new one with its one-time password, roles, locks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Request
from fastapi.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse, Response

from api.access.accounts import AccountDesk
from api.access.permissions import Action, Principal, Role
from api.access.unit_desk import UnitDesk
from api.errors import BadRequest, to_problem
from api.http.identity import Lang, Product
from api.web.site import page
from api.web.visits import Post, Posted, Visit
from api.wiring import Sohoa
from ingest.errors import CodedError

router = APIRouter(include_in_schema=False)
MayKeep = Annotated[Principal, Depends(Visit(Action.ACCOUNT_ADMIN))]
Sent = Annotated[Posted, Depends(Post(Action.ACCOUNT_ADMIN))]
AccountId = Annotated[str, Path(max_length=64)]


def _choices(sohoa: Sohoa, who: Principal) -> dict[str, Any]:
    """What can be chosen for a role: units within reach, and every unit for whoever reaches everything."""
    return {"roles": tuple(Role), "units": UnitDesk.of(sohoa, who).in_force(), "everywhere": not who.reach}


def role_named(value: str) -> Role:
    """The role of a form; raises BadRequest."""
    try:
        return Role(value)
    except ValueError as error:
        raise BadRequest(where="role") from error


def _list(
    request: Request, sohoa: Sohoa, who: Principal, problem: str = "", status: int = 200, form: dict[str, str] | None = None
) -> Response:
    lines = AccountDesk.of(sohoa, who).lines()
    kept = form or {"login": "", "name": ""}
    return page(request, "accounts.html", who, status, lines=lines, problem=problem, form=kept, **_choices(sohoa, who))


def _one(
    request: Request, sohoa: Sohoa, who: Principal, account_id: str, problem: str = "", status: int = 200, password: str = ""
) -> Response:
    context: dict[str, Any] = {
        "line": AccountDesk.of(sohoa, who).line(account_id),
        "own": account_id == who.account,
        "problem": problem,
        "password": password,
        "hours": sohoa.settings.access.one_time_hours,
    }
    return page(request, "account_admin.html", who, status, **context, **_choices(sohoa, who))


@router.get("/accounts")
def accounts(request: Request, principal: MayKeep, sohoa: Product) -> Response:
    """Accounts within reach."""
    return _list(request, sohoa, principal)


@router.post("/accounts")
async def create(request: Request, posted: Sent, sohoa: Product, lang: Lang) -> Response:
    """Make an account; its page shows the one-time password."""
    who = posted.principal
    form = {name: posted.text(name) for name in ("login", "name", "role", "unit", "external")}

    def make() -> tuple[str, str]:
        role = role_named(form["role"])
        external = bool(form["external"])
        account, password = AccountDesk.of(sohoa, who).create(form["login"], form["name"], role, form["unit"], external=external)
        return account.id, password

    try:
        account_id, password = await run_in_threadpool(make)
    except CodedError as error:
        problem = to_problem(error, lang)
        if problem.status >= 500:
            raise
        return await run_in_threadpool(_list, request, sohoa, who, problem.detail, problem.status, form)
    return await run_in_threadpool(_one, request, sohoa, who, account_id, "", 201, password)


@router.get("/accounts/{account_id}")
def one(request: Request, account_id: AccountId, principal: MayKeep, sohoa: Product) -> Response:
    """One account."""
    return _one(request, sohoa, principal, account_id)


async def _act(
    request: Request, sohoa: Sohoa, who: Principal, account_id: str, lang: str, act: Callable[[AccountDesk], str | None]
) -> Response:
    """Do it and show the account again, with a one-time password if that came of it, or with the reason why not."""
    desk = AccountDesk.of(sohoa, who)
    try:
        await run_in_threadpool(desk.line, account_id)
        password = await run_in_threadpool(act, desk)
    except CodedError as error:
        problem = to_problem(error, lang)
        if problem.status in {404, 500, 503}:
            raise
        return await run_in_threadpool(_one, request, sohoa, who, account_id, problem.detail, problem.status)
    if password:
        return await run_in_threadpool(_one, request, sohoa, who, account_id, "", 200, password)
    return RedirectResponse(f"/accounts/{account_id}", 303)


@router.post("/accounts/{account_id}/reset-password")
async def reset_password(request: Request, account_id: AccountId, posted: Sent, sohoa: Product, lang: Lang) -> Response:
    """A new one-time password."""
    return await _act(request, sohoa, posted.principal, account_id, lang, lambda desk: desk.reset_password(account_id))


@router.post("/accounts/{account_id}/reset-second-factor")
async def reset_second_factor(request: Request, account_id: AccountId, posted: Sent, sohoa: Product, lang: Lang) -> Response:
    """Forget a lost second factor."""
    return await _act(request, sohoa, posted.principal, account_id, lang, lambda desk: desk.reset_second_factor(account_id))


@router.post("/accounts/{account_id}/disable")
async def disable(request: Request, account_id: AccountId, posted: Sent, sohoa: Product, lang: Lang) -> Response:
    """Nobody signs in with it any more."""
    return await _act(request, sohoa, posted.principal, account_id, lang, lambda desk: desk.disable(account_id))


@router.post("/accounts/{account_id}/enable")
async def enable(request: Request, account_id: AccountId, posted: Sent, sohoa: Product, lang: Lang) -> Response:
    """It may be used again, with a new one-time password."""
    return await _act(request, sohoa, posted.principal, account_id, lang, lambda desk: desk.enable(account_id))


@router.post("/accounts/{account_id}/unlock")
async def unlock(request: Request, account_id: AccountId, posted: Sent, sohoa: Product, lang: Lang) -> Response:
    """The name rests no more."""
    return await _act(request, sohoa, posted.principal, account_id, lang, lambda desk: desk.unlock(account_id))


@router.post("/accounts/{account_id}/give")
async def give(request: Request, account_id: AccountId, posted: Sent, sohoa: Product, lang: Lang) -> Response:
    """Give a role in a unit."""

    def act(desk: AccountDesk) -> None:
        desk.assign(account_id, role_named(posted.text("role")), posted.text("unit"))

    return await _act(request, sohoa, posted.principal, account_id, lang, act)


@router.post("/accounts/{account_id}/take")
async def take(request: Request, account_id: AccountId, posted: Sent, sohoa: Product, lang: Lang) -> Response:
    """Take a role away."""
    return await _act(
        request, sohoa, posted.principal, account_id, lang, lambda desk: desk.unassign(account_id, posted.text("hat"))
    )
