"""Reuse: the eligibility test, using a record for a component, taking it back; and the end of records."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, ConfigDict, Field

from api.access.privacy import audience_of, note_access, record_to_use
from api.dossiers.portal import paper_flags
from api.dossiers.sheet import sheet_of
from api.http.identity import Lang, MayEndRecord, MayReadRecord, MayReuse, Product, Purpose
from api.http.lookups import record_for
from api.http.problems import documented
from api.records.lifecycle import Decided, RecordLifecycle
from api.records.reuse import ReuseDesk
from api.views import RecordView
from api.views.base import View
from api.views.dossiers import EligibilityView, EndingView, ReuseView
from api.wiring import Sohoa
from storage.access_levels import AccessLevel
from storage.reach import covers
from storage.reuse import rules

router = APIRouter(prefix="/v1", tags=["reuse"])

Code = Annotated[str, Path(max_length=200, description="Mã kết quả số hóa")]
ReuseId = Annotated[str, Path(max_length=64, description="Id of the reuse")]
REASON = "kept for ever; no personal data"


class ReuseBody(BaseModel):
    """Which record serves which component, and what for."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "record": "079085000003-KQ.G15.000031-H00-2026-000001", "dossier": "H55.242-261122-0001",
                    "component": "TP.004222.03", "purpose": "đăng ký thường trú",
                }
            ]
        },
    )  # fmt: skip

    record: str = Field(max_length=200)
    dossier: str = Field(max_length=100)
    component: str = Field(max_length=60)
    purpose: str = Field(max_length=300, description=REASON)
    overrides: dict[str, str] = Field(default={}, max_length=20, description="question → reason to go on in spite of its answer")
    from_store: bool = Field(default=False, description="DuocLayTuKhoDMQG: out of the owner's store on the national portal")


class WithdrawBody(BaseModel):
    """Why a reuse is taken back."""

    model_config = ConfigDict(extra="forbid")

    reason: str = Field(max_length=500, description=REASON)


class AnnulBody(BaseModel):
    """The decision that annuls a record."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"decision": "15/QĐ-UBND", "decided_on": "2026-11-28", "reason": "cấp sai thẩm quyền"}]},
    )

    decision: str = Field(max_length=100, description="number and sign of the decision")
    decided_on: date
    reason: str = Field(max_length=500, description=REASON)


class ReplaceBody(AnnulBody):
    """The decision by which another record takes the place."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"decision": "16/QĐ-UBND", "decided_on": "2026-11-28", "reason": "cấp lại", "by": "H00-2026-000002"}]
        },
    )

    by: str = Field(max_length=200, description="code of the record that takes the place")


class AccessBody(BaseModel):
    """How widely a record may be used."""

    model_config = ConfigDict(extra="forbid")

    access: AccessLevel
    reason: str = Field(max_length=500, description=REASON)


class ReusedView(View):
    """A reuse, with the flags the national portal wants."""

    reuse: ReuseView
    portal: dict[str, Any]


class RecordUseView(View):
    """Where a record is used, and why it has no force any more."""

    record: RecordView
    ending: EndingView | None
    reuses: tuple[ReuseView, ...]
    elsewhere: int
    """Reuses by units out of the asker's reach: counted, not shown."""


@router.get("/reuse-test", responses=documented(404))
def examine(
    sohoa: Product,
    principal: MayReuse,
    lang: Lang,
    record: Annotated[str, Query(max_length=200)],
    dossier: Annotated[str, Query(max_length=100)],
    component: Annotated[str, Query(max_length=60)],
    purpose: Purpose = "",
) -> EligibilityView:
    """Every question with its answer and evidence; the stored copy is verified now. That it was asked is recorded."""
    record_to_use(sohoa, record, principal)
    tested = ReuseDesk(sohoa, principal.reach).test(record, dossier, component, purpose)
    note_access(sohoa, "record.tested", tested.record.paper_id, principal, purpose, dossier=dossier, component=component)
    return EligibilityView.of(tested, lang)


@router.post("/reuses", status_code=201, responses=documented(404, 409))
def reuse(body: ReuseBody, sohoa: Product, principal: MayReuse, lang: Lang) -> ReusedView:
    """Use a record for a component; 409 names the questions that stand in the way."""
    record_to_use(sohoa, body.record, principal)
    made = ReuseDesk(sohoa, principal.reach).reuse(**body.model_dump(), actor=principal.name)
    parts = sheet_of(sohoa, made.dossier, principal.reach).parts
    flags = next(paper_flags(part) for part in parts if part.component.code == made.component)
    return ReusedView(reuse=ReuseView.of(made, _rules(sohoa), lang), portal={"MaHoSo": made.dossier, **flags})


@router.post("/reuses/{reuse_id}/withdraw", responses=documented(404, 409))
def withdraw(reuse_id: ReuseId, body: WithdrawBody, sohoa: Product, principal: MayReuse, lang: Lang) -> ReuseView:
    """Take a reuse back; the component waits for a paper again."""
    gone = ReuseDesk(sohoa, principal.reach).withdraw(reuse_id, body.reason, actor=principal.name)
    return ReuseView.of(gone, _rules(sohoa), lang)


@router.get("/record-use/{code:path}", responses=documented(404))
def uses(code: Code, sohoa: Product, principal: MayReadRecord, lang: Lang, purpose: Purpose = "") -> RecordUseView:
    """Where a record is used. Recorded in the ledger."""
    record = record_for(sohoa, code, principal, purpose)
    with sohoa.database.read() as uow:
        found, ending = uow.reuses.of_record(code), uow.reuses.endings_of([code]).get(code)
    ours = [one for one in found if covers(principal.reach, one.unit)]
    return RecordUseView(
        record=RecordView.of(record, masked=False), ending=EndingView.of(ending) if ending else None,
        reuses=tuple(ReuseView.of(one, _rules(sohoa), lang) for one in ours), elsewhere=len(found) - len(ours),
    )  # fmt: skip


@router.post("/record-annulments/{code:path}", status_code=201, responses=documented(403, 404, 409))
def annul(code: Code, body: AnnulBody, sohoa: Product, principal: MayEndRecord) -> EndingView:
    """Enter the decision that annuls a record; every dossier that used it is told."""
    decided = Decided(body.decision, body.decided_on, body.reason)
    return EndingView.of(RecordLifecycle(sohoa, principal.reach).annul(code, decided, actor=principal.name))


@router.post("/record-replacements/{code:path}", status_code=201, responses=documented(403, 404, 409))
def replace(code: Code, body: ReplaceBody, sohoa: Product, principal: MayEndRecord) -> EndingView:
    """Let another record take the place of this one; every dossier that used it is told."""
    decided = Decided(body.decision, body.decided_on, body.reason)
    life = RecordLifecycle(sohoa, principal.reach, audience_of(sohoa, principal))
    return EndingView.of(life.replace(code, body.by, decided, actor=principal.name))


@router.post("/record-access/{code:path}", status_code=204, responses=documented(403, 404))
def access(code: Code, body: AccessBody, sohoa: Product, principal: MayEndRecord) -> None:
    """Say how widely a record may be used."""
    RecordLifecycle(sohoa, principal.reach).set_access(code, body.access, body.reason, actor=principal.name)


def _rules(sohoa: Sohoa) -> Any:
    return rules(sohoa.settings.dossiers.rules_file)
