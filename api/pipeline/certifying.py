"""Steps on a certification: make the copy with the certifier's signature, then put the agency's signature on it.

Where a key is at its owner's desk (`api.signatures.certified_requests`) the step waits for the signature, and goes on with it.

Both may be done again after a kill: what was signed and not written down is an object nobody names; the number was bound
before and is never taken again. Whatever state the certification is in when a step finds it, the step does only what that
state asks for.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from api.certification.checks import comparison, same_name
from api.certification.desk import ISSUED, event_of, wrong_state
from api.certification.errors import CertifierChanged, ComparedOther, CopyUnsound
from api.certification.public_check import check_url
from api.pipeline.desk_signing import finished, signed_in_vain
from api.pipeline.outcome import MACHINE, Context, Outcome, Successor
from api.pipeline.papers import BUILD_SECONDS_PER_PAGE, pages_of
from api.signatures.certified_requests import ask, close, find
from ingest.late import Late
from ingest.model import ObjectRef
from ocr.model import DocumentInfo
from signing.certify import Signing, judged, sign_agency, sign_personal
from signing.copy_plan import CopyPlaces, CopyPlan
from signing.keys import SealKey
from signing.lifetime import evidence_until
from signing.model import Indication, Role, Seal
from signing.wording import WordingFacts, wording_named
from storage.desk import SigningRequest, SigningState
from storage.lasting import SealRow
from storage.model import Step, StepKind, StepState
from storage.records.unit_of_work import UnitOfWork
from storage.registers import Attestation, Certification, CertificationState, Entry, Signed

if TYPE_CHECKING:
    from signing.copy_pages import build_copy
else:
    build_copy = Late("signing.copy_pages", "build_copy")

PDF = "application/pdf"


def certify_copy(context: Context, step: Step) -> Outcome:
    """Build the copy from the stored pixels with its wording page and put the certifier's signature on it, or wait for it."""
    found, request = _certification(context, step, Role.PERSONAL)
    if found.state is not CertificationState.ATTESTED or found.attestation is None or found.entry is None:
        return Outcome(_nothing)
    if request is not None and request.state is SigningState.SIGNED:
        with context.workspace.scratch() as scratch:
            signed = scratch / "signed.pdf"
            return _personally_signed(context, step, found, finished(context, request, signed), signed, request.signed.actor)
    signatories, options = context.sohoa.signatories, context.sohoa.settings.certification
    if signatories.certifier_at_desk:
        return _awaits(request) or _ask_certifier(context, found)
    signatories.time_at_hand(options.level)
    key = signatories.certifier()
    if not same_name(key.name, found.attestation.name):
        raise CertifierChanged
    with context.workspace.scratch() as scratch:
        copy, signed = scratch / "copy.pdf", scratch / "signed.pdf"
        made = sign_personal(copy, signed, _built(context, found, copy), key, _how(context, found, key))
        return _personally_signed(context, step, found, made, signed, _actor(found))


def _ask_certifier(context: Context, found: Certification) -> Outcome:
    """The copy is built once and kept; the certifier signs it at the desk."""
    with context.workspace.scratch() as scratch:
        copy = scratch / "copy.pdf"
        places = _built(context, found, copy)
        source = context.sohoa.objects.put_file(copy, PDF)
    return _asked(context, found, Role.PERSONAL, source, places)


def _asked(context: Context, found: Certification, role: Role, source: ObjectRef, places: CopyPlaces | None = None) -> Outcome:
    level = context.sohoa.settings.certification.level

    def write(uow: UnitOfWork) -> Successor | None:
        before = uow.certifications.lock(found.id)
        if before.state is found.state:
            ask(uow, before, role, level, source, places)
            uow.ledger.append("certification.awaits_signature", found.id, MACHINE, {"role": role, "sha256": source.sha256})
        return None

    return Outcome(write, waits=True)


def _awaits(request: SigningRequest | None) -> Outcome | None:
    """Asked before: what was prepared meanwhile stays good."""
    open_still = request is not None and request.state in {SigningState.WAITING, SigningState.PREPARED}
    return Outcome(_nothing, waits=True) if open_still else None


def _built(context: Context, found: Certification, copy: Path) -> CopyPlaces:
    if found.attestation is None or found.entry is None:
        raise wrong_state(found.state)
    plan, info = _plan(context, found, found.attestation, found.entry), _info(found, found.attestation.at)
    with context.sohoa.database.read() as uow:
        rows = uow.pages.of_paper(found.paper_id)
    with pages_of(context, rows) as pages:
        seconds = context.sohoa.settings.box.seconds + BUILD_SECONDS_PER_PAGE * len(pages)
        return context.sohoa.box.run(build_copy, pages, str(copy), info, plan, seconds=seconds)


