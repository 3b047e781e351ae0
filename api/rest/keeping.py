"""Retention over HTTP: what falls due, legal holds, disposals by the word of two people, and their certificates."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from api.access.privacy import note_access
from api.http.downloads import download
from api.http.identity import MayAskDisposal, MayDecideDisposal, MayReadKeeping, Product, Purpose
from api.http.problems import documented
from api.keeping.disposal import DisposalDesk
from api.views.keeping import DisposalView, HoldView, KeptView
from storage.errors import NotFound

router = APIRouter(prefix="/v1/keeping", tags=["keeping"])

DisposalId = Annotated[str, Path(max_length=64, description="Id of the disposal")]
HoldId = Annotated[str, Path(max_length=64, description="Id of the legal hold")]
PDF: dict[int | str, dict[str, object]] = {
    200: {"description": "The file", "content": {"application/pdf": {"schema": {"type": "string", "format": "binary"}}}},
    206: {"description": "The range asked for"},
    304: {"description": "Unchanged since the given ETag"},
    **documented(404, 416),
}


class AskBody(BaseModel):
    """A record, and why it is held or shall go."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"record": "H00.DEMO-2026-000001", "reason": "hết thời hạn lưu trữ"}]}
    )

    record: str = Field(min_length=1, max_length=200, description="digitisation-result code")
    reason: str = Field(max_length=2000, description="kept for ever; no personal data")


class WhyBody(BaseModel):
    """The reason of a decision."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"reason": "đã đối chiếu danh mục"}]})

    reason: str = Field(max_length=2000, description="kept for ever; no personal data")


@router.get("/due", responses=documented())
def due(
    sohoa: Product, principal: MayReadKeeping,
    within_days: Annotated[int, Query(ge=0, le=36_500, description="days ahead; 0 = what is over today")] = 365,
) -> tuple[KeptView, ...]:  # fmt: skip
    """Records of the own units whose term is over or ends within so many days, the earliest first."""
    return tuple(KeptView.of(one) for one in DisposalDesk(sohoa, principal.reach).due(within_days))


@router.get("/holds", responses=documented())
def holds(sohoa: Product, principal: MayReadKeeping) -> tuple[HoldView, ...]:
    """Legal holds that stand on records of the own units, oldest first."""
    return tuple(HoldView.of(*one) for one in DisposalDesk(sohoa, principal.reach).holds())


@router.post("/holds", status_code=201, responses=documented(403, 404, 409))
def hold(body: AskBody, sohoa: Product, principal: MayAskDisposal) -> HoldView:
    """Put a record under a legal hold: it may not be disposed of, whatever its term says."""
    return HoldView.of(DisposalDesk(sohoa, principal.reach).hold(body.record, body.reason, actor=principal.name))


@router.post("/holds/{hold_id}/lift", responses=documented(404, 409))
def lift(hold_id: HoldId, body: WhyBody, sohoa: Product, principal: MayAskDisposal) -> HoldView:
    """End a legal hold."""
    return HoldView.of(DisposalDesk(sohoa, principal.reach).lift(hold_id, body.reason, actor=principal.name))


@router.get("/disposals", responses=documented())
def disposals(sohoa: Product, principal: MayReadKeeping) -> tuple[DisposalView, ...]:
    """Disposals of records of the own units, oldest first."""
    return tuple(DisposalView.of(*one) for one in DisposalDesk(sohoa, principal.reach).disposals())


@router.post("/disposals", status_code=201, responses=documented(403, 404, 409))
def ask(body: AskBody, sohoa: Product, principal: MayAskDisposal) -> DisposalView:
    """Ask that a record past its term be disposed of; another person decides."""
    return DisposalView.of(DisposalDesk(sohoa, principal.reach).request(body.record, body.reason, actor=principal.name))


@router.post("/disposals/{disposal_id}/approve", responses=documented(404, 409))
def approve(disposal_id: DisposalId, body: WhyBody, sohoa: Product, principal: MayDecideDisposal) -> DisposalView:
    """Let the record be destroyed: nobody can use it from here on, its bytes go after the grace time, a certificate stays."""
    return DisposalView.of(DisposalDesk(sohoa, principal.reach).approve(disposal_id, body.reason, actor=principal.name))


@router.post("/disposals/{disposal_id}/refuse", responses=documented(404, 409))
def refuse(disposal_id: DisposalId, body: WhyBody, sohoa: Product, principal: MayDecideDisposal) -> DisposalView:
    """Let the record be."""
    return DisposalView.of(DisposalDesk(sohoa, principal.reach).refuse(disposal_id, body.reason, actor=principal.name))


@router.get("/disposals/{disposal_id}/certificate", response_class=Response, responses=PDF)
def certificate(
    request: Request, disposal_id: DisposalId, sohoa: Product, principal: MayReadKeeping, purpose: Purpose = ""
) -> Response:
    """The sealed certificate of a finished disposal, with byte ranges. Recorded in the ledger."""
    found, record = DisposalDesk(sohoa, principal.reach).disposal(disposal_id)
    if found.sheet is None:
        raise NotFound(what="disposal certificate", key=disposal_id)
    note_access(sohoa, "record.downloaded", record.paper_id, principal, purpose, part="certificate of disposal")
    return download(request, sohoa.objects, found.sheet, f"bien-ban-tieu-huy-{found.id[:8]}.pdf")
