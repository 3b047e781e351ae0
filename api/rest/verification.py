"""Verification of an uploaded file; nothing of it is stored."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.concurrency import run_in_threadpool
from starlette.responses import Response

from api.audit.report_forms import ReportFormat
from api.errors import BadRequest
from api.http.bodies import UPLOAD_LIMIT_BYTES, form_body, uploads_in
from api.http.identity import Lang, MayVerify, Product
from api.http.problems import documented
from api.http.verification import report_upload, verify_upload
from api.views import VerdictView

router = APIRouter(prefix="/v1", tags=["verification"])


@router.post(
    "/verify",
    responses=documented(413) | {200: {"content": {"application/pdf": {}, "text/html": {}}}},
    response_model=VerdictView,
    max_body_size=UPLOAD_LIMIT_BYTES,
    openapi_extra={"requestBody": form_body("file")},
)
async def verify(
    request: Request,
    sohoa: Product,
    _: MayVerify,
    lang: Lang,
    report: Annotated[ReportFormat | None, Query(description="a report to print instead of JSON")] = None,
) -> Response | VerdictView:
    """Judge every signature of a PDF (form field `file`). A bad file gets a verdict, not an error; nothing is stored."""
    async with request.form(max_files=1, max_fields=10) as form:
        uploads = uploads_in(form.getlist("file"))
        if not uploads:
            raise BadRequest(where="file")
        sent, name = uploads[0].file, uploads[0].filename or ""
        if report is not None:
            return await run_in_threadpool(report_upload, sohoa, sent, name, lang, report)
        verdict = await run_in_threadpool(verify_upload, sohoa, sent, name)
    return VerdictView.of(verdict, lang)