def _personally_signed(context: Context, step: Step, found: Certification, made: Seal, signed: Path, actor: str) -> Outcome:
    ref = context.sohoa.objects.put_file(signed, PDF)
    # Where văn thư keeps the key, signing is the release.
    confirms = context.sohoa.settings.certification.agency_confirms and not context.sohoa.signatories.at_desk(Role.AGENCY)

    def write(uow: UnitOfWork) -> Successor | None:
        before = uow.certifications.lock(found.id)
        if before.state is not CertificationState.ATTESTED:
            return None
        uow.certifications.save(
            before, state=CertificationState.PERSONALLY_SIGNED, personal=Signed(ref, made.signer, made.signed_at)
        )
        close(uow, found.id)
        uow.ledger.append("certification.personally_signed", found.id, actor, _details(made, ref))
        if confirms:
            batch = uow.batches.get(step.batch_id)
            uow.steps.add(StepKind.COUNTERSIGN, found.id, batch=batch, file_id=step.file_id, state=StepState.WAITING)
            return None
        return Successor(StepKind.COUNTERSIGN, found.id, step.file_id, "")

    return Outcome(write)


def countersign(context: Context, step: Step) -> Outcome:
    """The agency's signature; the copy is issued when it verifies with both roles, and its delivery is announced."""
    found, request = _certification(context, step, Role.AGENCY)
    if found.state is not CertificationState.PERSONALLY_SIGNED or found.personal is None or found.attestation is None:
        return Outcome(_nothing)
    signatories = context.sohoa.signatories
    with context.workspace.scratch() as scratch:
        out = scratch / "issued.pdf"
        if request is not None and request.state is SigningState.SIGNED:
            made = finished(context, request, out)
            return _issued(context, found, made, out, request)
        if signatories.at_desk(Role.AGENCY):
            return _awaits(request) or _asked(context, found, Role.AGENCY, found.personal.file)
        signatories.time_at_hand(context.sohoa.settings.certification.level)
        with context.workspace.fetched(found.personal.file.sha256) as (source,):
            key = signatories.agency()
            made = sign_agency(source, out, key, _how(context, found, key))
        return _issued(context, found, made, out, None)


def _issued(context: Context, found: Certification, made: Seal, out: Path, request: SigningRequest | None) -> Outcome:
    trust = context.sohoa.signatories.trust()
    verdict = judged(out, trust)
    if verdict.indication is not Indication.PASSED:
        unsound = CopyUnsound(why=verdict.sub_indication or verdict.indication)
        if request is not None:
            signed_in_vain(context, request, unsound)
        raise unsound
    until, ref = evidence_until(out, trust), context.sohoa.objects.put_file(out, PDF)
    actor = request.signed.actor if request is not None else MACHINE

    def write(uow: UnitOfWork) -> Successor | None:
        before = uow.certifications.lock(found.id)
        if before.state is not CertificationState.PERSONALLY_SIGNED:
            return None
        issued = Signed(ref, made.signer, made.signed_at)
        after = uow.certifications.save(before, state=CertificationState.ISSUED, issued=issued)
        close(uow, found.id)
        uow.ledger.append(ISSUED, found.id, actor, _details(made, ref))
        uow.ledger.append("paper.certified", found.paper_id, MACHINE, {"certification": found.id, "sha256": ref.sha256})
        uow.seals.add(SealRow.of(made, found.paper_id, ref, until))  # so that its evidence is renewed in time
        uow.outbox.add(ISSUED, event_of(after))
        return None

    return Outcome(write)


def _certification(context: Context, step: Step, role: Role) -> tuple[Certification, SigningRequest | None]:
    with context.sohoa.database.read() as uow:
        found = uow.certifications.get(step.subject)
        request = find(uow, found, role)
        if found.attestation and comparison(uow, found.paper_id) != found.attestation.compared_sha256:
            raise ComparedOther
    return found, request


def _nothing(_: UnitOfWork) -> Successor | None:
    """The certification has gone on, or was voided, since the step was written."""
    return None


def _actor(found: Certification) -> str:
    return found.attestation.by if found.attestation else MACHINE


def _how(context: Context, found: Certification, key: SealKey) -> Signing:
    signatories, options = context.sohoa.signatories, context.sohoa.settings.certification
    return Signing(signatories.trust_to_sign(key), signatories.timestamper(), options.level, found.unit)


def _plan(context: Context, found: Certification, attestation: Attestation, entry: Entry) -> CopyPlan:
    options = context.sohoa.settings.certification
    facts = WordingFacts(
        number=entry.text,
        book=entry.book,
        on=entry.on,
        agency=options.agency_name or found.unit,
        title=found.title,
        pages=found.request.pages,
        certifier=attestation.name,
        certifier_title=attestation.title,
    )
    return CopyPlan(wording_named(attestation.wording, options.wording_file), facts, check_url(context.sohoa, found.token))


def _info(found: Certification, at: datetime) -> DocumentInfo:
    number = f"{found.entry.text} {found.entry.book}" if found.entry else ""
    return DocumentInfo(
        title="Bản sao điện tử được chứng thực từ bản chính",
        subject=f"Số chứng thực {number}",
        creator=found.unit,
        created_at=at,
        source_sha256=found.attestation.compared_sha256 if found.attestation else "",
    )


def _details(made: Seal, ref: ObjectRef) -> dict[str, object]:
    return {
        "role": made.role,
        "level": made.level,
        "signer": made.signer,
        "certificate_sha256": made.certificate_sha256,
        "signed_at": made.signed_at.isoformat(),
        "time_stamped": made.time_stamped,
        "sha256": ref.sha256,
        "size": ref.size,
    }
