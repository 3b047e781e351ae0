"""Records: search, one record, its journal, and the three things to download."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import Response

from api.finding.searching import SearchForm, search
from api.http.downloads import send
from api.http.identity import Carried, MayDownload, MayReadJournal, MayReadRecord, MaySearch, Product, Purpose
from api.http.lookups import record_for
from api.http.problems import documented
from api.views import JournalView, RecordView, SearchView

router = APIRouter(prefix="/v1/records", tags=["records"])

Code = Annotated[str, Path(max_length=200, description="Mã kết quả số hóa", examples=["KQ.G15.000031-H55.242-2026-000001"])]
BYTES = {"content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}}
DOWNLOADS: dict[int | str, dict[str, object]] = {
    200: {"description": "The whole file", **BYTES},
    206: {"description": "The range asked for", **BYTES},
    304: {"description": "Unchanged since the given ETag"},
    **documented(404, 416),
}


@router.get("", responses=documented())
def find(form: Annotated[SearchForm, Query()], sohoa: Product, principal: MaySearch, carried: Carried) -> SearchView:
    """Search records by words (with or without diacritics) and filters. Owners are masked; that it was asked is recorded."""
    return SearchView.of(search(sohoa, form, principal, carried), limit=form.limit, offset=form.offset)


@router.get("/{code:path}/journal", responses=documented(404))
def journal(code: Code, sohoa: Product, principal: MayReadJournal, purpose: Purpose = "") -> tuple[JournalView, ...]:
    """Everything that happened to the paper behind the record, oldest first. Recorded in the ledger."""
    record = record_for(sohoa, code, principal, purpose, "journal.viewed")
    with sohoa.database.read() as uow:
        return tuple(JournalView.of(entry) for entry in uow.journal.of_paper(record.paper_id))


@router.get("/{code:path}/original", response_class=Response, responses=DOWNLOADS)
def original(request: Request, code: Code, sohoa: Product, principal: MayDownload, purpose: Purpose = "") -> Response:
    """The untouched original file, with byte ranges. Recorded in the ledger."""
    return send(request, sohoa, code, "original", principal, purpose)


@router.get("/{code:path}/sealed", response_class=Response, responses=DOWNLOADS)
def sealed(request: Request, code: Code, sohoa: Product, principal: MayDownload, purpose: Purpose = "") -> Response:
    """The sealed searchable PDF/A, with byte ranges. Recorded in the ledger."""
    return send(request, sohoa, code, "sealed", principal, purpose)


@router.get("/{code:path}/evidence", response_class=Response, responses=DOWNLOADS)
def evidence(request: Request, code: Code, sohoa: Product, principal: MayDownload, purpose: Purpose = "") -> Response:
    """The JSON of pages, words, fields and decisions, with byte ranges. Recorded in the ledger."""
    return send(request, sohoa, code, "evidence", principal, purpose)


@router.get("/{code:path}", responses=documented(404))
def one(code: Code, sohoa: Product, principal: MayReadRecord, purpose: Purpose = "") -> RecordView:
    """One record in full. Recorded in the ledger.

    Codes may hold slashes, hence the last place among the routes.
    """
    return RecordView.of(record_for(sohoa, code, principal, purpose), masked=False)
