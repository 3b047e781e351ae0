"""The clerk's page for the server's own scanners: choose, start, follow page by page, stop. Works without any script."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from time import monotonic
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.sse import EventSourceResponse, ServerSentEvent
from starlette.responses import RedirectResponse, Response

from api.access.permissions import Action, Principal
from api.errors import BadRequest
from api.http.identity import Lang, Product
from api.http.sending import NewBatch, open_batch
from api.scan.runs import Order, ScanRuns
from api.scan.stack import Device, choices, is_feeder
from api.units import batch_within
from api.web.site import page
from api.web.visits import Post, Posted, Visit
from api.wiring import Sohoa
from ingest.errors import CodedError
from storage.model import Batch

router = APIRouter(include_in_schema=False)

MaySend = Annotated[Principal, Depends(Visit(Action.BATCH_SEND))]
Sent = Annotated[Posted, Depends(Post(Action.BATCH_SEND))]
FIELDS = ("device", "profile", "mode", "source", "dossier", "owner", "batch", "automatic", "hold")
BatchId = Annotated[str, Path(max_length=64)]


def runs_of(request: Request) -> ScanRuns:
    """The scans of this process."""
    found: ScanRuns = request.app.state.scan_runs
    return found


Runs = Annotated[ScanRuns, Depends(runs_of)]


def _source_kind(source: str) -> str:
    """What a source is to a person: sheets from the feeder on one or both sides, or the glass; else its own name."""
    if is_feeder(source) or "duplex" in source.lower():
        return "duplex" if "duplex" in source.lower() else "feeder"
    return "flatbed" if any(word in source.lower() for word in ("flatbed", "glass")) else source


@router.get("/scan")
def scan_page(
    request: Request,
    principal: MaySend,
    sohoa: Product,
    runs: Runs,
    lang: Lang,
    device: Annotated[str, Query(max_length=300)] = "",
    batch: Annotated[str, Query(max_length=64)] = "",
    again: bool = False,
) -> Response:
    """The form for a scan; with a batch, for more of its pages."""
    begun = _batch(sohoa, batch, principal) if batch else None
    form = {"device": device, "batch": begun.id if begun else ""}
    return _form(request, principal, runs, lang, form, again=again)


def _form(
    request: Request, principal: Principal, runs: ScanRuns, lang: str, form: dict[str, str], problem: str = "",
    *, again: bool = False,
) -> Response:  # fmt: skip
    found: tuple[Device, ...] = ()
    offered: dict[str, tuple[str, ...]] = {}
    if runs.offered:
        try:
            found = runs.devices(again=again)
            known = [one.name for one in found]
            chosen = form["device"] if form["device"] in known else next(iter(known), "")
            offered = choices(chosen) if chosen else {}
            form = form | {"device": chosen}
        except CodedError as error:
            problem = problem or error.message(lang)
    context: dict[str, Any] = {
        "offered": runs.offered,
        "devices": found,
        "profiles": request.app.state.sohoa.settings.scan.profiles,
        "modes": sorted(offered.get("mode", ()), key=lambda mode: "color" not in mode.lower()),
        "sources": [(one, _source_kind(one)) for one in sorted(offered.get("source", ()), key=lambda one: not is_feeder(one))],
        "form": dict.fromkeys(FIELDS, "") | {"profile": "chuan"} | form,
        "problem": problem,
    }
    return page(request, "scan.html", principal, 422 if problem else 200, **context)


@router.post("/scan")
async def start(request: Request, posted: Sent, sohoa: Product, runs: Runs, lang: Lang) -> Response:
    """Open a batch, or go on with one, and start the scanner."""
    form = {name: posted.text(name)[:300] for name in FIELDS}

    def into() -> Batch:
        if form["batch"]:
            return _batch(sohoa, form["batch"], posted.principal)
        new = NewBatch(
            dossier=form["dossier"][:100],
            owner=form["owner"][:50],
            automatic=True if form["automatic"] else None,
            hold=bool(form["hold"]),
        )
        return open_batch(sohoa, posted.principal, new)

    try:
        if not runs.offered:
            raise BadRequest(where="scan")
        order = Order(form["device"], form["profile"] or "chuan", form["mode"], form["source"])
        run = await run_in_threadpool(runs.start, order, posted.principal.name, into)
    except CodedError as error:
        return await run_in_threadpool(_form, request, posted.principal, runs, lang, form, error.message(lang))
    return RedirectResponse(f"/batches/{run.batch_id}/scan", 303)


@router.get("/batches/{batch_id}/scan")
def follow(request: Request, batch_id: BatchId, principal: MaySend, sohoa: Product, runs: Runs, lang: Lang) -> Response:
    """How far a scan has come, and what became of it."""
    batch, run = _batch(sohoa, batch_id, principal), runs.find(batch_id)
    problem = run.problem.message(lang) if run and run.problem else ""
    return page(request, "scan_run.html", principal, batch=batch, run=run, problem=problem)


@router.post("/batches/{batch_id}/scan/stop")
async def stop(batch_id: str, posted: Sent, sohoa: Product, runs: Runs) -> Response:
    """Stop after the page in hand."""
    await run_in_threadpool(_batch, sohoa, batch_id, posted.principal)
    runs.stop(batch_id)
    return RedirectResponse(f"/batches/{batch_id}/scan", 303)


def _followed(batch_id: BatchId, principal: MaySend, sohoa: Product) -> str:
    return _batch(sohoa, batch_id, principal).id


@router.get("/batches/{batch_id}/scan/events", response_class=EventSourceResponse)
async def events(
    request: Request, batch_id: Annotated[str, Depends(_followed)], runs: Runs
) -> AsyncIterator[ServerSentEvent]:  # fmt: skip
    """`progress` for each page, `finished` at the end."""
    options = request.app.state.web_options
    ends, sent = monotonic() + options.event_limit_seconds, -1
    while monotonic() < ends:
        run = runs.find(batch_id)
        if run is None or run.finished:
            yield ServerSentEvent(event="finished", raw_data="{}")
            return
        if run.pages != sent:
            sent = run.pages
            yield ServerSentEvent(event="progress", raw_data=json.dumps({"pages": sent}), retry=2000)
        await asyncio.sleep(options.event_seconds)


def _batch(sohoa: Sohoa, batch_id: str, principal: Principal) -> Batch:
    with sohoa.database.read() as uow:
        return batch_within(uow, batch_id, principal.reach)
