"""Steps on a certification: make the copy with the certifier's signature, then put the agency's signature on it.

Both may be done again after a kill: what was signed and not written down is an object nobody names; the number was bound
before and is never taken again. Whatever state the certification is in when a step finds it, the step does only what that
state asks for.
"""

from __future__ import annotations

from datetime import datetime

from api.certification import ISSUED, event_of
from api.certification_checks import comparison
from api.certification_errors import CertifierChanged, ComparedOther, CopyUnsound
from api.pipeline.outcome import MACHINE, Context, Outcome, Successor
from api.pipeline.papers import BUILD_SECONDS_PER_PAGE, pages_of
from api.public_check import check_url
from ingest.model import ObjectRef
from ocr.model import DocumentInfo
from signing.certify import CopyPlan, Signing, build_copy, sign_agency, sign_personal
from signing.lifetime import evidence_until
from signing.model import Indication, Seal
from signing.wording import WordingFacts, wording_named
from storage.lasting import SealRow
from storage.model import Step, StepKind, StepState
from storage.records.unit_of_work import UnitOfWork
from storage.registers import Attestation, Certification, CertificationState, Entry, Signed

PDF = "application/pdf"


def certify_copy(context: Context, step: Step) -> Outcome:
    """Build the copy from the stored pixels with its wording page and put the certifier's signature on it."""
    found = _certification(context, step)
    if found.state is not CertificationState.ATTESTED or found.attestation is None or found.entry is None:
        return Outcome(_nothing)
    signatories, options = context.sohoa.signatories, context.sohoa.settings.certification
    signatories.time_at_hand(options.level)
    key = signatories.personal()
    if key.name != found.attestation.name:
        raise CertifierChanged
    plan, info = _plan(context, found, found.attestation, found.entry), _info(found, found.attestation.at)
    with context.workspace.scratch() as scratch, pages_of(context, found.paper_id) as pages:
        copy, signed = scratch / "copy.pdf", scratch / "signed.pdf"
        seconds = context.sohoa.settings.box.seconds + BUILD_SECONDS_PER_PAGE * len(pages)
        places = context.sohoa.box.run(build_copy, pages, str(copy), info, plan, seconds=seconds)
        made = sign_personal(copy, signed, places, key, _how(context, found))
        ref = context.sohoa.objects.put_file(signed, PDF)

    def write(uow: UnitOfWork) -> Successor | None:
        before = uow.certifications.lock(found.id)
        if before.state is not CertificationState.ATTESTED:
            return None
        uow.certifications.save(
            before, state=CertificationState.PERSONALLY_SIGNED, personal=Signed(ref, made.signer, made.signed_at)
        )
        uow.ledger.append("certification.personally_signed", found.id, _actor(found), _details(made, ref))
        if options.agency_confirms:
            batch = uow.batches.get(step.batch_id)
            uow.steps.add(StepKind.COUNTERSIGN, found.id, batch=batch, file_id=step.file_id, state=StepState.WAITING)
            return None
        return Successor(StepKind.COUNTERSIGN, found.id, step.file_id, "")

    return Outcome(write)


def countersign(context: Context, step: Step) -> Outcome:
    """The agency's signature; the copy is issued when it verifies with both roles, and its delivery is announced."""
    found = _certification(context, step)
    if found.state is not CertificationState.PERSONALLY_SIGNED or found.personal is None or found.attestation is None:
        return Outcome(_nothing)
    signatories = context.sohoa.signatories
    signatories.time_at_hand(context.sohoa.settings.certification.level)
    with context.workspace.scratch() as scratch, context.workspace.fetched(found.personal.file.sha256) as (source,):
        out = scratch / "issued.pdf"
        made, verdict = sign_agency(source, out, signatories.agency(), _how(context, found))
        if verdict.indication is not Indication.PASSED:
            raise CopyUnsound(why=verdict.sub_indication or verdict.indication)
        until = evidence_until(out, signatories.trust())
        ref = context.sohoa.objects.put_file(out, PDF)

    def write(uow: UnitOfWork) -> Successor | None:
        before = uow.certifications.lock(found.id)
        if before.state is not CertificationState.PERSONALLY_SIGNED:
            return None
        issued = Signed(ref, made.signer, made.signed_at)
        after = uow.certifications.save(before, state=CertificationState.ISSUED, issued=issued)
        uow.ledger.append(ISSUED, found.id, MACHINE, _details(made, ref))
        uow.ledger.append("paper.certified", found.paper_id, MACHINE, {"certification": found.id, "sha256": ref.sha256})
        uow.seals.add(SealRow.of(made, found.paper_id, ref, until))  # so that its evidence is renewed in time
        uow.outbox.add(ISSUED, event_of(after))
        return None

    return Outcome(write)


def _certification(context: Context, step: Step) -> Certification:
    with context.sohoa.database.read() as uow:
        found = uow.certifications.get(step.subject)
        if found.attestation and comparison(uow, found.paper_id) != found.attestation.compared_sha256:
            raise ComparedOther
    return found


def _nothing(_: UnitOfWork) -> Successor | None:
    """The certification has gone on, or was voided, since the step was written."""
    return None


def _actor(found: Certification) -> str:
    return found.attestation.by if found.attestation else MACHINE


def _how(context: Context, found: Certification) -> Signing:
    signatories, options = context.sohoa.signatories, context.sohoa.settings.certification
    return Signing(signatories.trust(), signatories.timestamper(), options.level, found.unit)


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
