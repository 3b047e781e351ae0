"""The certifier's pages: what was asked for, the scan beside the attest box, the copy that came out."""

from __future__ import annotations

import io
from enum import StrEnum
from typing import Annotated, Any

import segno
from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.concurrency import run_in_threadpool
from starlette.responses import PlainTextResponse, RedirectResponse, Response

from api.access.permissions import Action, Principal
from api.access.privacy import note_access, record_to_use
from api.certification.checks import Wanted, page_count
from api.certification.desk import CertificationDesk
from api.certification.public_check import check_url
from api.errors import to_problem
from api.http.identity import Lang, Product, Purpose, carried
from api.http.lookups import record_for
from api.views import RecordView
from api.views.certifications import CertificationView
from api.web.certifying import Standing, certification_page
from api.web.site import page
from api.web.visits import Post, Posted, Visit
from api.wiring import Sohoa
from ingest.errors import CodedError
from storage.errors import NotFound
from storage.registers import CertificationState

router = APIRouter(include_in_schema=False)

PAGE_SIZE = 50
CERTIFYING = "CHUNG-THUC"
"""What the paper is looked at for (a code of the list of purposes), unless the session says for what."""
MaySee = Annotated[Principal, Depends(Visit(Action.CERTIFICATION_READ))]
MayAsk = Annotated[Principal, Depends(Visit(Action.CERTIFICATION_REQUEST))]
Asked = Annotated[Posted, Depends(Post(Action.CERTIFICATION_REQUEST))]
Id = Annotated[str, Path(max_length=64)]


ASKED = ("record", "requester_name", "requester_id", "copies", "deliver_to", "extension_days", "extension_reason")
"""What the form of a request sends."""


class Tab(StrEnum):
    """The parts of the queue."""

    WAITING = "waiting"
    SIGNING = "signing"
    AGENCY = "agency"
    ISSUED = "issued"
    ENDED = "ended"
    ALL = "all"


STATES: dict[Tab, frozenset[CertificationState]] = {
    Tab.WAITING: frozenset({CertificationState.REQUESTED}),
    Tab.SIGNING: frozenset({CertificationState.ATTESTED}),
    Tab.AGENCY: frozenset({CertificationState.PERSONALLY_SIGNED}),
    Tab.ISSUED: frozenset({CertificationState.ISSUED}),
    Tab.ENDED: frozenset(
        {CertificationState.REFUSED, CertificationState.WITHDRAWN, CertificationState.VOID, CertificationState.ANNULLED}
    ),
    Tab.ALL: frozenset(CertificationState),
}
_IN_LINE = {Tab.WAITING, Tab.SIGNING, Tab.AGENCY}
"""Shown in the order in which people came; what is over is shown newest first."""


@router.get("/certifications")
def queue(
    request: Request, principal: MaySee, sohoa: Product, lang: Lang, show: Tab = Tab.WAITING,
    offset: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
) -> Response:  # fmt: skip
    """The queue, one tab for each place where certifications stand; requesters are masked."""
    desk, states = CertificationDesk(sohoa, principal.reach), STATES[show]
    in_line = show in _IN_LINE
    found = desk.waiting(next(iter(states)), PAGE_SIZE + 1, offset) if in_line else desk.latest(states, PAGE_SIZE + 1, offset)
    counts = desk.counts()
    context: dict[str, Any] = {
        "found": [CertificationView.of(one, lang) for one in found[:PAGE_SIZE]],
        "tabs": [(tab, sum(counts.get(state, 0) for state in states)) for tab, states in STATES.items()],
        "show": show,
        "offset": offset,
        "step": PAGE_SIZE,
        "more": len(found) > PAGE_SIZE,
    }
    return page(request, "certifications.html", principal, **context)


