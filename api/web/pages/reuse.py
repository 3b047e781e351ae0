"""Use a record for a dossier: choose the component, see every question of the test with its answer, go on where one may."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Depends, Query, Request
from fastapi.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse, Response

from api.access.permissions import Action, Principal
from api.access.privacy import audience_of, note_access, record_to_use
from api.dossiers.desk import DossierDesk
from api.dossiers.errors import NotEligible
from api.dossiers.sheet import sheet_of
from api.http.identity import Lang, Product
from api.records.reuse import ReuseDesk
from api.views.dossiers import ComponentView, EligibilityView, OfferView
from api.web.pages.dossiers import dossier_page
from api.web.site import page
from api.web.visits import Post, Posted, Visit
from api.wiring import Sohoa
from ingest.errors import CodedError
from storage.errors import NotFound
from storage.reuse import Check

router = APIRouter(include_in_schema=False)

MayReuse = Annotated[Principal, Depends(Visit(Action.RECORD_REUSE))]
Reused = Annotated[Posted, Depends(Post(Action.RECORD_REUSE))]
EVIDENCE = (
    "dossier", "record", "paper_type", "asked", "filed_on", "issued_on", "valid_until", "newer_than_days", "scope", "sealed",
    "original", "ledger", "indication", "sub_indication", "checked_at", "signers", "error", "level", "purpose", "state",
    "component",
)  # fmt: skip
"""Evidence the page has words for."""
Text = Annotated[str, Query(max_length=300)]


@router.get("/reuse")
def ask(
    request: Request, principal: MayReuse, sohoa: Product, lang: Lang,
    record: Annotated[str, Query(max_length=200)], dossier: Text = "", component: Text = "", purpose: Text = "",
) -> Response:  # fmt: skip
    """The form; with a dossier its components; with a component the test. That it was asked is recorded."""
    return _page(request, sohoa, principal, lang, record, dossier, component, purpose)


def _page(
    request: Request, sohoa: Sohoa, principal: Principal, lang: str, record: str, dossier: str, component: str, purpose: str,
    problem: str = "", status: int = 200, overrides: dict[str, str] | None = None,
) -> Response:  # fmt: skip
    with sohoa.database.read() as uow:
        found = uow.records.get(record)
    if not audience_of(sohoa, principal).allows(found.access, found.unit):
        raise NotFound(what="record", key=record)
    context: dict[str, Any] = {
        "record": OfferView.of(found), "code": dossier, "component": component, "purpose": purpose, "problem": problem,
        "evidence_keys": EVIDENCE, "parts": [], "test": None, "overrides": overrides or {}, "dossier": None, "part_name": "",
    }  # fmt: skip
    try:
        served = DossierDesk(sohoa, principal.reach).find(dossier) if dossier.strip() else None
        if dossier.strip() and served is None:
            raise NotFound(what="dossier", key=dossier.strip()[:60])
    except CodedError as error:
        return page(request, "reuse.html", principal, 422, **(context | {"problem": error.message(lang)}))
    if served is not None:
        sheet = sheet_of(sohoa, served.code, principal.reach, audience_of(sohoa, principal))
        parts = [ComponentView.of(part, lang) for part in sheet.parts]
        context |= {"dossier": served, "code": served.code, "purpose": purpose or served.procedure_name, "parts": parts}
        fitting = [part for part in parts if any(offer.code == record for offer in part.offers)]
        component = component or (fitting[0].code if len(fitting) == 1 else "")
        if component and any(part.code == component for part in parts):
            tested = ReuseDesk(sohoa, principal.reach).test(record, served.code, component, context["purpose"])
            note_access(sohoa, "record.tested", found.paper_id, principal, context["purpose"], dossier=served.code)
            name = next(part.name for part in parts if part.code == component)
            context |= {"test": EligibilityView.of(tested, lang), "component": component, "part_name": name}
    return page(request, "reuse.html", principal, status, **context)


@router.post("/reuse")
async def reuse(request: Request, posted: Reused, sohoa: Product, lang: Lang) -> Response:
    """Use it, if every question is answered with yes or an officer answers for it; else show the questions."""
    record, dossier = posted.text("record")[:200], posted.text("dossier")[:100]
    component, purpose = posted.text("component")[:60], posted.text("purpose")[:300]
    overrides = {check.value: posted.text(f"override.{check.value}")[:500] for check in Check}
    who, desk = posted.principal, ReuseDesk(sohoa, posted.principal.reach)
    await run_in_threadpool(record_to_use, sohoa, record, who)
    try:
        await run_in_threadpool(
            desk.reuse, record, dossier, component, purpose, actor=who.name, overrides=overrides,
            from_store=bool(posted.text("from_store")),
        )  # fmt: skip
    except NotEligible as error:
        return await run_in_threadpool(
            _page, request, sohoa, who, lang, record, dossier, component, purpose, error.message(lang), 409, overrides
        )
    return RedirectResponse(f"/dossiers/{quote(dossier)}?{urlencode({'reused': component})}#{quote(component)}", 303)


@router.post("/reuse/{reuse_id}/withdraw")
async def withdraw(request: Request, reuse_id: str, posted: Reused, sohoa: Product, lang: Lang) -> Response:
    """Take a reuse back; then the dossier again."""
    who, code, reason = posted.principal, posted.text("dossier")[:100], posted.text("reason")[:500]
    try:
        gone = await run_in_threadpool(ReuseDesk(sohoa, who.reach).withdraw, reuse_id, reason, actor=who.name)
    except CodedError as error:
        return await run_in_threadpool(dossier_page, request, sohoa, who, code, lang, error.message(lang), 422)
    return RedirectResponse(f"/dossiers/{quote(gone.dossier)}#{quote(gone.component)}", 303)
