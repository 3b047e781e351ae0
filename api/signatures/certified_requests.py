"""Certified copies whose signers keep their keys: one request for each of the two signatures (domain §5.4).

A request is good only while the certification stands where that signature is due, and only for the person it is due from: the
certifier named in the lời chứng, who attested; then văn thư, another person unless the configuration says otherwise.
"""

from __future__ import annotations

import json
from dataclasses import replace

from api.access.permissions import Principal
from api.certification.checks import same_name
from api.certification.errors import OtherCertifier, SameHand
from api.certification.options import CertificationOptions
from api.signatures.errors import NotAwaitingSignature
from ingest.model import ObjectRef
from signing.certify import agency_request, personal_request
from signing.copy_plan import CopyPlaces
from signing.model import Level, Role, SealKind, SealRequest, Spot
from storage.desk import SigningRequest
from storage.errors import Conflict
from storage.model import StepKind
from storage.records.unit_of_work import UnitOfWork
from storage.registers import Certification, CertificationState

KIND = SealKind.CERTIFIED_COPY
PHASES = {
    Role.PERSONAL: (StepKind.CERTIFY, CertificationState.ATTESTED),
    Role.AGENCY: (StepKind.COUNTERSIGN, CertificationState.PERSONALLY_SIGNED),
}
"""For whose signature which step waits, and where the certification stands meanwhile."""
PHASE_NAMES = {Role.PERSONAL: "ký cá nhân", Role.AGENCY: "ký cơ quan"}


def find(uow: UnitOfWork, found: Certification, role: Role) -> SigningRequest | None:
    """The request for this signature, or None."""
    return uow.signing.find(KIND, _subject(found.id, role))


def ask(uow: UnitOfWork, found: Certification, role: Role, level: Level, source: ObjectRef, places: CopyPlaces | None) -> None:
    """The copy waits for its signer; `places` are told for the certifier, who makes both fields."""
    batch, paper = uow.batches.get(found.batch_id), uow.papers.get(found.paper_id)
    about = {
        "certification": found.id,
        "number": found.entry.text if found.entry else "",
        "book": found.entry.book if found.entry else "",
    }
    if places is not None:
        about["places"] = json.dumps([places.personal.x_pt, places.personal.y_pt, places.agency.x_pt, places.agency.y_pt])
    asked = SigningRequest.of(paper, batch, KIND, role, level, source)
    uow.signing.ask(replace(asked, subject=_subject(found.id, role), unit=found.unit, about=about))


def wanted(request: SigningRequest) -> SealRequest:
    """What the signature is to be, mark and fields included."""
    if request.role is Role.AGENCY:
        return agency_request(request.level, request.unit)
    x, y, other_x, other_y = json.loads(request.about["places"])
    return personal_request(CopyPlaces(Spot(x, y), Spot(other_x, other_y)), request.level, request.unit)


def title(request: SigningRequest, paper: str) -> str:
    """How the line is called in the queue of what is to be signed."""
    return f"Chứng thực số {request.about['number']}, quyển {request.about['book']} ({PHASE_NAMES[request.role]}): {paper}"


def require_signer(uow: UnitOfWork, request: SigningRequest, signer: str, who: Principal, options: CertificationOptions) -> None:
    """Nothing if `who` may sign with a certificate in the name of `signer` now.

    Raises NotAwaitingSignature, OtherCertifier, SameHand.
    """
    found = require_awaited(uow, request)
    if found.attestation is None:
        raise NotAwaitingSignature
    if request.role is Role.PERSONAL and not same_name(signer, found.attestation.name):
        raise OtherCertifier(named=found.attestation.name, signer=signer)
    if request.role is Role.AGENCY and not options.one_hand and found.attestation.by == who.name:
        raise SameHand


def require_awaited(uow: UnitOfWork, request: SigningRequest, *, lock: bool = False) -> Certification:
    """The certification, if this signature is due now; else NotAwaitingSignature."""
    certification_id = request.about["certification"]
    found = uow.certifications.lock(certification_id) if lock else uow.certifications.get(certification_id)
    if found.state is not PHASES[request.role][1]:
        raise NotAwaitingSignature
    return found


def resume(uow: UnitOfWork, request: SigningRequest) -> None:
    """The step that waited goes on; NotAwaitingSignature if none waits.

    Steps are touched before the certification and the request last, as workers and `void_in` do.
    """
    step = uow.steps.find(PHASES[request.role][0], request.about["certification"])
    if step is None:
        raise NotAwaitingSignature
    try:
        uow.steps.retry(step.id)
    except Conflict as error:
        raise NotAwaitingSignature from error
    require_awaited(uow, request, lock=True)


def close(uow: UnitOfWork, certification_id: str) -> None:
    """Nobody is asked any more: signed, or given up."""
    for role in PHASES:
        uow.signing.done(KIND, _subject(certification_id, role))


def _subject(certification_id: str, role: Role) -> str:
    return f"{certification_id}:{role}"
