"""The auditor's page: drop a PDF, read the verdict."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.concurrency import run_in_threadpool
from starlette.responses import Response

from api.access.permissions import Action, Principal
from api.audit.report_forms import ReportFormat
from api.certification.register_check import CLAUSE, in_register
from api.errors import BadRequest
from api.http.bodies import UPLOAD_LIMIT_BYTES
from api.http.downloads import content_disposition
from api.http.identity import Lang, Product
from api.http.verification import report_upload, verify_upload
from api.views import VerdictView
from api.web.site import page
from api.web.visits import Post, Posted, Visit

router = APIRouter(include_in_schema=False)

JSON = "json"
"""A report for programs: the same as the API gives."""


@router.get("/verify")
def verify_page(request: Request, principal: Annotated[Principal, Depends(Visit(Action.VERIFY))]) -> Response:
    """The form."""
    return page(request, "verify.html", principal, verdict=None, entered=None, clause=CLAUSE)


@router.post("/verify", max_body_size=UPLOAD_LIMIT_BYTES)
async def verify(
    request: Request, posted: Annotated[Posted, Depends(Post(Action.VERIFY))], sohoa: Product, lang: Lang
) -> Response:
    """The verdict on the file sent, as a page or as a report to keep; nothing of it is stored."""
    uploads = posted.uploads("file")
    if not uploads:
        raise BadRequest(where="file")
    sent, name = uploads[0].file, uploads[0].filename or ""
    wanted = posted.text("report")
    if wanted in set(ReportFormat):
        return await run_in_threadpool(report_upload, sohoa, sent, name, lang, ReportFormat(wanted))
    verdict = await run_in_threadpool(verify_upload, sohoa, sent, name)
    told = VerdictView.of(verdict, lang)
    if wanted == JSON:
        headers = {"Content-Disposition": content_disposition(f"{Path(told.name).stem}.report.json")}
        return Response(told.model_dump_json(indent=2), media_type="application/json", headers=headers)
    entered = await run_in_threadpool(in_register, sohoa, verdict.sha256)
    return page(request, "verify.html", posted.principal, verdict=told, entered=entered, clause=CLAUSE)
