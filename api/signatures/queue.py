"""What waits for signatures made at desks: how it is told, what its signature looks like, who may have it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from api.access.permissions import Action, Principal
from api.certification.sao_y import Form, copy_request
from api.errors import Forbidden
from api.pipeline.sealing import clerk_request
from api.signatures import certified_requests
from api.signatures.errors import NotAwaitingSignature, SigningNotYours, SigningUnknown
from api.wiring import Sohoa
from ocr.fields.types import catalogue
from signing.model import Role, SealKind, SealRequest
from storage.desk import SigningRequest, SigningState
from storage.errors import NotFound
from storage.model import Paper, PaperState, StepKind
from storage.reach import covers
from storage.records.unit_of_work import UnitOfWork

MAY = {Role.PERSONAL: Action.SIGN_PERSONAL, Role.AGENCY: Action.SIGN_AGENCY}
RESUMES = {SealKind.DIGITISED_COPY: StepKind.SEAL}
"""The step that waits for the signature of a paper, and goes on with it. Those of certifications know
`api.signatures.certified_requests`; kinds without a step are completed by `api.signatures.completion`."""
COPIES = {Form.SAO_Y.value: "Sao y", Form.SAO_LUC.value: "Sao lục"}
OPEN = frozenset({SigningState.WAITING, SigningState.PREPARED})


@dataclass(frozen=True, slots=True)
class ToSign:
    """One line of what waits for a signature."""

    request: SigningRequest
    title: str
    """File and paper type: what the signer is shown; no personal identifiers."""
    pages: int


def scope_of(who: Principal) -> tuple[Role | None, bool]:
    """The one role whose signatures `who` may put, None for any; and whether those of certifiers are among them."""
    roles = [role for role, action in MAY.items() if who.may(action)]
    return roles[0] if len(roles) == 1 else None, who.may(Action.CERTIFICATION_ATTEST)


def action_for(request: SigningRequest) -> Action | None:
    """What signing it needs the right to; a certifier's signature is an act of certifying."""
    if request.kind is SealKind.CERTIFIED_COPY and request.role is Role.PERSONAL:
        return Action.CERTIFICATION_ATTEST
    return MAY.get(request.role)


def line_of(uow: UnitOfWork, request: SigningRequest) -> ToSign:
    """The line of one request."""
    paper = uow.papers.get(request.paper_id)
    kind = catalogue().get(paper.paper_type)
    name = uow.files.get(paper.file_id).name
    title = f"{name} ({kind.names.vi})" if kind else name
    if request.kind is SealKind.CERTIFIED_COPY:
        return ToSign(request, certified_requests.title(request, title), paper.pages + 1)
    return ToSign(request, f"{COPIES[request.about['form']]}: {title}" if "form" in request.about else title, paper.pages)


def signature_for(sohoa: Sohoa, source: Path, request: SigningRequest, signer: str) -> SealRequest:
    """What the signature looks like, mark included, for whoever signs."""
    if request.kind is SealKind.SAO_Y:
        return copy_request(sohoa, source, Form(request.about["form"]), request.unit, signer)
    if request.kind is SealKind.CERTIFIED_COPY:
        return certified_requests.wanted(request)
    return clerk_request(sohoa, source, request.unit, signer)


def by_ticket(uow: UnitOfWork, ticket: str) -> SigningRequest:
    """The request whose newest preparation this is; raises SigningUnknown."""
    try:
        return uow.signing.by_ticket(ticket)
    except NotFound as error:
        raise SigningUnknown from error


def require_may(request: SigningRequest, who: Principal) -> None:
    """Nothing if this is for `who` to sign; raises Forbidden, SigningNotYours."""
    action = action_for(request)
    if action is None or not who.may(action):
        raise Forbidden(action=action.value if action else "")
    if not covers(who.reach, request.unit):
        raise SigningNotYours


def require_free(request: SigningRequest, paper: Paper, who: Principal, now: datetime) -> None:
    """Nothing if `who` may have this document prepared now: nobody else is about to sign it."""
    require_may(request, who)
    if request.state not in OPEN or (request.kind in RESUMES and paper.state is not PaperState.SIGNING):
        raise NotAwaitingSignature
    held = request.preparation
    if held is not None and held.actor != who.name and now <= held.expires_at:
        raise SigningNotYours
