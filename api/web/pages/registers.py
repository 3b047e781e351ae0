"""The certification registers as văn thư keeps them: books, entries by year and month, the yearly lock."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from functools import partial
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from starlette.responses import RedirectResponse, Response

from api.access.permissions import Action, Principal
from api.certification.registers import Register, RegisterDesk
from api.errors import BadRequest, to_problem
from api.http.identity import Lang, Product, Purpose
from api.views.certifications import CertificationView
from api.web.site import page
from api.web.visits import Post, Posted, Visit
from api.wiring import Sohoa
from ingest.errors import CodedError
from storage.register_columns import note_of
from storage.register_entries import statistics_of
from storage.registers import (
    BookState,
    Certification,
    CertificationState,
    RegisterKind,
    RegisterQuery,
    today_in_vietnam,
)

router = APIRouter(include_in_schema=False)

PAGE_SIZE = 100
FIGURES = ("numbers", "certified", "copies", "pages", "fees_vnd", "void", "annulled")
"""Statistics in the order in which they are shown."""
SHOWN_STATES = (
    CertificationState.ISSUED, CertificationState.ATTESTED, CertificationState.PERSONALLY_SIGNED, CertificationState.VOID,
    CertificationState.ANNULLED,
)  # fmt: skip
MayRead = Annotated[Principal, Depends(Visit(Action.REGISTER_READ))]
Keeps = Annotated[Posted, Depends(Post(Action.REGISTER_KEEP))]
Kind = Annotated[RegisterKind, Path()]
Year = Annotated[int, Path(ge=2000, le=2999)]


class RegisterForm(BaseModel):
    """Which entries of a year are wanted."""

    model_config = ConfigDict(extra="ignore")

    unit: str = Field(default="", max_length=100)
    month: int = Field(default=0, ge=0, le=12)
    book: str = Field(default="", max_length=100)
    state: Annotated[CertificationState | None, BeforeValidator(lambda value: value or None)] = None
    q: str = Field(default="", max_length=100)
    offset: int = Field(default=0, ge=0, le=1_000_000)

    def takes(self, one: Certification) -> bool:
        """Whether the entry is wanted; `q` is a number or words of the original's name."""
        if (self.book and one.entry and one.entry.book != self.book) or (self.state and one.state is not self.state):
            return False
        asked = self.q.strip().casefold()
        number = int(asked) if re.fullmatch(r"[0-9]{1,9}", asked) else 0
        return not asked or bool(one.entry and number == one.entry.number) or asked in one.title.casefold()

    def address(self, kind: RegisterKind, year: int) -> str:
        """The same entries again, to add a place to."""
        parts = self.model_dump(mode="json", exclude={"offset"}, exclude_defaults=True)
        return f"/registers/{kind}/{year}?{urlencode(parts)}"


@router.get("/registers")
def books(request: Request, principal: MayRead, sohoa: Product, unit: Annotated[str, Query(max_length=100)] = "") -> Response:
    """Books and years of the units within reach; of one if named."""
    return _books(request, sohoa, principal, unit)


def _books(request: Request, sohoa: Sohoa, who: Principal, unit: str, problem: str = "", status: int = 200) -> Response:
    desk = RegisterDesk(sohoa, who.reach)
    every = desk.books()
    found = [book for book in every if not unit or book.unit == unit]
    years = sorted({(book.unit, book.kind, book.year) for book in found}, key=lambda one: (-one[2], one[0], one[1]))
    with sohoa.database.read() as uow:
        locked = {one: uow.registers.locked_year(*one) for one in years}
        told = unit or len({book.unit for book in every}) == 1
        figures = {
            one: lock.statistics if lock else statistics_of(uow.certifications.entries(RegisterQuery(*one))) if told else {}
            for one, lock in locked.items()
        }
    options = sohoa.settings.certification
    context: dict[str, Any] = {
        "books": found[::-1],
        "years": [(*one, locked[one], figures[one]) for one in years],
        "units": sorted({book.unit for book in every}),
        "unit": unit,
        "open": {book.kind for book in found if book.state is BookState.OPEN},
        "kinds": tuple(RegisterKind),
        "signs": {kind: options.sign_of(kind) for kind in RegisterKind},
        "problem": problem,
    }
    return page(request, "registers.html", who, status, **context)


