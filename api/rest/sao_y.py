"""Copies with the agency's signature: sao y, sao lục."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from api.access.privacy import note_access, purpose_to_read, record_to_use
from api.certification.sao_y import Form, copies, one_copy, sao_y
from api.http.downloads import download
from api.http.identity import MayDownload, MayIssueCopies, MayReadRecord, Product, Purpose
from api.http.lookups import record_for
from api.http.problems import documented
from api.views.copies import CopyView

router = APIRouter(prefix="/v1/copies", tags=["copies"])

Id = Annotated[str, Path(max_length=64, description="Id of the copy")]
Code = Annotated[str, Query(min_length=1, max_length=200, description="Mã kết quả số hóa")]
PDF: dict[int | str, dict[str, object]] = {
    200: {"description": "The file", "content": {"application/pdf": {"schema": {"type": "string", "format": "binary"}}}},
    206: {"description": "The range asked for"},
    304: {"description": "Unchanged since the given ETag"},
    **documented(404, 409, 416),
}


class CopyBody(BaseModel):
    """Which record is copied, in which form."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"record": "H00.DEMO-2026-000001", "form": "sao_y"}]}
    )

    record: str = Field(min_length=1, max_length=200, description="digitisation-result code")
    form: Form = Form.SAO_Y
    again: bool = Field(default=False, description="make another one although there is one already")


@router.post("", status_code=201, responses=documented(404, 409, 422, 503))
def make(body: CopyBody, sohoa: Product, principal: MayIssueCopies, response: Response, purpose: Purpose = "") -> CopyView:
    """Sign a copy of a record with the agency's key; 200 with the one that exists, unless `again`. Recorded in the ledger."""
    purpose = purpose_to_read(sohoa, record_to_use(sohoa, body.record, principal), principal, purpose)
    copy = sao_y(
        sohoa, body.record, actor=principal.name, unit=principal.reach, form=body.form, again=body.again, purpose=purpose
    )
    if not copy.made_now:
        response.status_code = 200
    return CopyView.of(copy)


@router.get("", responses=documented(404))
def listed(record: Code, sohoa: Product, principal: MayReadRecord, purpose: Purpose = "") -> tuple[CopyView, ...]:
    """The copies made of a record, oldest first. Recorded in the ledger."""
    found = record_for(sohoa, record, principal, purpose, "copies.viewed")
    return tuple(CopyView.of(copy) for copy in copies(sohoa, found.code))


@router.get("/{copy_id}/file", response_class=Response, responses=PDF)
def file(request: Request, copy_id: Id, sohoa: Product, principal: MayDownload, purpose: Purpose = "") -> Response:
    """The signed copy, with byte ranges. Recorded in the ledger."""
    copy = one_copy(sohoa, copy_id)
    purpose = purpose_to_read(sohoa, copy.record, principal, purpose)
    note_access(sohoa, "record.downloaded", copy.record.paper_id, principal, purpose, part=copy.form.value)
    return download(request, sohoa.objects, copy.seal.object, f"{copy.record.code}-{copy.form.value}.pdf")
