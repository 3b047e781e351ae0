"""The lines that need a person, and the three things to press."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, ConfigDict, Field

from api.access.permissions import Action
from api.errors import BadRequest
from api.http.bodies import UPLOAD_LIMIT_BYTES, form_body, uploads_in
from api.http.identity import Lang, MayAct, MayJudgeSecrecy, MaySeeAttention, Product
from api.http.problems import documented
from api.intake.attention import AttentionDesk
from api.views import AttentionView, FileView

router = APIRouter(prefix="/v1/attention", tags=["attention"])

StepId = Annotated[str, Path(description="Id of the failed step")]


class GiveUpBody(BaseModel):
    """Why a paper or file is given up."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"reason": "Giấy bị rách, đã trả lại công dân"}]})

    reason: str = Field(max_length=500, description="kept in the ledger; no personal data")


class ClearBody(BaseModel):
    """Why a paper is no state secret."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"reason": "Chữ in trên bìa mẫu, không phải dấu mật"}]}
    )

    reason: str = Field(max_length=500, description="kept in the ledger; no personal data")


@router.get("", responses=documented())
def lines(
    sohoa: Product,
    principal: MaySeeAttention,
    lang: Lang,
    batch: Annotated[str, Query(max_length=32, description="only of this batch")] = "",
) -> tuple[AttentionView, ...]:
    """What a machine could not finish in the asker's own unit, oldest first."""
    return tuple(AttentionView.of(line, lang) for line in AttentionDesk(sohoa, principal.reach).lines(batch))


@router.post("/{step_id}/retry", status_code=204, responses=documented(404, 409))
def retry(step_id: StepId, sohoa: Product, principal: MayAct) -> None:
    """Try the failed step again."""
    AttentionDesk(sohoa, principal.reach).retry(step_id, actor=principal.name)


@router.post("/{step_id}/clear-secrecy", status_code=204, responses=documented(404, 409))
def clear_secrecy(step_id: StepId, body: ClearBody, sohoa: Product, principal: MayJudgeSecrecy) -> None:
    """Say that a paper stopped as a state secret is none: it goes on."""
    AttentionDesk(sohoa, principal.reach).clear(step_id, reason=body.reason, actor=principal.name)


@router.post("/{step_id}/give-up", status_code=204, responses=documented(404, 409))
def give_up(step_id: StepId, body: GiveUpBody, sohoa: Product, principal: MayAct) -> None:
    """Stop working on it; its bytes stay."""
    may_void = principal.may(Action.CERTIFICATION_ATTEST)
    AttentionDesk(sohoa, principal.reach).give_up(step_id, reason=body.reason, actor=principal.name, may_void=may_void)


@router.post(
    "/{step_id}/replace",
    status_code=201,
    responses=documented(404, 409, 413, 507),
    max_body_size=UPLOAD_LIMIT_BYTES,
    openapi_extra={"requestBody": form_body("file")},
)
async def replace(request: Request, step_id: StepId, sohoa: Product, principal: MayAct, lang: Lang) -> FileView:
    """Send a better file (form field `file`) in place of the one behind the failure."""
    async with request.form(max_files=1, max_fields=10) as form:
        uploads = uploads_in(form.getlist("file"))
        if not uploads:
            raise BadRequest(where="file")
        name, stream = uploads[0].filename or "", uploads[0].file
        row = await run_in_threadpool(AttentionDesk(sohoa, principal.reach).replace, step_id, name, stream, actor=principal.name)
    return FileView.of(row, lang)
