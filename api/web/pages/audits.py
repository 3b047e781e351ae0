"""Verification in bulk on the web: many files at once, what is stored by days or by book, the ledger; followed live, printed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from functools import partial
from time import monotonic
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.sse import EventSourceResponse, ServerSentEvent
from starlette.responses import FileResponse, RedirectResponse, Response

from api.access.permissions import Action, Principal
from api.audit.orders import Order, RunKind, RunState
from api.audit.runs import AuditRuns, new_id
from api.audit.words import say
from api.certification.registers import RegisterDesk
from api.errors import BadRequest, to_problem
from api.http.bodies import UPLOAD_LIMIT_BYTES
from api.http.downloads import content_disposition
from api.http.identity import Lang, Product
from api.web.site import page
from api.web.visits import Post, Posted, Visit
from api.wiring import Sohoa
from ingest.errors import CodedError
from storage.errors import NotFound
from storage.registers import today_in_vietnam

router = APIRouter(include_in_schema=False)

MayRun = Annotated[Principal, Depends(Visit(Action.AUDIT_RUN))]
Ordered = Annotated[Posted, Depends(Post(Action.AUDIT_RUN))]
Id = Annotated[str, Path(max_length=64)]


def runs_of(request: Request) -> AuditRuns:
    """The runs of this application."""
    found: AuditRuns = request.app.state.audit_runs
    return found


Runs = Annotated[AuditRuns, Depends(runs_of)]


@router.get("/audits")
def listed(request: Request, principal: MayRun, sohoa: Product, runs: Runs) -> Response:
    """The forms that begin a run, and the runs there are."""
    return _listed(request, sohoa, principal, runs)


def _listed(request: Request, sohoa: Sohoa, who: Principal, runs: AuditRuns, problem: str = "", status: int = 200) -> Response:
    context: dict[str, Any] = {
        "runs": runs.latest(who),
        "books": RegisterDesk(sohoa, who.reach).books()[::-1],
        "today": today_in_vietnam(datetime.now(UTC)),
        "problem": problem,
    }
    return page(request, "audits.html", who, status, **context)


@router.post("/audits/files", max_body_size=UPLOAD_LIMIT_BYTES)
async def of_files(request: Request, posted: Ordered, sohoa: Product, runs: Runs, lang: Lang) -> Response:
    """Verify the files sent; they are gone when the run is at its end."""
    sent = [(upload.filename or "", upload.file) for upload in posted.uploads("files")]
    order = _order(posted, RunKind.FILES, lang, say("sent", lang, count=len(sent)))
    return await _begun(request, sohoa, posted, runs, lang, lambda: runs.start(order, sent), what=sent or "files")


@router.post("/audits/days")
async def of_days(request: Request, posted: Ordered, sohoa: Product, runs: Runs, lang: Lang) -> Response:
    """Verify the sealed copies of the records stored on these days, and hold them against the ledger."""

    def begin() -> Order:
        first, last = _day(posted, "first"), _day(posted, "last")
        if first > last:
            raise BadRequest(where="first > last")
        title = say("range", lang, first=f"{first:%d/%m/%Y}", last=f"{last:%d/%m/%Y}")
        return runs.start(_order(posted, RunKind.DAYS, lang, title, first=first, last=last))

    return await _begun(request, sohoa, posted, runs, lang, begin)


@router.post("/audits/book")
async def of_book(request: Request, posted: Ordered, sohoa: Product, runs: Runs, lang: Lang) -> Response:
    """Verify the certified copies of a register book, both signatures required."""

    def begin() -> Order:
        books = RegisterDesk(sohoa, posted.principal.reach).books()
        book = next((one for one in books if one.id == posted.text("book")), None)
        if book is None:
            raise BadRequest(where="book")
        return runs.start(_order(posted, RunKind.BOOK, lang, say("book", lang, book=f"{book.label} ({book.unit})"), book=book.id))

    return await _begun(request, sohoa, posted, runs, lang, begin)


@router.post("/audits/ledger")
async def of_ledger(request: Request, posted: Ordered, sohoa: Product, runs: Runs, lang: Lang) -> Response:
    """Walk the whole chain of the ledger, and hold it against every anchor."""
    order = _order(posted, RunKind.LEDGER, lang, say("chain", lang))
    return await _begun(request, sohoa, posted, runs, lang, lambda: runs.start(order))


def _order(posted: Posted, kind: RunKind, lang: str, title: str, **more: Any) -> Order:
    who = posted.principal
    return Order(
        id=new_id(), kind=kind, title=title, lang=lang, actor=who.name, unit=who.unit, created_at=datetime.now(UTC),
        purpose=posted.text("purpose")[:100], **more,
    )  # fmt: skip


def _day(posted: Posted, name: str) -> date:
    try:
        return date.fromisoformat(posted.text(name))
    except ValueError as error:
        raise BadRequest(where=name) from error


async def _begun(
    request: Request, sohoa: Sohoa, posted: Posted, runs: AuditRuns, lang: str, begin: Any, what: object = "nothing"
) -> Response:
    try:
        if what == "files":
            raise BadRequest(where="files")
        order: Order = await run_in_threadpool(begin)
    except CodedError as error:
        problem = to_problem(error, lang)
        shown = partial(_listed, request, sohoa, posted.principal, runs, problem.detail, problem.status)
        return await run_in_threadpool(shown)
    return RedirectResponse(f"/audits/{order.id}", 303)


@router.get("/audits/{run_id}")
def one(request: Request, run_id: Id, principal: MayRun, runs: Runs) -> Response:
    """One run: how far it is; at its end what came out, failures first."""
    found = runs.get(run_id, principal)
    lines = runs.lines(run_id) if found.state is RunState.DONE else ()
    return page(request, "audit.html", principal, run=found, order=found.order, progress=found.progress, lines=lines)


@router.get("/audits/{run_id}/events", response_class=EventSourceResponse)
async def events(request: Request, run_id: Id, principal: MayRun, runs: Runs) -> AsyncIterator[ServerSentEvent]:
    """Progress as server-sent events: `progress` whenever a count moves, `finished` as the last one."""
    options = request.app.state.web_options
    ends, sent = monotonic() + options.event_limit_seconds, ""
    while monotonic() < ends:
        try:
            found = await run_in_threadpool(runs.get, run_id, principal)
        except NotFound:
            return
        text = found.progress.model_dump_json(exclude={"at"})
        if found.state is not RunState.RUNNING:
            yield ServerSentEvent(event="finished", raw_data=text)
            return
        if text != sent:
            sent = text
            yield ServerSentEvent(event="progress", raw_data=text, retry=2000)
        await asyncio.sleep(options.event_seconds)


@router.post("/audits/{run_id}/resume")
async def resume(request: Request, run_id: Id, posted: Ordered, sohoa: Product, runs: Runs, lang: Lang) -> Response:
    """Take a run up again where it was stopped."""
    found = await run_in_threadpool(runs.get, run_id, posted.principal)

    def begin() -> Order:
        runs.resume(run_id, posted.principal)
        return found.order

    return await _begun(request, sohoa, posted, runs, lang, begin)


@router.get("/audits/{run_id}/{name}")
def result(run_id: Id, name: Annotated[str, Path(max_length=40)], principal: MayRun, runs: Runs) -> Response:
    """A result to keep: the table for spreadsheet programs, the printable report, the summary for programs."""
    path = runs.file(run_id, name, principal)
    headers = {"Content-Disposition": content_disposition(f"kiem-tra-{run_id[:8]}-{name}"), "Cache-Control": "no-store"}
    return FileResponse(path, headers=headers)
