"""A paper without a readable separator sheet: look at its pages, say where it belongs. And the sheets themselves, for print."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Depends, Query, Request
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import RedirectResponse, Response

from api.access.permissions import Action, Principal
from api.dossiers.desk import DossierDesk
from api.dossiers.held_papers import place
from api.dossiers.separator_sheets import sheets_for, write
from api.dossiers.sheet import sheet_of
from api.errors import status_of
from api.http.downloads import content_disposition
from api.http.identity import Lang, MayAct, MayReadDossier, Product
from api.http.lookups import paper_for
from api.http.problems import documented
from api.views import PaperView
from api.views.base import ReasonView
from api.views.dossiers import ComponentView
from api.web.pictures import pictures_of
from api.web.site import page
from api.web.visits import Post, Posted, Visit
from api.wiring import Sohoa
from ingest.errors import CodedError
from ocr.fields.types import catalogue
from storage.errors import NotFound

router = APIRouter(include_in_schema=False)
rest_router = APIRouter(prefix="/v1", tags=["dossiers"])

MayPlace = Annotated[Principal, Depends(Visit(Action.ATTENTION_ACT))]
Placed = Annotated[Posted, Depends(Post(Action.ATTENTION_ACT))]
MayPrint = Annotated[Principal, Depends(Visit(Action.DOSSIER_READ))]
PDF = "application/pdf"
SHEETS: dict[int | str, dict[str, object]] = {
    200: {"description": "The sheets", "content": {PDF: {"schema": {"type": "string", "format": "binary"}}}},
    **documented(404, 422),
}


class PlaceBody(BaseModel):
    """Where a held paper belongs."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"dossier": "H55.242-261122-0001", "component": "TP.000894.03"}]}
    )

    dossier: str = Field(default="", max_length=100, description="empty: it goes on without a dossier")
    component: str = Field(default="", max_length=60)
    type: str = Field(default="", max_length=50, description="paper type, or empty: the machine says")


@router.get("/papers/{paper_id}/place")
def ask(
    request: Request, paper_id: str, principal: MayPlace, sohoa: Product, lang: Lang,
    dossier: Annotated[str, Query(max_length=100)] = "",
) -> Response:  # fmt: skip
    """The pages of a held paper and the form. That it was looked at is recorded."""
    return _page(request, sohoa, principal, lang, paper_id, dossier)


def _page(
    request: Request, sohoa: Sohoa, principal: Principal, lang: str, paper_id: str, dossier: str, problem: str = "",
    status: int = 200,
) -> Response:  # fmt: skip
    paper = paper_for(sohoa, paper_id, principal, "")
    code = dossier.strip() or paper.dossier or _neighbour(sohoa, paper.file_id)
    parts: list[ComponentView] = []
    try:
        found = DossierDesk(sohoa, principal.reach).find(code) if code else None
        if code and found is None:
            raise NotFound(what="dossier", key=code[:60])
        if found is not None:
            parts = [ComponentView.of(part, lang) for part in sheet_of(sohoa, found.code, principal.reach).parts]
    except CodedError as error:
        problem, status = problem or error.message(lang), 422
    context: dict[str, Any] = {
        "paper": PaperView.of(paper, lang), "pictures": pictures_of(sohoa, paper), "code": code, "parts": parts,
        "problem": problem, "reason": ReasonView.of(paper.reason_code, paper.reason_params, lang),
        "types": {name: kind.name(lang) for name, kind in catalogue().items()},
    }  # fmt: skip
    return page(request, "place.html", principal, status, **context)


def _neighbour(sohoa: Sohoa, file_id: str) -> str:
    """The dossier of the other papers of the stack, if they all have one."""
    with sohoa.database.read() as uow:
        codes = {paper.dossier for paper in uow.papers.of_file(file_id) if paper.dossier}
    return codes.pop() if len(codes) == 1 else ""


@router.post("/papers/{paper_id}/place")
async def do_place(request: Request, paper_id: str, posted: Placed, sohoa: Product, lang: Lang) -> Response:
    """Put it there and go back to what needs attention."""
    who, dossier = posted.principal, posted.text("dossier")[:100]
    component, kind = posted.text("component")[:60], posted.text("type")[:50]
    try:
        paper = await run_in_threadpool(
            place, sohoa, paper_id, dossier=dossier, component=component, paper_type=kind, reach=who.reach, actor=who.name
        )
    except CodedError as error:
        return await run_in_threadpool(
            _page, request, sohoa, who, lang, paper_id, dossier, error.message(lang), status_of(error.code)
        )
    there = f"/dossiers/{quote(paper.dossier)}#{quote(paper.component)}" if paper.component else "/attention"
    return RedirectResponse(there, 303)


@rest_router.post("/papers/{paper_id}/place", responses=documented(404, 409))
def place_paper(paper_id: str, body: PlaceBody, sohoa: Product, principal: MayAct, lang: Lang) -> PaperView:
    """Say where a paper belongs whose separator sheet could not be read; its pages are read now."""
    paper = place(
        sohoa, paper_id, dossier=body.dossier, component=body.component, paper_type=body.type, reach=principal.reach,
        actor=principal.name,
    )  # fmt: skip
    return PaperView.of(paper, lang, masked=False)


@router.get("/dossiers/{code}/sheets.pdf")
def sheets(code: str, principal: MayPrint, sohoa: Product, component: Annotated[list[str] | None, Query()] = None) -> Response:
    """Separator sheets for the components that have no paper yet, or for those named."""
    return _sheets(sohoa, principal, code, component)


@rest_router.get("/dossiers/{code}/sheets.pdf", response_class=Response, responses=SHEETS)
def sheets_of(
    code: str, principal: MayReadDossier, sohoa: Product, component: Annotated[list[str] | None, Query()] = None
) -> Response:
    """Separator sheets as a PDF: for the components named, else for those that have no paper yet."""
    return _sheets(sohoa, principal, code, component)


def _sheets(sohoa: Sohoa, principal: Principal, code: str, component: list[str] | None) -> Response:
    sheet = sheet_of(sohoa, code, principal.reach)
    made = sheets_for(sheet, component or ())
    if not made:
        raise NotFound(what="component", key=", ".join(component or ())[:60])
    with sohoa.database.transaction() as uow:
        details: dict[str, object] = {"stack": made[0].facts["stack"], "sheets": len(made)}
        uow.ledger.append("dossier.sheets_printed", code, principal.name, details)
    with tempfile.TemporaryDirectory(dir=sohoa.settings.data_dir / "tmp", prefix="sheets-") as folder:
        path = Path(folder) / "sheets.pdf"
        write(made, datetime.now(UTC), path)
        data = path.read_bytes()
    headers = {"Content-Disposition": content_disposition(f"to-ngan-{code}.pdf"), "Cache-Control": "no-store"}
    return Response(data, media_type=PDF, headers=headers)
