"""Văn thư's pages: what waits for the agency's signature, and copies (sao y) of records."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request
from fastapi.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse, Response

from api.access.permissions import Action, Principal
from api.access.privacy import purpose_to_read, record_to_use
from api.certification.desk import CertificationDesk
from api.certification.sao_y import CopyAwaitsSignature, Form, copies, sao_y
from api.errors import BadRequest, to_problem
from api.http.identity import Lang, Product, Purpose, carried
from api.http.lookups import record_for
from api.views import RecordView
from api.views.base import ReasonView
from api.views.certifications import CertificationView
from api.views.copies import CopyView
from api.web.site import page
from api.web.visits import Post, Posted, Visit
from api.wiring import Sohoa
from ingest.errors import CodedError
from signing.model import Role
from storage.errors import NotFound
from storage.model import StepKind, StepState
from storage.registers import CertificationState

router = APIRouter(include_in_schema=False)

MOST = 500
MayRelease = Annotated[Principal, Depends(Visit(Action.CERTIFICATION_RELEASE))]
Releases = Annotated[Posted, Depends(Post(Action.CERTIFICATION_RELEASE))]
MayIssue = Annotated[Principal, Depends(Visit(Action.COPY_ISSUE))]
Issues = Annotated[Posted, Depends(Post(Action.COPY_ISSUE))]
Code = Annotated[str, Query(max_length=200)]


@dataclass(frozen=True, slots=True)
class Line:
    """One certification that waits for the agency's signature."""

    found: CertificationView
    waits: bool
    """For văn thư's word; else the signature is under way, or failed."""
    failed: ReasonView | None


@router.get("/release")
def waiting(request: Request, principal: MayRelease, sohoa: Product, lang: Lang) -> Response:
    """What the certifiers have signed and the agency has not."""
    return _waiting(request, sohoa, principal, lang)


def _waiting(
    request: Request, sohoa: Sohoa, who: Principal, lang: str, refused: tuple[tuple[str, str], ...] = (), status: int = 200
) -> Response:
    found = CertificationDesk(sohoa, who.reach).waiting(CertificationState.PERSONALLY_SIGNED, MOST)
    with sohoa.database.read() as uow:
        steps = {one.id: uow.steps.find(StepKind.COUNTERSIGN, one.id) for one in found}
    lines = []
    for one in found:
        step = steps[one.id]
        failed = ReasonView.of(step.error_code, step.error_params, lang) if step and step.state is StepState.FAILED else None
        lines.append(Line(CertificationView.of(one, lang), step is not None and step.state is StepState.WAITING, failed))
    context: dict[str, Any] = {
        "lines": lines, "at_desk": sohoa.signatories.at_desk(Role.AGENCY), "refused": refused,
        "to_release": any(line.waits for line in lines), "confirms": sohoa.settings.certification.agency_confirms,
    }  # fmt: skip
    return page(request, "release.html", who, status, **context)


@router.post("/release")
async def release(request: Request, posted: Releases, sohoa: Product, lang: Lang) -> Response:
    """Put the agency's signature on every one chosen; one that cannot be released does not keep the others back."""
    chosen = [value for value in posted.form.getlist("certification") if isinstance(value, str)][:MOST]
    if not chosen:
        told = to_problem(BadRequest(where="certification"), lang)
        return await run_in_threadpool(_waiting, request, sohoa, posted.principal, lang, (("", told.detail),), told.status)
    desk, refused = CertificationDesk(sohoa, posted.principal.reach), []
    for one in chosen:
        try:
            await run_in_threadpool(desk.release, one, actor=posted.principal.name)
        except CodedError as error:
            refused.append((one, error.message(lang)))
    if refused:
        return await run_in_threadpool(_waiting, request, sohoa, posted.principal, lang, tuple(refused), 409)
    return RedirectResponse("/release", 303)


@router.get("/copies")
def copies_page(
    request: Request, principal: MayIssue, sohoa: Product, lang: Lang, record: Code = "", purpose: Purpose = ""
) -> Response:
    """Copies of one record, and the form to issue another. That it was looked at is recorded."""
    try:
        return _copies(request, sohoa, principal, record.strip(), purpose)
    except NotFound as error:
        return _copies(request, sohoa, principal, "", purpose, error.message(lang), 404)


def _copies(
    request: Request, sohoa: Sohoa, who: Principal, code: str, purpose: str = "", problem: str = "", status: int = 200,
    *, awaits: bool = False,
) -> Response:  # fmt: skip
    shown: RecordView | None = None
    made: tuple[CopyView, ...] = ()
    if code:
        record = record_for(sohoa, code, who, purpose, "copies.viewed")
        shown, made = RecordView.of(record), tuple(CopyView.of(copy) for copy in copies(sohoa, code))
    context: dict[str, Any] = {
        "record": shown, "code": code, "copies": made, "forms": tuple(Form), "purpose": purpose, "problem": problem,
        "awaits": awaits,
    }  # fmt: skip
    return page(request, "copies.html", who, status, **context)


@router.post("/copies")
async def issue(request: Request, posted: Issues, sohoa: Product, lang: Lang) -> Response:
    """Issue a copy with the agency's signature."""
    code, purpose, who = posted.text("record")[:200], posted.text("purpose")[:100], posted.principal
    try:
        form = Form(posted.text("form") or Form.SAO_Y)
    except ValueError as error:
        raise BadRequest(where="form") from error
    again = bool(posted.text("again"))

    def act() -> None:
        told = purpose_to_read(sohoa, record_to_use(sohoa, code, who), who, purpose or carried(request))
        sao_y(sohoa, code, actor=who.name, unit=who.reach, form=form, again=again, purpose=told)

    try:
        await run_in_threadpool(act)
    except CodedError as error:
        problem = to_problem(error, lang)
        known = "" if isinstance(error, NotFound) else code
        shown = partial(_copies, request, sohoa, who, known, purpose, problem.detail, problem.status)
        return await run_in_threadpool(shown, awaits=isinstance(error, CopyAwaitsSignature))
    return RedirectResponse(f"/copies?{urlencode({'record': code, 'purpose': purpose})}", 303)
