"""Certified copies: request, checklist, attestation, refusal, voiding, release, annulment; the public check."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from api.access.permissions import Action, Principal
from api.access.privacy import note_access, record_to_use
from api.certification.checks import Attested, Wanted
from api.certification.desk import CertificationDesk
from api.certification.public_check import PublicCheck, check_url
from api.certification.slips import slip
from api.http.downloads import content_disposition, download
from api.http.identity import (
    Lang,
    MayAnnul,
    MayAttest,
    MayRelease,
    MayRequestCertification,
    MaySeeCertifications,
    Product,
    Purpose,
    public,
)
from api.http.problems import documented
from api.http.visitor import address_of
from api.views.certifications import CertificationView, GroundView, PublicAnswerView
from api.wiring import Sohoa
from ocr.typeset import build
from storage.errors import NotFound
from storage.registers import Certification, CertificationState

router = APIRouter(prefix="/v1/certifications", tags=["certification"])
public_router = APIRouter(prefix="/v1/public", tags=["public"])

Id = Annotated[str, Path(max_length=64, description="Id of the certification")]
PDF: dict[int | str, dict[str, Any]] = {
    200: {"description": "The file", "content": {"application/pdf": {"schema": {"type": "string", "format": "binary"}}}}
}
REASON = "kept for ever; no personal data"


class RequestBody(BaseModel):
    """A request for certified copies of a record's paper."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"record": "H00.DEMO-2026-000001", "requester_name": "Nguyễn Văn Thử", "requester_id": "000000000001"}]
        },
    )

    record: str = Field(max_length=200, description="digitisation-result code of the paper")
    requester_name: str = Field(max_length=200)
    requester_id: str = Field(max_length=200, description="identifier or passport of the person who asks")
    copies: int = Field(default=1, ge=1, le=1000)
    deliver_to: str = Field(default="", max_length=200, description="e-mail; empty: the person's data store (Kho)")
    extension_days: int = Field(default=0, ge=0, le=30)
    extension_reason: str = Field(default="", max_length=500)


class AttestBody(BaseModel):
    """What the certifier says. Every ground of the checklist that was looked at and does not apply must be named."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "clear": ["R1", "R2", "R3", "R4", "R5", "R6", "SHARED"],
                    "matches": True,
                    "complete": True,
                    "compared_sha256": "9f31058125564d7310fc472b72404763b49f4af15325d0789b5bb93a9e4b360e",
                    "title": "CHỦ TỊCH",
                }
            ]
        },
    )

    clear: frozenset[str] = Field(max_length=20, description="codes of `GET /v1/certifications/checklist`")
    matches: bool = Field(description="the scan equals the original shown")
    complete: bool = Field(description="all pages bearing information are there")
    compared_sha256: str = Field(
        pattern="^[0-9a-f]{64}$", description="`compared_sha256` of the certification that was looked at"
    )
    title: str = Field(default="", max_length=200, description="chức danh; empty: the configured one")
    name: str = Field(
        default="", max_length=200, description="full name of the certifier; required where they keep the key themselves"
    )
    pages: int = Field(default=0, ge=0, le=100_000, description="pages counted in the original; 0: not told")


class RefuseBody(BaseModel):
    """A refusal in writing."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"grounds": ["R1"], "reason": "Bản chính bị tẩy xóa"}]}
    )

    grounds: frozenset[str] = Field(min_length=1, max_length=20)
    reason: str = Field(max_length=1000, description=REASON)


class ReasonBody(BaseModel):
    """Why a certification is given up."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"reason": "Người yêu cầu không đến nhận"}]})

    reason: str = Field(max_length=1000, description=REASON)


class AnnulBody(BaseModel):
    """The decision that annuls an issued certification."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"decision": "12/QĐ-UBND", "decided_on": "2026-11-23", "reason": "Bản chính là giả"}]},
    )

    decision: str = Field(max_length=100, description="số quyết định")
    decided_on: date
    reason: str = Field(max_length=1000, description=REASON)


def desk_of(sohoa: Sohoa, principal: Principal) -> CertificationDesk:
    """The desk of the asker's own unit; an administrator's and an auditor's is that of all."""
    return CertificationDesk(sohoa, principal.reach)


def whole(sohoa: Sohoa, found: Certification, lang: str) -> CertificationView:
    """The certification unmasked, with what is to be compared."""
    compared = "" if found.attestation else CertificationDesk(sohoa).comparison(found)
    url = check_url(sohoa, found.token) if found.token else ""
    return CertificationView.of(found, lang, masked=False, compared=compared, check_url=url)


@router.get("", responses=documented())
def latest(
    sohoa: Product,
    principal: MaySeeCertifications,
    lang: Lang,
    state: Annotated[frozenset[CertificationState], Query(description="only in these states")] = frozenset(),
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    offset: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
) -> tuple[CertificationView, ...]:
    """Certifications of the asker's unit, newest first; requesters are masked."""
    return tuple(CertificationView.of(one, lang) for one in desk_of(sohoa, principal).latest(state, limit, offset))


@router.get("/checklist", responses=documented())
def checklist(_: MaySeeCertifications, lang: Lang) -> tuple[GroundView, ...]:
    """The grounds of refusal that must be answered before a number is taken."""
    return GroundView.every(lang)


