"""The review pages: the worklist, one paper beside its fields (hardest first), and the error rates."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, RedirectResponse, Response

from api.access.permissions import Action, Principal
from api.http.identity import Lang, Product
from api.http.lookups import MaybeDate, paper_for
from api.http.worklists import WorklistForm
from api.refusals import NotWaiting
from api.review.desk import ReviewDesk
from api.review.figures import figures
from api.review.leases import LeaseDesk, held
from api.review.refusals import HeldByOther
from api.review.worklist import WorklistDesk
from api.units import paper_at_work
from api.views.review import WaitingView
from api.web.review_forms import FIELD_PREFIX, places_in, version_in
from api.web.review_keys import review_keys
from api.web.review_shapes import paper_shown
from api.web.site import page
from api.web.visits import Post, Posted, Visit
from api.wiring import Sohoa
from ocr.fields.types import catalogue
from storage.model import Paper, PaperState
from storage.reach import Reach, codes_in
from storage.review import Lease

router = APIRouter(include_in_schema=False)

PAGE_SIZE = 50
MayReview = Annotated[Principal, Depends(Visit(Action.PAPER_REVIEW))]
MaySeeFigures = Annotated[Principal, Depends(Visit(Action.REVIEW_FIGURES))]
Reviewed = Annotated[Posted, Depends(Post(Action.PAPER_REVIEW))]
Asked = Annotated[WorklistForm, Query()]


@router.get("/review")
def waiting(
    request: Request, principal: MayReview, sohoa: Product, lang: Lang, form: Asked,
    offset: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
) -> Response:  # fmt: skip
    """Papers that wait for a person."""
    desk = WorklistDesk(sohoa, principal.name, principal.reach)
    found, total = desk.find(form.query(), PAGE_SIZE, offset)
    context: dict[str, Any] = {
        "lines": [WaitingView.of(one, lang) for one in found],
        "total": total,
        "types": {code: kind.name(lang) for code, kind in catalogue().items()},
        "form": form,
        "choices": desk.choices(),
        "all_units": len(codes_in(principal.reach)) != 1,
        "offset": offset,
        "step": PAGE_SIZE,
    }
    return page(request, "reviews.html", principal, **context)


@router.get("/review/next")
def following(principal: MayReview, sohoa: Product, form: Asked, after: Annotated[str, Query(max_length=64)] = "") -> Response:
    """Take the next free paper and go there."""
    lease = WorklistDesk(sohoa, principal.name, principal.reach).take_next(form.query(), after=after)
    return RedirectResponse(f"/review/{lease.paper_id}{form.trail}" if lease else f"/review{form.trail}", 303)


@router.get("/error-rates")
def error_rates(
    request: Request, principal: MaySeeFigures, sohoa: Product, lang: Lang, since: MaybeDate = None, until: MaybeDate = None
) -> Response:
    """Error rates by step, person and field, and the batches that were stopped."""
    found = figures(sohoa, reach=principal.reach, since=since, until=until)
    labels = {spec.name: spec.label(lang) for kind in catalogue().values() for spec in kind.fields}
    return page(request, "review_figures.html", principal, figures=found, labels=labels, sampling=sohoa.settings.sampling)


@router.get("/review/{paper_id}")
def review_page(
    request: Request, paper_id: str, principal: MayReview, sohoa: Product, lang: Lang, form: Asked,
    ahead: bool = False, instead_of: Annotated[str, Query(max_length=64)] = "",
) -> Response:  # fmt: skip
    """One paper to confirm, taken by opening it; `ahead` only looks. That it was looked at is recorded."""
    lease = None if ahead else _taken(sohoa, paper_id, principal)
    if isinstance(lease, HeldByOther):
        instead = WorklistDesk(sohoa, principal.name, principal.reach).take_next(form.query(), after=paper_id)
        if instead is None:
            return page(request, "review_held.html", principal, paper_id=paper_id, why=lease.message(lang), trail=form.trail)
        more = "&" if form.trail else "?"
        return RedirectResponse(f"/review/{instead.paper_id}{form.trail}{more}instead_of={paper_id}", 303)
    paper = paper_for(sohoa, paper_id, principal, "", ahead=ahead)
    context = _context(sohoa, principal, paper, form, lang) | {
        "lease": lease,
        "shut": lease is None and not ahead,
        "instead_of": instead_of,
        "held_by": _holder(sohoa, instead_of, principal.reach) if instead_of else "",
    }
    return page(request, "review_desk.html" if ahead else "review.html", principal, **context)


@router.post("/review/{paper_id}")
async def finish(request: Request, paper_id: str, posted: Reviewed, sohoa: Product, form: Asked) -> Response:
    """Keep the decisions and go on with the next paper that waits."""
    values = {name.removeprefix(FIELD_PREFIX): posted.text(name) for name in posted.form if name.startswith(FIELD_PREFIX)}
    desk, who = ReviewDesk(sohoa, posted.principal.reach), posted.principal.name
    places = places_in(posted)
    paper = await run_in_threadpool(
        desk.finish, paper_id, values, version=version_in(posted), actor=who, places=places
    )  # fmt: skip
    if paper.state is PaperState.REVIEW and await run_in_threadpool(_typed_blindly, sohoa, paper):
        again = f"/review/{paper_id}{form.trail}"
        return JSONResponse({"next": again, "id": "", "lease": ""}) if _by_script(request) else RedirectResponse(again, 303)
    return await _onward(request, sohoa, posted, form, paper_id)


@router.get("/review/{paper_id}/held")
def held_page(request: Request, paper_id: str, principal: MayReview, sohoa: Product, lang: Lang, form: Asked) -> Response:
    """Who holds the paper, and the form for taking it over."""
    with sohoa.database.read() as uow:
        paper_at_work(uow, paper_id, principal.reach)
        lease = uow.review_leases.live([paper_id]).get(paper_id)
    if lease is None or lease.holder == principal.name:
        return RedirectResponse(f"/review/{paper_id}{form.trail}", 303)
    context: dict[str, Any] = {"paper_id": paper_id, "why": held(lease).message(lang), "trail": form.trail}
    return page(request, "review_held.html", principal, **context)


@router.post("/review/{paper_id}/send-back")
async def send_back(request: Request, paper_id: str, posted: Reviewed, sohoa: Product, form: Asked) -> Response:
    """Give the paper up with a reason and go on with the next one that waits."""
    desk, reason = ReviewDesk(sohoa, posted.principal.reach), posted.text("reason")[:500]
    await run_in_threadpool(desk.send_back, paper_id, reason=reason, version=version_in(posted), actor=posted.principal.name)
    return await _onward(request, sohoa, posted, form, paper_id)


@router.post("/review/{paper_id}/take-over")
async def take_over(paper_id: str, posted: Reviewed, sohoa: Product, form: Asked) -> Response:
    """Take the paper over from whoever holds it, with a note."""
    desk, reason = LeaseDesk(sohoa, posted.principal.reach), posted.text("reason")[:500]
    await run_in_threadpool(desk.take_over, paper_id, posted.principal.name, reason)
    return RedirectResponse(f"/review/{paper_id}{form.trail}", 303)


@router.post("/review/{paper_id}/type")
async def retype(paper_id: str, posted: Reviewed, sohoa: Product, form: Asked) -> Response:
    """Correct the paper type; the page waits until the fields have been extracted anew."""
    desk, chosen = ReviewDesk(sohoa, posted.principal.reach), posted.text("paper_type")
    await run_in_threadpool(desk.retype, paper_id, chosen, version=version_in(posted), actor=posted.principal.name)
    return RedirectResponse(f"/review/{paper_id}{form.trail}", 303)


def _context(sohoa: Sohoa, principal: Principal, paper: Paper, form: WorklistForm, lang: str) -> dict[str, Any]:
    beside = WorklistDesk(sohoa, principal.name, principal.reach).beside(form.query(), paper.id)
    return {
        "shown": paper_shown(sohoa, paper, lang),
        "beside": beside,
        "trail": form.trail,
        "keys": review_keys(),
        "beat_seconds": max(1, sohoa.settings.desk.lease_seconds // 3),
        "types": sorted((kind.name(lang), code) for code, kind in catalogue().items()),
        "waits": paper.state is PaperState.WORKING,
    }


def _taken(sohoa: Sohoa, paper_id: str, principal: Principal) -> Lease | HeldByOther | None:
    """The lease, or who has it; None for a paper that does not wait: it is only shown. Raises SecondPersonNeeded, NotFound."""
    with sohoa.database.read() as uow:
        paper = paper_at_work(uow, paper_id, principal.reach)
    if paper.state is not PaperState.REVIEW:
        return None
    try:
        return LeaseDesk(sohoa, principal.reach).take(paper_id, principal.name)
    except NotWaiting:
        return None
    except HeldByOther as why:
        return why


def _holder(sohoa: Sohoa, paper_id: str, reach: Reach) -> str:
    with sohoa.database.read() as uow:
        paper_at_work(uow, paper_id, reach)
        lease = uow.review_leases.live([paper_id]).get(paper_id)
    return lease.holder if lease else ""


def _typed_blindly(sohoa: Sohoa, paper: Paper) -> bool:
    with sohoa.database.read() as uow:
        return bool(uow.review_rounds.get(paper.id).keyed)


def _by_script(request: Request) -> bool:
    return "text/html" not in request.headers.get("accept", "")


async def _onward(request: Request, sohoa: Sohoa, posted: Posted, form: WorklistForm, paper_id: str) -> Response:
    desk = WorklistDesk(sohoa, posted.principal.name, posted.principal.reach)
    lease = await run_in_threadpool(desk.take_next, form.query(), after=paper_id, prefer=posted.text("prefer"))
    address = f"/review/{lease.paper_id}{form.trail}" if lease else f"/review{form.trail}"
    if _by_script(request):
        return JSONResponse({"next": address, "id": lease.paper_id if lease else "", "lease": lease.token if lease else ""})
    return RedirectResponse(address, 303)