@router.get("/certifications/new")
def new(
    request: Request, principal: MayAsk, sohoa: Product, lang: Lang, record: Annotated[str, Query(max_length=200)] = ""
) -> Response:
    """The form of a request; with a code in the address the paper is shown. That it was looked at is recorded."""
    try:
        return _form(request, sohoa, principal, {"record": record.strip()})
    except NotFound as error:
        return _form(request, sohoa, principal, {"record": ""}, error.message(lang), 404)


def _form(request: Request, sohoa: Sohoa, who: Principal, said: dict[str, str], problem: str = "", status: int = 200) -> Response:
    shown, pages = None, 0
    if said["record"]:
        found = record_for(sohoa, said["record"], who, carried(request) or CERTIFYING)
        shown = RecordView.of(found)
        with sohoa.database.read() as uow:
            pages = page_count(uow, found.paper_id)
    options = sohoa.settings.certification
    context: dict[str, Any] = {
        "record": shown, "pages": pages, "fee": options.fee_vnd(pages, 1) if pages else 0, "most_days": options.most_extra_days,
        "said": dict.fromkeys(ASKED, "") | {"copies": "1", "extension_days": "0"} | said, "problem": problem,
    }  # fmt: skip
    return page(request, "certification_new.html", who, status, **context)


@router.post("/certifications/new")
async def ask(request: Request, posted: Asked, sohoa: Product, lang: Lang) -> Response:
    """Take the request in; what is wrong is told above the form, filled in as it was."""
    said = {name: posted.text(name)[:500] for name in ASKED}
    desk = CertificationDesk(sohoa, posted.principal.reach)
    wanted = Wanted(
        said["requester_name"], said["requester_id"], _number(said["copies"], 1), said["deliver_to"][:200],
        _number(said["extension_days"], 0), said["extension_reason"],
    )  # fmt: skip
    try:
        await run_in_threadpool(record_to_use, sohoa, said["record"], posted.principal)
        made = await run_in_threadpool(desk.request, said["record"], wanted, actor=posted.principal.name)
    except CodedError as error:
        said["record"] = "" if isinstance(error, NotFound) else said["record"]
        problem = to_problem(error, lang)
        return await run_in_threadpool(_form, request, sohoa, posted.principal, said, problem.detail, problem.status)
    return RedirectResponse(f"/certifications/{made.id}", 303)


def _number(text: str, empty: int) -> int:
    """The whole number somebody typed; -1, which no rule allows, for what is none."""
    if not text:
        return empty
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 8 else -1


@router.get("/certifications/{certification_id}")
def one(request: Request, certification_id: Id, principal: MaySee, sohoa: Product, lang: Lang, purpose: Purpose = "") -> Response:
    """One certification: to be attested, on its way, or issued. That it was looked at is recorded."""
    found = CertificationDesk(sohoa, principal.reach).get(certification_id)
    note_access(sohoa, "certification.viewed", found.id, principal, purpose)
    return certification_page(request, sohoa, principal, found, lang)


@router.get("/certifications/{certification_id}/now")
def now(certification_id: Id, principal: MaySee, sohoa: Product) -> Response:
    """How far the signatures are, in one word without anything personal: the page asks while they are being put."""
    found = CertificationDesk(sohoa, principal.reach).get(certification_id)
    with sohoa.database.read() as uow:
        return PlainTextResponse(Standing.of(uow, found).told(found))


@router.get("/certifications/{certification_id}/qr.svg")
def code(certification_id: Id, principal: MaySee, sohoa: Product) -> Response:
    """The QR code that stands on the copy: it leads to the public check."""
    found = CertificationDesk(sohoa, principal.reach).get(certification_id)
    if found.issued is None:
        raise NotFound(what="file", key=certification_id)
    out = io.BytesIO()
    made = segno.make(check_url(sohoa, found.token), error="m", micro=False)
    made.save(out, kind="svg", scale=4, border=4, dark="#000", light="#fff", xmldecl=False)
    return Response(out.getvalue(), media_type="image/svg+xml")