@router.post("", status_code=201, responses=documented(403, 404, 409))
def request(body: RequestBody, sohoa: Product, principal: MayRequestCertification, lang: Lang) -> CertificationView:
    """Take a request in; the answer tells the fee and the day it is due."""
    record_to_use(sohoa, body.record, principal)
    wanted = Wanted(**body.model_dump(exclude={"record"}))
    made = desk_of(sohoa, principal).request(body.record, wanted, actor=principal.name)
    return whole(sohoa, made, lang)


@router.get("/{certification_id}", responses=documented(404))
def one(
    certification_id: Id, sohoa: Product, principal: MaySeeCertifications, lang: Lang, purpose: Purpose = ""
) -> CertificationView:
    """One certification, unmasked. Recorded in the ledger."""
    found = desk_of(sohoa, principal).get(certification_id)
    note_access(sohoa, "certification.viewed", found.id, principal, purpose)
    return whole(sohoa, found, lang)


@router.post("/{certification_id}/attest", responses=documented(403, 404, 409))
def attest(certification_id: Id, body: AttestBody, sohoa: Product, principal: MayAttest, lang: Lang) -> CertificationView:
    """Attest and bind the next number; the signatures follow by themselves."""
    said = Attested(body.clear, body.matches, body.complete, body.compared_sha256, body.title, body.name, body.pages)
    return whole(sohoa, desk_of(sohoa, principal).attest(certification_id, said, actor=principal.name), lang)


@router.post("/{certification_id}/refuse", responses=documented(404, 409))
def refuse(certification_id: Id, body: RefuseBody, sohoa: Product, principal: MayAttest, lang: Lang) -> CertificationView:
    """Refuse in writing, before a number is taken."""
    found = desk_of(sohoa, principal).refuse(certification_id, body.grounds, body.reason, actor=principal.name)
    return whole(sohoa, found, lang)


@router.post("/{certification_id}/void", responses=documented(404, 409))
def void(certification_id: Id, body: ReasonBody, sohoa: Product, principal: MayAttest, lang: Lang) -> CertificationView:
    """Give it up before it is issued; a number already taken stays in the register as void."""
    return whole(sohoa, desk_of(sohoa, principal).void(certification_id, body.reason, actor=principal.name), lang)


@router.post("/{certification_id}/release", responses=documented(404, 409))
def release(certification_id: Id, sohoa: Product, principal: MayRelease, lang: Lang) -> CertificationView:
    """Văn thư lets the agency's signature be put, where the configuration asks for that."""
    return whole(sohoa, desk_of(sohoa, principal).release(certification_id, actor=principal.name), lang)


@router.post("/{certification_id}/annul", responses=documented(404, 409))
def annul(certification_id: Id, body: AnnulBody, sohoa: Product, principal: MayAnnul, lang: Lang) -> CertificationView:
    """Enter the decision that annuls an issued certification."""
    found = desk_of(sohoa, principal).annul(certification_id, body.decision, body.decided_on, body.reason, actor=principal.name)
    return whole(sohoa, found, lang)


@router.get("/{certification_id}/file", response_class=Response, responses={**PDF, **documented(404, 416)})
def file(http: Request, certification_id: Id, sohoa: Product, principal: MaySeeCertifications, purpose: Purpose = "") -> Response:
    """The issued copy with its newest evidence, in byte ranges. Recorded in the ledger."""
    found = desk_of(sohoa, principal).get(certification_id)
    if found.issued is None or found.entry is None:
        raise NotFound(what="file", key=certification_id)
    note_access(sohoa, "certification.downloaded", found.id, principal, purpose)
    with sohoa.database.read() as uow:
        newest = uow.seals.newest(found.issued.file.sha256)
    return download(
        http,
        sohoa.objects,
        newest.object if newest else found.issued.file,
        f"chung-thuc-{found.entry.text}-{found.entry.year}.pdf",
    )


@router.get("/{certification_id}/slip", response_class=Response, responses={**PDF, **documented(404)})
def slip_of(certification_id: Id, sohoa: Product, principal: MaySeeCertifications, purpose: Purpose = "") -> Response:
    """What the requester takes home: the receipt with fee and day, or the refusal. Recorded in the ledger."""
    found = desk_of(sohoa, principal).get(certification_id)
    note_access(sohoa, "certification.viewed", found.id, principal, purpose)
    data = build(slip(found, sohoa.settings.certification.agency_name or found.unit))
    headers = {"Content-Disposition": content_disposition(f"phieu-{found.id}.pdf")}
    return Response(data, media_type="application/pdf", headers=headers)


def checks(http: Request) -> PublicCheck:
    """The public check of this application."""
    found: PublicCheck = http.app.state.public_check
    return found


Checks = Annotated[PublicCheck, Depends(checks)]


@public_router.get("/certified/{token}", responses=documented(429))
def certified(
    http: Request,
    token: Annotated[str, Path(max_length=200)],
    check: Checks,
    lang: Lang,
    _: Annotated[Action, Depends(public)],
) -> PublicAnswerView:
    """Whether a certified copy is in force: for anybody who holds one. Unknown codes get one constant answer."""
    check.admit(address_of(http))
    return PublicAnswerView.of(check.look_up(token), lang)
