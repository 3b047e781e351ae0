"""Certification registers: books, the yearly lock, entries, monthly print, CSV."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime
from pathlib import Path as FilePath
from typing import Annotated

from fastapi import APIRouter, Path, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from api.access.permissions import Principal
from api.certification.registers import RegisterDesk, as_csv, print_to
from api.http.downloads import content_disposition
from api.http.identity import Lang, MayKeepRegister, MayReadRegister, Product, Purpose
from api.http.problems import documented
from api.views.certifications import BookView, CertificationView, LockedYearView
from api.wiring import Sohoa
from storage.registers import RegisterKind

router = APIRouter(prefix="/v1/registers", tags=["registers"])

Kind = Annotated[RegisterKind, Path(description="electronic: SCTĐT/BS; paper: SCT/BS")]
Year = Annotated[int, Path(ge=2000, le=2999)]
Month = Annotated[int, Query(ge=0, le=12, description="1–12; 0: the whole year")]
Unit = Annotated[str, Query(max_length=100, description="unit; empty: the asker's own")]


class OpenBody(BaseModel):
    """Which register a book is opened or closed in."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"kind": "electronic"}]})

    kind: RegisterKind = RegisterKind.ELECTRONIC
    unit: str = Field(default="", max_length=100)


class LockBody(OpenBody):
    """Which year is locked."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"kind": "electronic", "year": 2026}]})

    year: int = Field(ge=2000, le=2999)


def desk_of(sohoa: Sohoa, principal: Principal) -> RegisterDesk:
    """The desk of the asker's units."""
    return RegisterDesk(sohoa, principal.reach)


@router.get("/books", responses=documented())
def books(sohoa: Product, principal: MayReadRegister, unit: Unit = "") -> tuple[BookView, ...]:
    """Books, oldest first."""
    return tuple(BookView.of(book) for book in desk_of(sohoa, principal).books(unit))


@router.post("/open", status_code=201, responses=documented(409))
def open_book(body: OpenBody, sohoa: Product, principal: MayKeepRegister) -> BookView:
    """Open the next book; numbers go on."""
    return BookView.of(desk_of(sohoa, principal).open(body.kind, actor=principal.name, unit=body.unit))


@router.post("/close", responses=documented(409))
def close_book(body: OpenBody, sohoa: Product, principal: MayKeepRegister) -> BookView:
    """Close the open book."""
    return BookView.of(desk_of(sohoa, principal).close(body.kind, actor=principal.name, unit=body.unit))


@router.post("/lock-year", responses=documented(404, 409))
def lock_year(body: LockBody, sohoa: Product, principal: MayKeepRegister) -> LockedYearView:
    """Khóa sổ: lock a year with its statistics; nothing can be added afterwards."""
    return LockedYearView.of(desk_of(sohoa, principal).lock_year(body.kind, body.year, actor=principal.name, unit=body.unit))


@router.get("/{kind}/{year}", responses=documented())
def entries(
    kind: Kind, year: Year, sohoa: Product, principal: MayReadRegister, lang: Lang, month: Month = 0, unit: Unit = "",
    purpose: Purpose = "",
) -> tuple[CertificationView, ...]:  # fmt: skip
    """Entries by number; requesters are masked. Recorded in the ledger."""
    register = desk_of(sohoa, principal).read(kind, year, month, actor=principal.name, purpose=purpose, unit=unit)
    return tuple(CertificationView.of(entry, lang) for entry in register.entries)


@router.get("/{kind}/{year}/print", response_class=Response, responses=documented())
def printed(
    kind: Kind, year: Year, sohoa: Product, principal: MayReadRegister, month: Month = 0, unit: Unit = "", purpose: Purpose = ""
) -> Response:
    """The register of a month (or year) as PDF/A-2b, to be printed and bound. Recorded in the ledger."""
    desk = desk_of(sohoa, principal)
    register = desk.read(kind, year, month, actor=principal.name, purpose=purpose, unit=unit)
    sign = sohoa.settings.certification.sign_of(kind)
    with tempfile.TemporaryDirectory(dir=sohoa.settings.data_dir / "tmp") as folder:
        path = FilePath(folder) / "register.pdf"
        print_to(register, desk.form(), desk.agency(register.query.unit), sign, path, datetime.now(UTC))
        data = path.read_bytes()
    name = f"so-chung-thuc-{kind}-{year}{f'-{month:02d}' if month else ''}.pdf"
    return Response(data, media_type="application/pdf", headers={"Content-Disposition": content_disposition(name)})


@router.get("/{kind}/{year}/csv", response_class=Response, responses=documented())
def table(
    kind: Kind, year: Year, sohoa: Product, principal: MayReadRegister, month: Month = 0, unit: Unit = "", purpose: Purpose = ""
) -> Response:
    """The same for spreadsheet programs. Recorded in the ledger."""
    desk = desk_of(sohoa, principal)
    register = desk.read(kind, year, month, actor=principal.name, purpose=purpose, unit=unit)
    name = f"so-chung-thuc-{kind}-{year}{f'-{month:02d}' if month else ''}.csv"
    headers = {"Content-Disposition": content_disposition(name)}
    return Response(as_csv(register, desk.form()).encode(), media_type="text/csv; charset=utf-8", headers=headers)
