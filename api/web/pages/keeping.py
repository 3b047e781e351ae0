"""The page of retention: what falls due, what is held, and disposals by the word of two people."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse, Response

from api.access.permissions import Action, Principal
from api.errors import BadRequest, to_problem
from api.http.identity import Lang, Product
from api.keeping.disposal import DisposalDesk
from api.views.keeping import DisposalView, HoldView, KeptView
from api.web.site import page
from api.web.visits import Post, Posted, Visit
from api.wiring import Sohoa
from ingest.errors import CodedError
from ocr.fields.types import catalogue
from storage.retention import DisposalState

router = APIRouter(include_in_schema=False)

MayRead = Annotated[Principal, Depends(Visit(Action.KEEPING_READ))]
Asked = Annotated[Posted, Depends(Post(Action.KEEPING_ASK))]
Decided = Annotated[Posted, Depends(Post(Action.KEEPING_DECIDE))]
SPANS = (0, 365, 1825)
"""Days ahead that can be looked at."""


def _page(
    request: Request, sohoa: Sohoa, who: Principal, lang: str, within: int = SPANS[1], problem: str = "", status: int = 200
) -> Response:
    desk = DisposalDesk(sohoa, who.reach)
    asked = [DisposalView.of(*one) for one in desk.disposals()]
    return page(
        request, "keeping.html", who, status, problem=problem, within=within, spans=SPANS,
        due=[KeptView.of(one) for one in desk.due(within)], holds=[HoldView.of(*one) for one in desk.holds()],
        waiting=[one for one in asked if one.state is DisposalState.REQUESTED],
        decided=[one for one in reversed(asked) if one.state is not DisposalState.REQUESTED],
        open_codes={one.record for one in asked if one.state is not DisposalState.REFUSED},
        types={name: kind.name(lang) for name, kind in catalogue().items()},
    )  # fmt: skip


@router.get("/keeping")
def keeping(
    request: Request, principal: MayRead, sohoa: Product, lang: Lang, within: Annotated[int, Query(ge=0, le=36_500)] = SPANS[1]
) -> Response:
    """What falls due within so many days, holds and disposals of the own units."""
    return _page(request, sohoa, principal, lang, within)


async def _act(request: Request, sohoa: Sohoa, posted: Posted, lang: str, act: Callable[[DisposalDesk], object]) -> Response:
    """Do it and show the page again; what was refused is told there."""
    try:
        await run_in_threadpool(act, DisposalDesk(sohoa, posted.principal.reach))
    except CodedError as error:
        problem = to_problem(error, lang)
        if problem.status in {404, 500, 503}:
            raise
        return await run_in_threadpool(
            _page, request, sohoa, posted.principal, lang, problem=problem.detail, status=problem.status
        )
    return RedirectResponse("/keeping", 303)


@router.post("/keeping/ask")
async def ask(request: Request, posted: Asked, sohoa: Product, lang: Lang) -> Response:
    """Ask that a record be disposed of."""
    record, reason, who = posted.text("record")[:200], posted.text("reason"), posted.principal.name
    return await _act(request, sohoa, posted, lang, lambda desk: desk.request(record, reason, actor=who))


@router.post("/keeping/hold")
async def hold(request: Request, posted: Asked, sohoa: Product, lang: Lang) -> Response:
    """Put a record under a legal hold."""
    record, reason, who = posted.text("record")[:200], posted.text("reason"), posted.principal.name
    return await _act(request, sohoa, posted, lang, lambda desk: desk.hold(record, reason, actor=who))


@router.post("/keeping/holds/{hold_id}/lift")
async def lift(request: Request, hold_id: str, posted: Asked, sohoa: Product, lang: Lang) -> Response:
    """End a legal hold."""
    reason, who = posted.text("reason"), posted.principal.name
    return await _act(request, sohoa, posted, lang, lambda desk: desk.lift(hold_id[:64], reason, actor=who))


@router.post("/keeping/disposals/{disposal_id}/decide")
async def decide(request: Request, disposal_id: str, posted: Decided, sohoa: Product, lang: Lang) -> Response:
    """Approve or refuse what another person asked for."""
    how, reason, who = posted.text("how"), posted.text("reason"), posted.principal.name

    def act(desk: DisposalDesk) -> None:
        if how not in {"approve", "refuse"}:
            raise BadRequest(where="how")
        (desk.approve if how == "approve" else desk.refuse)(disposal_id[:64], reason, actor=who)

    return await _act(request, sohoa, posted, lang, act)
