"""What an officer decides about a record: annulled, replaced, its access level; and several records as one package."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends, Query
from fastapi.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse, Response, StreamingResponse

from api.access.permissions import Action, Principal
from api.access.privacy import audience_of
from api.errors import BadRequest
from api.http.downloads import content_disposition
from api.http.identity import MayDownload, Product, Purpose
from api.http.problems import documented
from api.records.lifecycle import Decided, RecordLifecycle
from api.records.packages import prepare, stream
from api.web.visits import Post, Posted, Visit
from api.wiring import Sohoa
from signing.report import VIETNAM
from storage.access_levels import AccessLevel

router = APIRouter(include_in_schema=False)
package_router = APIRouter(prefix="/v1/packages", tags=["records"])

Ended = Annotated[Posted, Depends(Post(Action.RECORD_END))]
Fetching = Annotated[Principal, Depends(Visit(Action.RECORD_DOWNLOAD))]
Codes = Annotated[list[str], Query(max_length=1000, description="digitisation-result codes")]
ZIP = "application/zip"
PACKAGE: dict[int | str, dict[str, object]] = {
    200: {"description": "The package", "content": {ZIP: {"schema": {"type": "string", "format": "binary"}}}},
    **documented(404, 422),
}


def _lifecycle(sohoa: Sohoa, posted: Posted) -> RecordLifecycle:
    return RecordLifecycle(sohoa, posted.principal.reach, audience_of(sohoa, posted.principal))


def _decided(posted: Posted) -> Decided:
    try:
        day = date.fromisoformat(posted.text("decided_on"))
    except ValueError:
        raise BadRequest(where="decided_on") from None
    return Decided(posted.text("decision")[:100], day, posted.text("reason")[:500])


def _back(code: str) -> Response:
    return RedirectResponse(f"/records/{quote(code)}", 303)


@router.post("/record-acts/annul")
async def annul(posted: Ended, sohoa: Product) -> Response:
    """Enter the decision that annuls a record."""
    code = posted.text("record")[:200]
    await run_in_threadpool(_lifecycle(sohoa, posted).annul, code, _decided(posted), actor=posted.principal.name)
    return _back(code)


@router.post("/record-acts/replace")
async def replace(posted: Ended, sohoa: Product) -> Response:
    """Let another record take the place."""
    code, by = posted.text("record")[:200], posted.text("by")[:200]
    await run_in_threadpool(_lifecycle(sohoa, posted).replace, code, by, _decided(posted), actor=posted.principal.name)
    return _back(code)


@router.post("/record-acts/access")
async def access(posted: Ended, sohoa: Product) -> Response:
    """Set the access level."""
    code, level, reason = posted.text("record")[:200], posted.text("access"), posted.text("reason")[:500]
    if level not in set(AccessLevel):
        raise BadRequest(where="access")
    who = posted.principal.name
    await run_in_threadpool(_lifecycle(sohoa, posted).set_access, code, AccessLevel(level), reason, actor=who)
    return _back(code)


@router.get("/packages")
def package(principal: Fetching, sohoa: Product, code: Codes, purpose: Purpose = "") -> Response:
    """Several records as one ZIP."""
    return _package(sohoa, principal, code, purpose)


@package_router.get("", response_class=Response, responses=PACKAGE)
def package_of(principal: MayDownload, sohoa: Product, code: Codes, purpose: Purpose = "") -> Response:
    """Several records as one ZIP, streamed: files, records.json, records.csv, SHA256SUMS. Recorded in the ledger for each."""
    return _package(sohoa, principal, code, purpose)


def _package(sohoa: Sohoa, principal: Principal, codes: list[str], purpose: str) -> Response:
    packed = prepare(sohoa, tuple(codes), principal, purpose)
    now = datetime.now(UTC)
    name = f"sohoa-{now.astimezone(VIETNAM):%Y%m%d-%H%M%S}.zip"
    headers = {"Content-Disposition": content_disposition(name), "Cache-Control": "no-store"}
    return StreamingResponse(stream(sohoa, packed, now), headers=headers, media_type=ZIP)
