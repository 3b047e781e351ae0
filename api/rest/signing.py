"""Signing at the desk: what waits, making it ready for a certificate, taking the signatures."""

from __future__ import annotations

import binascii
from base64 import b64decode
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from api.errors import BadRequest
from api.http.downloads import download
from api.http.identity import Lang, MaySignSomething, Product
from api.http.problems import documented
from api.signatures.desk import SigningDesk
from api.views.signing import FinishedView, PreparedView, QueueView, ReadyView, RefusedView, StateView, ToSignView

router = APIRouter(prefix="/v1/signing", tags=["signing"])

RequestId = Annotated[str, Path(max_length=64, description="Id of the signing request")]
PDF: dict[str, Any] = {
    "description": "The document",
    "content": {"application/pdf": {"schema": {"type": "string", "format": "binary"}}},
}
Base64 = Annotated[str, Field(max_length=20_000, description="in base64")]


class PrepareBody(BaseModel):
    """Which documents are to be signed with which certificate."""

    model_config = ConfigDict(extra="forbid")

    certificate: Base64 = Field(description="DER in base64")
    chain: tuple[Base64, ...] = Field(default=(), max_length=10, description="issuers, DER in base64")
    requests: tuple[str, ...] = Field(min_length=1, max_length=1000, description="ids of signing requests")


class SignatureBody(BaseModel):
    """One raw signature: RSA PKCS#1 v1.5, or ECDSA in DER."""

    model_config = ConfigDict(extra="forbid")

    ticket: str = Field(max_length=100)
    signature: Base64


class FinishBody(BaseModel):
    """The signatures, each with the ticket of its preparation."""

    model_config = ConfigDict(extra="forbid")

    signatures: tuple[SignatureBody, ...] = Field(min_length=1, max_length=1000)


class SendBackBody(BaseModel):
    """Why a document is not signed but given up."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"reason": "Quét thiếu trang 2"}]})

    reason: str = Field(max_length=500, description="kept in the ledger; no personal data")


@router.get("/requests", responses=documented())
def queue(
    sohoa: Product,
    principal: MaySignSomething,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
    offset: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
) -> QueueView:
    """What waits for a signature that the one who asks may give."""
    desk = SigningDesk(sohoa)
    lines = desk.waiting(principal, limit, offset)
    return QueueView(
        total=desk.count(principal),
        agent_url=sohoa.settings.keys.agent_url,
        most_at_once=sohoa.settings.keys.most_at_once,
        requests=tuple(ToSignView.of(line) for line in lines),
    )


@router.get("/requests/{request_id}", responses=documented(404))
def state(request_id: RequestId, sohoa: Product, principal: MaySignSomething) -> StateView:
    """How far a request is: waiting, prepared, signed (time-stamp and evidence are being added), done."""
    return StateView(id=request_id, state=SigningDesk(sohoa).state(request_id, principal))


@router.get("/requests/{request_id}/document.pdf", response_class=Response, responses={200: PDF, **documented(404)})
def document(request: Request, request_id: RequestId, sohoa: Product, principal: MaySignSomething) -> Response:
    """The document that is to be signed, as it is before the signature. Recorded in the ledger."""
    wanted = SigningDesk(sohoa).look(request_id, principal)
    return download(request, sohoa.objects, wanted.source, f"{wanted.id}.pdf")


@router.post("/requests/{request_id}/send-back", status_code=204, responses=documented(404, 409))
def send_back(request_id: RequestId, body: SendBackBody, sohoa: Product, principal: MaySignSomething) -> None:
    """Give up a document that waits for a signature: a wrong or spoilt scan. Its bytes stay."""
    SigningDesk(sohoa).send_back(request_id, reason=body.reason, who=principal)


@router.post("/prepare", responses=documented(404, 409))
def prepare(body: PrepareBody, sohoa: Product, principal: MaySignSomething, lang: Lang) -> PreparedView:
    """Check the certificate and make documents ready for it; each is good for one signature until it expires."""
    certificate, *chain = (_bytes(one, "certificate") for one in (body.certificate, *body.chain))
    ready, refused = SigningDesk(sohoa).prepare(body.requests, certificate, tuple(chain), principal)
    return PreparedView(
        ready=tuple(ReadyView.of(one) for one in ready), refused=tuple(RefusedView.of(one, lang) for one in refused)
    )


@router.post("/finish", responses=documented(404, 409))
def finish(body: FinishBody, sohoa: Product, principal: MaySignSomething, lang: Lang) -> FinishedView:
    """Take signatures; each is proven first. Time-stamp and evidence follow by themselves."""
    signatures = {one.ticket: _bytes(one.signature, "signature") for one in body.signatures}
    taken, refused = SigningDesk(sohoa).finish(signatures, principal)
    return FinishedView(taken=taken, refused=tuple(RefusedView.of(one, lang) for one in refused))


def _bytes(text: str, where: str) -> bytes:
    try:
        return b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise BadRequest(where=where) from error
