"""The officer's pages: search and one record."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Path, Query, Request
from starlette.responses import Response

from api.access.permissions import Action, Principal
from api.http.downloads import send
from api.http.identity import Carried, Lang, Product, Purpose, note_access
from api.http.lookups import SearchForm, fields_of, record_for, search
from api.privacy import audience_of, purpose_to_look
from api.views import JournalView, RecordView, SearchView
from api.web.pictures import pictures_of
from api.web.shapes import validity
from api.web.site import page
from api.web.visits import Visit
from ocr.fields.types import catalogue
from signing.report import VIETNAM
from storage.model import SearchPage

router = APIRouter(include_in_schema=False)

MaySearch = Annotated[Principal, Depends(Visit(Action.RECORD_SEARCH))]
MayRead = Annotated[Principal, Depends(Visit(Action.RECORD_READ))]
MayDownload = Annotated[Principal, Depends(Visit(Action.RECORD_DOWNLOAD))]
Code = Annotated[str, Path(max_length=200)]


@router.get("/records")
def find(
    request: Request, form: Annotated[SearchForm, Query()], principal: MaySearch, sohoa: Product, lang: Lang, carried: Carried
) -> Response:
    """The search form with its results; every search is an address. Without a question: the newest records."""
    asked = any((form.q, form.owner, form.type, form.number, form.issuer, form.dossier, form.issued_from, form.issued_to))
    purpose = purpose_to_look(sohoa, form.purpose or carried)
    found: SearchPage | None = search(sohoa, form, principal, carried) if asked else None
    with sohoa.database.read() as uow:
        newest = () if found else uow.records.latest(form.limit, 0, audience=audience_of(sohoa, principal))
    if newest:
        note_access(sohoa, "records.listed", "search", principal, purpose, shown=len(newest))
    today = datetime.now(VIETNAM).date()
    records = [hit.record for hit in found.hits] if found else list(newest)
    context: dict[str, Any] = {
        "form": form,
        "result": SearchView.of(found, limit=form.limit, offset=form.offset) if found else None,
        "newest": [RecordView.of(record) for record in newest],
        "validities": {record.code: validity(record, today) for record in records},
        "types": {code: kind.name(lang) for code, kind in catalogue().items()},
        "address": _address(form),
    }
    return page(request, "records.html", principal, **context)


def _address(form: SearchForm) -> str:
    """The search without its place in the results, for links to the next and the last page."""
    parts = form.model_dump(mode="json", exclude={"offset", "lang"}, exclude_defaults=True)
    return "/records?" + urlencode({name: value for name, value in parts.items() if value})


@router.get("/records/{code:path}/download/{part}")
def fetch(
    request: Request,
    code: Code,
    part: Annotated[str, Path(pattern="^(original|sealed|evidence)$")],
    principal: MayDownload,
    sohoa: Product,
    purpose: Purpose = "",
) -> Response:
    """A download of a record."""
    return send(request, sohoa, code, part, principal, purpose)


@router.get("/records/{code:path}")
def one(request: Request, code: Code, principal: MayRead, sohoa: Product, lang: Lang, purpose: Purpose = "") -> Response:
    """One record: facts, validity, fields, pages, downloads, journal. That it was looked at is recorded."""
    record = record_for(sohoa, code, principal, purpose)
    with sohoa.database.read() as uow:
        paper = uow.papers.get(record.paper_id)
        journal = [JournalView.of(entry) for entry in uow.journal.of_paper(record.paper_id)]
    fields = fields_of(sohoa, paper, lang)
    kind = catalogue().get(record.paper_type)
    context: dict[str, Any] = {
        "record": RecordView.of(record, masked=False),
        "paper_id": record.paper_id,
        "validity": validity(record, datetime.now(VIETNAM).date()),
        "type_name": kind.name(lang) if kind else record.paper_type,
        "fields": [field for field in fields if field.value or field.decision],
        "pictures": pictures_of(sohoa, paper),
        "journal": journal,
        "purpose": purpose,
    }
    return page(request, "record.html", principal, **context)
