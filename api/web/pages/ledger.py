"""The auditor's look into the ledger: every entry with its links, the anchors, and who opened whose papers."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from starlette.responses import Response

from api.access.permissions import Action, Principal
from api.audit.ledger_desk import AccessQuery, By, accesses, explore, rows, summed
from api.http.downloads import content_disposition
from api.http.identity import Lang, Product
from api.http.lookups import MaybeDate
from api.spreadsheet import write_rows
from api.web.site import page
from api.web.visits import Visit
from signing.report import VIETNAM
from storage.registers import today_in_vietnam
from storage.trail import LedgerQuery

router = APIRouter(include_in_schema=False)

PAGE_SIZE = 100
LINES = 500
DAYS = 7
MayRead = Annotated[Principal, Depends(Visit(Action.LEDGER_READ))]
MaybeBy = Annotated[By, BeforeValidator(lambda value: value or By.LINE)]


class LedgerForm(BaseModel):
    """Which entries are wanted."""

    model_config = ConfigDict(extra="ignore")

    first: MaybeDate = None
    last: MaybeDate = None
    event: str = Field(default="", max_length=100)
    actor: str = Field(default="", max_length=200)
    subject: str = Field(default="", max_length=200)
    below: int = Field(default=0, ge=0, lt=2**63)

    def query(self) -> LedgerQuery:
        """As a question to the ledger; days as in Vietnam."""
        first = datetime.combine(self.first, time(), VIETNAM) if self.first else None
        before = datetime.combine(self.last + timedelta(days=1), time(), VIETNAM) if self.last else None
        subjects = (self.subject.strip(),) if self.subject.strip() else None
        event, actor = self.event.strip(), self.actor.strip()
        return LedgerQuery(first, before, event, actor=actor, subjects=subjects, below=self.below, limit=PAGE_SIZE + 1)

    def address(self) -> str:
        """The same question, to add a place to."""
        return "/ledger?" + urlencode(self.model_dump(mode="json", exclude={"below"}, exclude_defaults=True))


class AccessForm(BaseModel):
    """Which accesses are wanted, and how they are put together."""

    model_config = ConfigDict(extra="ignore")

    first: MaybeDate = None
    last: MaybeDate = None
    actor: str = Field(default="", max_length=200)
    about: str = Field(default="", max_length=200)
    purpose: str = Field(default="", max_length=100)
    unit: str = Field(default="", max_length=100)
    by: MaybeBy = By.LINE

    def query(self) -> AccessQuery:
        """As a question; the last seven days where none are named."""
        last = self.last or today_in_vietnam(datetime.now(UTC))
        first = self.first or last - timedelta(days=DAYS - 1)
        return AccessQuery(first, last, self.actor.strip(), self.about.strip(), self.purpose.strip(), self.unit.strip())

    def address(self, by: By) -> str:
        """The same accesses, put together by something else."""
        return "/access?" + urlencode(self.model_dump(mode="json", exclude={"by"}, exclude_defaults=True) | {"by": by.value})

    def file(self) -> str:
        """Where the same accesses are had for spreadsheet programs."""
        return "/access.csv?" + urlencode(self.model_dump(mode="json", exclude={"by"}, exclude_defaults=True))


@router.get("/ledger")
def ledger(request: Request, form: Annotated[LedgerForm, Query()], principal: MayRead, sohoa: Product) -> Response:
    """Entries, newest first, each with its hash and the one before. That they were looked at becomes an entry."""
    found = explore(sohoa, form.query(), principal)
    with sohoa.database.read() as uow:
        head, anchors = uow.ledger.head(), uow.anchors.all()
    context: dict[str, Any] = {
        "form": form,
        "found": found[:PAGE_SIZE],
        "more": found[PAGE_SIZE - 1].entry.seq if len(found) > PAGE_SIZE else 0,
        "head": head,
        "anchors": anchors[::-1][:20],
        "anchored": len(anchors),
        "address": form.address(),
        "asked": bool(form.first or form.last or form.event or form.actor or form.subject),
    }
    return page(request, "ledger.html", principal, **context)


@router.get("/access")
def access(request: Request, form: Annotated[AccessForm, Query()], principal: MayRead, sohoa: Product) -> Response:
    """Who opened whose papers, and for what. That it was asked becomes an entry."""
    query = form.query()
    answer = accesses(sohoa, query, principal)
    context: dict[str, Any] = {
        "form": form,
        "first": _iso(query.first),
        "last": _iso(query.last),
        "total": len(answer.found),
        "cut": answer.cut,
        "lines": answer.found[:LINES] if form.by is By.LINE else (),
        "most": LINES,
        "sums": () if form.by is By.LINE else summed(answer.found, form.by),
        "ways": [(by, form.address(by)) for by in By],
        "file": form.file(),
    }
    return page(request, "access.html", principal, **context)


@router.get("/access.csv")
def access_table(form: Annotated[AccessForm, Query()], principal: MayRead, sohoa: Product, lang: Lang) -> Response:
    """The same accesses for spreadsheet programs."""
    query = form.query()
    out = io.StringIO(newline="")
    write_rows(out, HEADS[lang].split("|"), rows(accesses(sohoa, query, principal).found))
    name = f"nhat-ky-truy-cap-{_iso(query.first)}-{_iso(query.last)}.csv"
    headers = {"Content-Disposition": content_disposition(name)}
    return Response(out.getvalue().encode("utf-8-sig"), media_type="text/csv; charset=utf-8", headers=headers)


HEADS = {
    "vi": "Dòng|Thời điểm|Người|Vai trò|Đơn vị|Việc|Giấy tờ|Mã kết quả|Chủ giấy tờ|Đơn vị của giấy tờ|Mục đích",
    "en": "Entry|At|Who|Role|Unit|What|Paper|Code|Owner|Unit of the paper|Purpose",
}


def _iso(day: date) -> str:
    return day.isoformat()