@router.get("/registers/{kind}/{year}")
def entries(
    request: Request, kind: Kind, year: Year, form: Annotated[RegisterForm, Query()], principal: MayRead, sohoa: Product,
    lang: Lang, purpose: Purpose = "",
) -> Response:  # fmt: skip
    """Entries by number, void ones among them; requesters are masked. Recorded in the ledger."""
    return _entries(request, sohoa, principal, kind, year, form, lang, purpose)


def _entries(
    request: Request, sohoa: Sohoa, who: Principal, kind: RegisterKind, year: int, form: RegisterForm, lang: str,
    purpose: str = "", problem: str = "", status: int = 200,
) -> Response:  # fmt: skip
    desk = RegisterDesk(sohoa, who.reach)
    register: Register = desk.read(kind, year, form.month, actor=who.name, purpose=purpose, unit=form.unit)
    found = [one for one in register.entries if form.takes(one)]
    shown = found[form.offset : form.offset + PAGE_SIZE]
    today = today_in_vietnam(datetime.now(UTC))
    unit = register.query.unit
    context: dict[str, Any] = {
        "kind": kind, "year": year, "form": form, "unit": unit, "locked": register.locked, "intact": register.intact,
        "entries": [(CertificationView.of(one, lang), note_of(one)) for one in shown],
        "total": len(found), "step": PAGE_SIZE, "more": len(found) > form.offset + PAGE_SIZE,
        "books": [book.label for book in desk.books(unit) if book.kind is kind and book.year == year],
        "states": SHOWN_STATES,
        "figures": [(name, statistics_of(found)[name]) for name in FIGURES],
        "address": form.address(kind, year), "sign": sohoa.settings.certification.sign_of(kind),
        "file": urlencode({"unit": unit, "month": form.month}),
        "lockable": register.locked is None and (today.year > year or (today.month, today.day) == (12, 31)),
        "confirmation": confirmation(year, lang), "problem": problem,
    }  # fmt: skip
    return page(request, "register.html", who, status, **context)


def confirmation(year: int, lang: str) -> str:
    """What must be typed to lock a year: it cannot be taken back."""
    return f"LOCK {year}" if lang == "en" else f"KHÓA SỔ {year}"


@router.post("/registers/{act}")
async def keep(request: Request, act: str, posted: Keeps, sohoa: Product, lang: Lang) -> Response:
    """Open the next book, or close the open one."""
    kind, unit = _kind(posted), posted.text("unit")[:100]
    desk = RegisterDesk(sohoa, posted.principal.reach)
    if act not in {"open", "close"}:
        raise BadRequest(where="act")
    try:
        await run_in_threadpool(desk.open if act == "open" else desk.close, kind, actor=posted.principal.name, unit=unit)
    except CodedError as error:
        problem = to_problem(error, lang)
        return await run_in_threadpool(_books, request, sohoa, posted.principal, unit, problem.detail, problem.status)
    return RedirectResponse(f"/registers?{urlencode({'unit': unit})}" if unit else "/registers", 303)


@router.post("/registers/{kind}/{year}/lock")
async def lock(request: Request, kind: Kind, year: Year, posted: Keeps, sohoa: Product, lang: Lang) -> Response:
    """Khóa sổ, once the words were typed that say so."""
    form = RegisterForm(unit=posted.text("unit")[:100])
    desk = RegisterDesk(sohoa, posted.principal.reach)
    try:
        if posted.text("confirmation") not in {confirmation(year, one) for one in ("vi", "en")}:
            raise BadRequest(where=confirmation(year, lang))
        await run_in_threadpool(desk.lock_year, kind, year, actor=posted.principal.name, unit=form.unit)
    except CodedError as error:
        problem = to_problem(error, lang)
        shown = partial(_entries, request, sohoa, posted.principal, kind, year, form, lang)
        return await run_in_threadpool(shown, problem=problem.detail, status=problem.status)
    return RedirectResponse(form.address(kind, year), 303)


def _kind(posted: Posted) -> RegisterKind:
    try:
        return RegisterKind(posted.text("kind") or RegisterKind.ELECTRONIC)
    except ValueError as error:
        raise BadRequest(where="kind") from error
