"""The dossier desk: find or open a dossier, give each component its paper or a reason, stop it, give its result."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Depends, Query, Request
from fastapi.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse, Response

from api.access.permissions import Action, Principal
from api.access.privacy import audience_of, note_access
from api.dossiers.checks import NewDossier
from api.dossiers.desk import DossierDesk
from api.dossiers.sheet import sheet_of
from api.errors import BadRequest, status_of
from api.http.bodies import UPLOAD_LIMIT_BYTES
from api.http.identity import Lang, Product
from api.http.sending import NewBatch, open_batch, receive_upload
from api.records.reuse import filed_on
from api.views.dossiers import DossierSheetView, DossierView
from api.views.records import JournalView
from api.web.site import page
from api.web.visits import Post, Posted, Visit
from api.wiring import Sohoa
from ingest.errors import CodedError
from ocr.fields.types import catalogue
from signing.report import VIETNAM
from storage.dossiers import IDENTITY_KEYS, Channel, DossierQuery, OwnerKind, PaperForm
from storage.procedures import procedures_on, reasons_on
from storage.reuse import rules
from storage.search.periods import FIRST, LAST

router = APIRouter(include_in_schema=False)

PAGE_SIZE = 30
MayRead = Annotated[Principal, Depends(Visit(Action.DOSSIER_READ))]
Kept = Annotated[Posted, Depends(Post(Action.DOSSIER_KEEP))]
Sent = Annotated[Posted, Depends(Post(Action.BATCH_SEND))]
FACTS = ("procedure", "owner", "channel", "received_on", "due_on", "resolved_on", "result_link", "late_reason")
"""What the page tells of a dossier by its label."""
FIELDS = ("procedure", "owner_id", "owner_name", "owner_kind", "channel", "received_on", "due_on", *IDENTITY_KEYS)


@router.get("/dossiers")
def dossiers(
    request: Request,
    principal: MayRead,
    sohoa: Product,
    lang: Lang,
    code: Annotated[str, Query(max_length=100)] = "",
    offset: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
) -> Response:
    """Find a dossier by its code, or open it when it is not there; the latest ones below."""
    problem = ""
    if code.strip():
        try:
            found = DossierDesk(sohoa, principal.reach).find(code)
        except CodedError as error:
            return _list(request, sohoa, principal, lang, problem=error.message(lang), values={"code": code}, status=422)
        if found is not None:
            return RedirectResponse(f"/dossiers/{quote(found.code)}", 303)
    return _list(request, sohoa, principal, lang, problem=problem, values={"code": code}, offset=offset)


def _list(
    request: Request, sohoa: Sohoa, principal: Principal, lang: str, *, problem: str, values: dict[str, str],
    status: int = 200, offset: int = 0,
) -> Response:  # fmt: skip
    query = DossierQuery(reach=principal.reach, limit=PAGE_SIZE + 1, offset=offset)
    with sohoa.database.read() as uow:
        latest = [DossierView.of(one) for one in uow.dossiers.latest(query)]
    today = datetime.now(VIETNAM).date()
    known = procedures_on(today, sohoa.settings.dossiers.procedures_file)
    context: dict[str, Any] = {
        "problem": problem,
        "values": dict.fromkeys(("code", *FIELDS), "") | values,
        "opening": bool(values.get("code", "").strip()) and principal.may(Action.DOSSIER_KEEP),
        "may_keep": principal.may(Action.DOSSIER_KEEP),
        "latest": latest[:PAGE_SIZE],
        "more": len(latest) > PAGE_SIZE,
        "offset": offset,
        "step": PAGE_SIZE,
        "procedures": {one.code: one.name.say(lang) for one in known},
        "channels": [int(one) for one in Channel],
        "owner_kinds": [int(one) for one in OwnerKind],
        "identity_keys": IDENTITY_KEYS,
    }
    return page(request, "dossiers.html", principal, status, **context)


@router.post("/dossiers")
async def open_dossier(request: Request, posted: Kept, sohoa: Product, lang: Lang) -> Response:
    """Open a dossier; a mistake shows the form again with what was typed."""
    values = {name: posted.text(name)[:300] for name in ("code", *FIELDS)}
    who = posted.principal
    try:
        new = _new(values)
        made = await run_in_threadpool(DossierDesk(sohoa, who.reach).open, new, actor=who.name)
    except CodedError as error:
        told = error.message(lang)
        return await run_in_threadpool(
            _list, request, sohoa, who, lang, problem=told, values=values, status=status_of(error.code)
        )
    return RedirectResponse(f"/dossiers/{quote(made.code)}", 303)


def _new(values: dict[str, str]) -> NewDossier:
    return NewDossier(
        code=values["code"], procedure=values["procedure"], owner_id=values["owner_id"], owner_name=values["owner_name"],
        owner_kind=_one_of(OwnerKind, values["owner_kind"] or "1", "owner_kind"),
        identity={key: values[key] for key in IDENTITY_KEYS if values[key]},
        channel=_one_of(Channel, values["channel"] or "1", "channel"), received_at=_moment(values["received_on"], "received_on"),
        due_at=_moment(values["due_on"], "due_on"),
    )  # fmt: skip


def _one_of(kind: Any, text: str, where: str) -> Any:
    try:
        return kind(int(text))
    except ValueError:
        raise BadRequest(where=where) from None


def _moment(text: str, where: str) -> datetime | None:
    """The beginning of a day in Vietnam; today is left to the clock."""
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise BadRequest(where=where) from None
    if not FIRST <= day <= LAST:
        raise BadRequest(where=where)
    today = datetime.now(VIETNAM).date()
    return None if where == "received_on" and day == today else datetime.combine(day, time(), VIETNAM)


@router.get("/dossiers/{code}")
def dossier(request: Request, code: str, principal: MayRead, sohoa: Product, lang: Lang) -> Response:
    """One dossier. That it was looked at is recorded."""
    shown = dossier_page(request, sohoa, principal, code, lang)
    note_access(sohoa, "dossier.viewed", code, principal, code)
    return shown


def dossier_page(
    request: Request, sohoa: Sohoa, principal: Principal, code: str, lang: str, problem: str = "", status: int = 200
) -> Response:
    """The page of a dossier, with what went wrong just now on top; raises NotFound."""
    sheet = sheet_of(sohoa, code, principal.reach, audience_of(sohoa, principal))
    options = sohoa.settings.dossiers
    view = DossierSheetView.of(sheet, lang, options.reasons_file)
    day = filed_on(sheet.dossier)
    types = {name: kind.name(lang) for name, kind in catalogue().items()}
    context: dict[str, Any] = {
        "sheet": view,
        "dossier": view.dossier,
        "problem": problem,
        "types": types,
        "reasons": [one for one in reasons_on(day, options.reasons_file) if not one.channels],
        "forms": [one for one in PaperForm if one],
        "journal": [JournalView.of(entry) for entry in reversed(sheet.journal)],
        "closed": view.dossier.state.value in {"stopped", "refused"},
        "may_keep": principal.may(Action.DOSSIER_KEEP),
        "may_send": principal.may(Action.BATCH_SEND),
        "may_download": principal.may(Action.RECORD_DOWNLOAD),
        "may_reuse": principal.may(Action.RECORD_REUSE),
        "rules_version": rules(options.rules_file).version,
    }
    return page(request, "dossier.html", principal, status, **context)


async def _done(
    request: Request, sohoa: Sohoa, posted: Posted, code: str, lang: str, act: Callable[[], object], component: str = ""
) -> Response:
    """Do it and show the dossier again; what was refused is told there."""
    try:
        await run_in_threadpool(act)
    except CodedError as error:
        return await run_in_threadpool(
            dossier_page, request, sohoa, posted.principal, code, lang, error.message(lang), status_of(error.code)
        )
    place = f"#{quote(component)}" if component else ""
    return RedirectResponse(f"/dossiers/{quote(code)}{place}", 303)


@router.post("/dossiers/{code}/stop")
async def stop(request: Request, code: str, posted: Kept, sohoa: Product, lang: Lang) -> Response:
    """Stop or refuse."""
    desk, reason, refused = _desk(sohoa, posted), posted.text("reason")[:500], posted.text("how") == "refused"
    return await _done(
        request, sohoa, posted, code, lang, lambda: desk.stop(code, reason, actor=posted.principal.name, refused=refused)
    )


@router.post("/dossiers/{code}/reopen")
async def reopen(request: Request, code: str, posted: Kept, sohoa: Product, lang: Lang) -> Response:
    """Take a stop back."""
    desk, reason = _desk(sohoa, posted), posted.text("reason")[:500]
    return await _done(request, sohoa, posted, code, lang, lambda: desk.reopen(code, reason, actor=posted.principal.name))


@router.post("/dossiers/{code}/result")
async def result(request: Request, code: str, posted: Kept, sohoa: Product, lang: Lang) -> Response:
    """The result: a record or a link."""
    desk, who = _desk(sohoa, posted), posted.principal.name
    record, link, late = posted.text("record")[:200], posted.text("link")[:500], posted.text("late_reason")[:500]
    return await _done(
        request, sohoa, posted, code, lang,
        lambda: desk.set_result(code, record=record, link=link, late_reason=late, actor=who),
    )  # fmt: skip


@router.post("/dossiers/{code}/components")
async def add(request: Request, code: str, posted: Kept, sohoa: Product, lang: Lang) -> Response:
    """One more paper than the procedure says; its code is made here."""
    desk, name = _desk(sohoa, posted), posted.text("name")[:300]

    def act() -> None:
        with sohoa.database.read() as uow:
            count = len(uow.dossiers.components(code))
        desk.add_component(code, f"KHAC.{count + 1:02d}", name, actor=posted.principal.name)

    return await _done(request, sohoa, posted, code, lang, act)


@router.post("/dossiers/{code}/components/{component}/not-digitised")
async def not_digitised(request: Request, code: str, component: str, posted: Kept, sohoa: Product, lang: Lang) -> Response:
    """Say why."""
    desk, reason, note = _desk(sohoa, posted), posted.text("reason"), posted.text("note")[:500]
    return await _done(
        request, sohoa, posted, code, lang,
        lambda: desk.not_digitised(code, component, reason, note, actor=posted.principal.name), component,
    )  # fmt: skip


@router.post("/dossiers/{code}/components/{component}/empty")
async def empty(request: Request, code: str, component: str, posted: Kept, sohoa: Product, lang: Lang) -> Response:
    """Take a paper or a reason out."""
    desk = _desk(sohoa, posted)
    act = lambda: desk.to_digitise(code, component, actor=posted.principal.name)  # noqa: E731 - one line for one act
    return await _done(request, sohoa, posted, code, lang, act, component)


@router.post("/dossiers/{code}/components/{component}/form")
async def form(request: Request, code: str, component: str, posted: Kept, sohoa: Product, lang: Lang) -> Response:
    """What kind of copy was handed in."""
    desk, said = _desk(sohoa, posted), posted.text("form")

    def act() -> None:
        if said not in set(PaperForm):
            raise BadRequest(where="form")
        desk.set_form(code, component, PaperForm(said), actor=posted.principal.name)

    return await _done(request, sohoa, posted, code, lang, act, component)


@router.post("/dossiers/{code}/file")
async def file_record(request: Request, code: str, posted: Kept, sohoa: Product, lang: Lang) -> Response:
    """Put a loose record of this dossier to a component."""
    desk, record, component = _desk(sohoa, posted), posted.text("record")[:200], posted.text("component")[:60]
    act = lambda: desk.file_record(code, component, record, actor=posted.principal.name)  # noqa: E731 - one line for one act
    return await _done(request, sohoa, posted, code, lang, act, component)


@router.post("/dossiers/{code}/components/{component}/files", max_body_size=UPLOAD_LIMIT_BYTES)
async def files(request: Request, code: str, component: str, posted: Sent, sohoa: Product, lang: Lang) -> Response:
    """Scans for one component; what was refused is told on the dossier's page."""
    uploads = posted.uploads("files")

    def act() -> list[str]:
        if not uploads:
            raise BadRequest(where="files")
        new = NewBatch(dossier=code, component=component, automatic=True if posted.text("automatic") else None)
        batch = open_batch(sohoa, posted.principal, new)
        receipts = [receive_upload(sohoa, batch.id, upload, posted.principal, lang) for upload in uploads]
        return [f"{one.name}: {one.reason.message}" for one in receipts if one.reason]

    try:
        refused = await run_in_threadpool(act)
    except CodedError as error:
        refused = [error.message(lang)]
    if refused:
        return await run_in_threadpool(dossier_page, request, sohoa, posted.principal, code, lang, " ".join(refused), 422)
    return RedirectResponse(f"/dossiers/{quote(code)}#{quote(component)}", 303)


def _desk(sohoa: Sohoa, posted: Posted) -> DossierDesk:
    return DossierDesk(sohoa, posted.principal.reach, audience_of(sohoa, posted.principal))
