"""The officer's search: one form, results, ways to narrow them, and searches kept under a name. Every search is an address."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse, Response

from api.access.permissions import Action, Principal
from api.access.privacy import audience_of, note_access, purpose_to_look
from api.finding.saved_searches import SavedSearchDesk
from api.finding.searching import SearchForm, search
from api.http.identity import Carried, Lang, Product
from api.views import FacetView, RecordView, SearchView
from api.web.catalogue import Texts
from api.web.shapes import validity
from api.web.site import page
from api.web.visits import Post, Posted, Visit
from ingest.errors import CodedError
from ocr.fields.types import catalogue
from signing.report import VIETNAM
from storage.access_levels import AccessLevel
from storage.finding import SearchPage, Sort, Validity
from storage.model import Record

router = APIRouter(include_in_schema=False)

MaySearch = Annotated[Principal, Depends(Visit(Action.RECORD_SEARCH))]
Sent = Annotated[Posted, Depends(Post(Action.RECORD_SEARCH))]
SearchId = Annotated[str, Path(max_length=64)]
FILTERS = (
    "owner",
    "type",
    "unit",
    "number",
    "issuer",
    "issuer_is",
    "dossier",
    "issued_from",
    "issued_to",
    "year",
    "validity",
    "valid_on",
    "access",
)


@router.get("/records")
def find(
    request: Request, form: Annotated[SearchForm, Query()], principal: MaySearch, sohoa: Product, lang: Lang, carried: Carried
) -> Response:
    """The search form with its results. Without a question: the newest records."""
    asked = form.asked()
    purpose = purpose_to_look(sohoa, form.purpose or carried)
    found = search(sohoa, form.model_copy(update={"facets": True}), principal, carried) if asked else None
    with sohoa.database.read() as uow:
        newest = () if found else uow.records.latest(form.limit, 0, audience=audience_of(sohoa, principal))
    if newest:
        note_access(sohoa, "records.listed", "search", principal, purpose, shown=len(newest))
    return page(request, "records.html", principal, **_context(form, found, newest, lang))


@router.get("/searches")
def saved(request: Request, principal: MaySearch, sohoa: Product) -> Response:
    """One's own saved searches, with what is new in each."""
    return page(request, "searches.html", principal, saved=SavedSearchDesk(sohoa, principal).all())


@router.post("/searches")
async def save(request: Request, posted: Sent, sohoa: Product, lang: Lang) -> Response:
    """Keep the search on the page under a name."""
    desk, address = SavedSearchDesk(sohoa, posted.principal), posted.text("address")
    try:
        await run_in_threadpool(desk.save, posted.text("name"), address)
    except CodedError as error:
        context = {"saved": await run_in_threadpool(desk.all), "problem": error.message(lang)}
        return page(request, "searches.html", posted.principal, 422, **context)
    return RedirectResponse("/searches", 303)


@router.get("/searches/{search_id}")
def look(search_id: SearchId, principal: MaySearch, sohoa: Product) -> Response:
    """On to the results; what is there now counts as seen."""
    return RedirectResponse(f"/records?{SavedSearchDesk(sohoa, principal).open(search_id)}", 303)


@router.post("/searches/{search_id}/remove")
async def remove(search_id: SearchId, posted: Sent, sohoa: Product) -> Response:
    """Forget a saved search."""
    await run_in_threadpool(SavedSearchDesk(sohoa, posted.principal).remove, search_id)
    return RedirectResponse("/searches", 303)


def _context(form: SearchForm, found: SearchPage | None, newest: Sequence[Record], lang: str) -> dict[str, Any]:
    """What the template shows."""
    today = form.valid_on or datetime.now(VIETNAM).date()
    records = [hit.record for hit in found.hits] if found else list(newest)
    types = {code: kind.name(lang) for code, kind in catalogue().items()}
    result = SearchView.of(found, limit=form.limit, offset=form.offset) if found else None
    return {
        "form": form,
        "result": result,
        "facets": [_links(form, facet, types, lang) for facet in result.facets] if result else [],
        "chosen": _chosen(form, types, lang),
        "newest": [RecordView.of(record) for record in newest],
        "validities": {record.code: validity(record, today) for record in records},
        "types": types,
        "sorts": [sort.value for sort in Sort],
        "levels": [level.value for level in AccessLevel],
        "all_validities": [one.value for one in Validity],
        "open": bool(set(form.asked()) & set(FILTERS) - {"year", "issuer_is"}),
        "address": f"/records?{form.address()}",
        "kept": form.address(purpose=""),
        "instead": f"/records?{form.address(q=found.instead)}" if found and found.instead else "",
        "hit_query": (found.instead if found and found.instead else form.q).strip(),
    }


def _shown(name: str, value: str, types: dict[str, str], lang: str) -> str:
    """A facet's value for the eye."""
    if name == "type":
        return types.get(value, value)
    group = {"validity": "validity", "access": "access_level"}.get(name)
    return Texts(lang).label(group, value) if group else value


def _links(form: SearchForm, facet: FacetView, types: dict[str, str], lang: str) -> dict[str, Any]:
    """A facet with, for each value, the address that narrows by it (or, when chosen, no longer does)."""
    values = [
        {
            "text": _shown(facet.name, one.value, types, lang),
            "count": one.count,
            "chosen": one.chosen,
            "address": f"/records?{form.address(**{facet.name: '' if one.chosen else one.value})}",
        }
        for one in facet.values
    ]
    return {"name": facet.name, "entries": values}


def _chosen(form: SearchForm, types: dict[str, str], lang: str) -> list[dict[str, str]]:
    """Every filter in force with the address that takes it away."""
    made = []
    for name in FILTERS:
        value = getattr(form, name)
        if value:
            text = str(value) if name != "owner" else ""
            shown = _shown(name, text, types, lang)
            made.append({"name": name, "text": shown, "address": f"/records?{form.address(**{name: ''})}"})
    return made
