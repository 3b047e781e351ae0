"""The administrator's page for the table of units."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse, Response

from api.access.permissions import Action, Principal
from api.access.unit_desk import UnitDesk
from api.errors import BadRequest, to_problem
from api.http.identity import Lang, Product
from api.web.site import page
from api.web.visits import Post, Posted, Visit
from api.wiring import Sohoa
from ingest.errors import CodedError
from storage.people import OrgUnit, UnitKind
from storage.registers import today_in_vietnam

router = APIRouter(include_in_schema=False)
MayKeep = Annotated[Principal, Depends(Visit(Action.UNIT_ADMIN))]
Sent = Annotated[Posted, Depends(Post(Action.UNIT_ADMIN))]


def _page(request: Request, sohoa: Sohoa, who: Principal, problem: str = "", status: int = 200) -> Response:
    versions = UnitDesk.of(sohoa, who).versions()
    today = today_in_vietnam(datetime.now(UTC)).isoformat()
    return page(request, "units.html", who, status, versions=versions, kinds=tuple(UnitKind), today=today, problem=problem)


async def _act(request: Request, sohoa: Sohoa, who: Principal, lang: str, act: Callable[[UnitDesk], None]) -> Response:
    try:
        await run_in_threadpool(act, UnitDesk.of(sohoa, who))
    except CodedError as error:
        problem = to_problem(error, lang)
        if problem.status >= 500:
            raise
        return await run_in_threadpool(_page, request, sohoa, who, problem.detail, problem.status)
    return RedirectResponse("/units", 303)


def _day(posted: Posted, name: str) -> date:
    try:
        return date.fromisoformat(posted.text(name))
    except ValueError as error:
        raise BadRequest(where=name) from error


@router.get("/units")
def units(request: Request, principal: MayKeep, sohoa: Product) -> Response:
    """The table of units through time."""
    return _page(request, sohoa, principal)


@router.post("/units")
async def add(request: Request, posted: Sent, sohoa: Product, lang: Lang) -> Response:
    """A new unit."""

    def act(desk: UnitDesk) -> None:
        if posted.text("kind") not in set(UnitKind):
            raise BadRequest(where="kind")
        name = " ".join(posted.text("name").split())
        since = _day(posted, "valid_from")
        desk.add(OrgUnit(posted.text("code"), name, UnitKind(posted.text("kind")), posted.text("parent"), since))

    return await _act(request, sohoa, posted.principal, lang, act)


@router.post("/units/change")
async def change(request: Request, posted: Sent, sohoa: Product, lang: Lang) -> Response:
    """Another name, or another unit above, from a day on."""

    def act(desk: UnitDesk) -> None:
        desk.change(posted.text("code"), posted.text("name"), posted.text("parent"), _day(posted, "valid_from"))

    return await _act(request, sohoa, posted.principal, lang, act)


@router.post("/units/close")
async def close(request: Request, posted: Sent, sohoa: Product, lang: Lang) -> Response:
    """The unit ends."""

    def act(desk: UnitDesk) -> None:
        desk.close(posted.text("code"), _day(posted, "valid_to"), posted.text("successor"))

    return await _act(request, sohoa, posted.principal, lang, act)
