"""The officer's page of one record, and its downloads."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request
from starlette.responses import Response

from api.access.permissions import Action, Principal
from api.http.downloads import send
from api.http.identity import Lang, Product, Purpose
from api.http.lookups import fields_of, record_for
from api.views import JournalView, RecordView
from api.web.hits import hit_pages
from api.web.pictures import pictures_of
from api.web.record_life import life_of
from api.web.shapes import validity
from api.web.site import page
from api.web.visits import Visit
from ocr.fields.types import catalogue
from ocr.review.decide import BY_ABSENCE
from signing.report import VIETNAM

router = APIRouter(include_in_schema=False)

MayRead = Annotated[Principal, Depends(Visit(Action.RECORD_READ))]
MayDownload = Annotated[Principal, Depends(Visit(Action.RECORD_DOWNLOAD))]
Code = Annotated[str, Path(max_length=200)]
Typed = Annotated[str, Query(max_length=500)]
"""What the record was found by: its words are boxed on the pages."""


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
def one(
    request: Request, code: Code, principal: MayRead, sohoa: Product, lang: Lang, purpose: Purpose = "", q: Typed = "",
    check: bool = False,
) -> Response:  # fmt: skip
    """One record: facts, validity, versions, reuse, fields, pages with what was searched for, journal. The look is recorded."""
    record = record_for(sohoa, code, principal, purpose)
    with sohoa.database.read() as uow:
        paper = uow.papers.get(record.paper_id)
        journal = [JournalView.of(entry) for entry in uow.journal.of_paper(record.paper_id)]
    fields = fields_of(sohoa, paper, lang)
    kind = catalogue().get(record.paper_type)
    pictures = pictures_of(sohoa, paper)
    context: dict[str, Any] = {
        "record": RecordView.of(record, masked=False),
        "paper_id": record.paper_id,
        "validity": validity(record, datetime.now(VIETNAM).date()),
        "type_name": kind.name(lang) if kind else record.paper_type,
        "fields": [field for field in fields if field.value or field.decision],
        "by_absence": BY_ABSENCE,
        "pictures": pictures,
        "hits": hit_pages(sohoa, paper, pictures, q),
        "typed": q,
        "journal": journal,
        "purpose": purpose,
        **life_of(sohoa, record, principal, lang, check=check),
    }
    return page(request, "record.html", principal, **context)
