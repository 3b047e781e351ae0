"""Use cases: certifying electronic copies of paper originals, from the request to the annulment.

Decree 23/2015 as amended, Decree 45/2020 Art. 10, Circular 01/2020/TT-BTP. The number is taken in the transaction that binds
it to its request and starts the signing, never before and never twice; what happens afterwards is a step of the pipeline,
so that a kill loses nothing. A refusal, a void number and an annulment keep their reason for ever.
"""

from __future__ import annotations

import secrets
from datetime import date
from uuid import uuid4

from api.access.four_eyes import Duty, FourEyes, done_on
from api.certification.checks import (
    Attested,
    Wanted,
    checked_attestation,
    checked_decision,
    checked_name,
    checked_request,
    comparison,
    page_count,
)
from api.certification.errors import OtherUnit, PublicAddressMissing, ReleasedBySigning
from api.records.lifecycle import COPY_ANNULLED, tell_dossiers
from api.refusals import ReasonMissing
from api.signatures.certified_requests import close
from api.wiring import Sohoa
from signing.certify import Signing, check_keys
from signing.grounds import grounds
from signing.model import Role
from signing.wording import wording_on
from storage.errors import NotFound
from storage.model import Record, StepKind, StepState
from storage.reach import covers
from storage.records.unit_of_work import UnitOfWork
from storage.register_errors import WrongCertificationState
from storage.registers import (
    UNDER_WAY,
    Annulment,
    Attestation,
    Certification,
    CertificationState,
    Ending,
    Request,
    today_in_vietnam,
)

TOKEN_BYTES = 24
"""192 random bits: the public handle cannot be guessed."""
ISSUED, ANNULLED = "certification.issued", "certification.annulled"
"""Topics of the outbox and events of the ledger: delivery, and the end of force for whoever reused the copy."""
KINDS = (StepKind.CERTIFY, StepKind.COUNTERSIGN)


class CertificationDesk:
    """What people do with certifications. `unit`, where given, is the one the person acts for; empty: any."""

    def __init__(self, sohoa: Sohoa, unit: str = "") -> None:
        self._sohoa = sohoa
        self._unit = unit
        self._options = sohoa.settings.certification
        self._apart = FourEyes.of(sohoa.settings.access.apart)

    def request(self, record_code: str, wanted: Wanted, *, actor: str) -> Certification:
        """Take a request for certified copies of a record's paper in.

        Raises PaperSecret, NotCertifiable, BadCertificationRequest, OtherUnit, NotFound.
        """
        with self._sohoa.database.transaction() as uow:
            record = uow.records.get(record_code)
            paper = uow.papers.get(record.paper_id)
            checked_request(uow, record, wanted, self._options)
            pages, now = page_count(uow, paper.id), uow.now()
            asked = Request(
                requester_name=" ".join(wanted.requester_name.split()),
                requester_id=wanted.requester_id.strip(),
                deliver_to=wanted.deliver_to.strip(),
                copies=wanted.copies,
                pages=pages,
                fee_vnd=self._options.fee_vnd(pages, wanted.copies),
                due_on=self._options.due_on(now, wanted.extension_days),
                extension_days=wanted.extension_days,
                extension_reason=wanted.extension_reason.strip(),
            )
            made = Certification(
                id=uuid4().hex, unit=record.unit, kind=self._options.entered_in, batch_id=paper.batch_id, paper_id=paper.id,
                record_code=record.code, title=_called(record), state=CertificationState.REQUESTED, request=asked,
                requested_at=now, requested_by=actor,
            )  # fmt: skip
            self._may(made)
            uow.certifications.add(made)
            uow.ledger.append("certification.requested", made.id, actor, {"paper": paper.id, "copies": wanted.copies})
        return made

    def attest(self, certification_id: str, said: Attested, *, actor: str) -> Certification:
        """Attest that the scan equals the original; bind the next number and let the signing begin.

        Raises ChecklistIncomplete, NotCompared, PageCountDiffers, ComparedOther, SamePerson, DutiesApart, PaperSecret,
        NoOpenBook, YearLocked, OtherCertifier, WrongCertificationState, NotFound, and what opening the keys raises.
        """
        name = checked_name(said.name, self._certifier())
        with self._sohoa.database.transaction() as uow:
            before = self._locked(uow, certification_id, CertificationState.REQUESTED)
            checked_attestation(uow, before, said, self._options, actor)
            self._apart.require(Duty.CERTIFY, actor, done_on(uow, before.paper_id, before.batch_id))
            now = uow.now()
            attestation = Attestation(
                by=actor, at=now, name=name, title=said.title.strip() or self._options.certifier_title,
                compared_sha256=comparison(uow, before.paper_id), checklist=dict.fromkeys(grounds(), False),
                wording=wording_on(today_in_vietnam(now), self._options.wording_file).id,
            )  # fmt: skip
            sign = self._options.sign_of(before.kind)
            entry = uow.registers.next_number(before.unit, before.kind, sign, actor)
            after = uow.certifications.save(
                before, state=CertificationState.ATTESTED, attestation=attestation, entry=entry,
                token=secrets.token_urlsafe(TOKEN_BYTES),
            )  # fmt: skip
            paper = uow.papers.get(before.paper_id)
            uow.steps.add(StepKind.CERTIFY, after.id, batch=uow.batches.get(after.batch_id), file_id=paper.file_id)
            details: dict[str, object] = {"number": entry.number, "book": entry.book, "compared": attestation.compared_sha256}
            uow.ledger.append("certification.attested", after.id, actor, details)
        self._sohoa.wake_workers()
        return after

    def refuse(self, certification_id: str, found: frozenset[str], reason: str, *, actor: str) -> Certification:
        """Refuse in writing, on a ground of the law. Raises ReasonMissing, WrongCertificationState, NotFound."""
        if not reason.strip() or not found or found - set(grounds()):
            raise ReasonMissing
        with self._sohoa.database.transaction() as uow:
            before = self._locked(uow, certification_id, CertificationState.REQUESTED)
            ending = Ending(reason.strip(), actor, uow.now(), tuple(code for code in grounds() if code in found))
            after = uow.certifications.save(before, state=CertificationState.REFUSED, ending=ending)
            uow.ledger.append("certification.refused", after.id, actor, {"grounds": list(ending.grounds)})
        return after

    def void(self, certification_id: str, reason: str, *, actor: str) -> Certification:
        """Give a certification up before it is issued; a number already taken stays in the register as void.

        Raises ReasonMissing, WrongCertificationState, NotFound.
        """
        with self._sohoa.database.transaction() as uow:
            self._mine(uow.certifications.get(certification_id))
            return void_in(uow, certification_id, reason, actor)

    def release(self, certification_id: str, *, actor: str) -> Certification:
        """Văn thư lets the agency's signature be put (when `agency_confirms`).

        Raises WrongCertificationState, NotFound; ReleasedBySigning where văn thư keeps the key.
        """
        if self._sohoa.signatories.at_desk(Role.AGENCY):
            raise ReleasedBySigning
        with self._sohoa.database.transaction() as uow:
            step = uow.steps.find(StepKind.COUNTERSIGN, certification_id)
            if step is not None and step.state is StepState.WAITING:
                uow.steps.retry(step.id)
            found = self._locked(uow, certification_id, CertificationState.PERSONALLY_SIGNED)
            if step is None or step.state is not StepState.WAITING:
                raise wrong_state(found.state)
            uow.ledger.append("certification.released", found.id, actor)
        self._sohoa.wake_workers()
        return found

    def annul(self, certification_id: str, decision: str, decided_on: date, reason: str, *, actor: str) -> Certification:
        """Enter the decision that annuls an issued certification (Circular 01/2020/TT-BTP Art. 7).

        The outbox row is for whoever keeps track of reuse: every dossier that used the copy must learn of it.
        Raises ReasonMissing, DecisionDayImpossible, WrongCertificationState, NotFound.
        """
        if not decision.strip() or not reason.strip():
            raise ReasonMissing
        with self._sohoa.database.transaction() as uow:
            before = self._locked(uow, certification_id, CertificationState.ISSUED)
            checked_decision(before, decided_on, uow.now())
            annulment = Annulment(decision.strip(), decided_on, reason.strip(), actor, uow.now())
            after = uow.certifications.save(before, state=CertificationState.ANNULLED, annulment=annulment)
            details: dict[str, object] = {"decision": annulment.decision, "decided_on": decided_on.isoformat()}
            uow.ledger.append(ANNULLED, after.id, actor, details)
            uow.ledger.append("paper.certification_annulled", after.paper_id, actor, {"certification": after.id})
            tell_dossiers(uow, after.record_code, COPY_ANNULLED, actor, details | {"certification": after.id})
            uow.outbox.add(ANNULLED, event_of(after))
        self._sohoa.send_messages()
        return after

    def get(self, certification_id: str) -> Certification:
        """The certification. Raises NotFound, OtherUnit."""
        with self._sohoa.database.read() as uow:
            found = uow.certifications.get(certification_id)
        self._mine(found)
        return found

    def latest(
        self, states: frozenset[CertificationState] = frozenset(), limit: int = 50, offset: int = 0
    ) -> tuple[Certification, ...]:
        """Newest first; of the desk's own unit."""
        with self._sohoa.database.read() as uow:
            return uow.certifications.latest(self._unit, states, limit, offset)

    def waiting(self, state: CertificationState, limit: int = 50, offset: int = 0) -> tuple[Certification, ...]:
        """Those within reach that stand in one state, in the order in which people came."""
        with self._sohoa.database.read() as uow:
            return uow.certifications.waiting(self._unit, state, limit, offset)

    def counts(self) -> dict[CertificationState, int]:
        """How many within reach stand in each state."""
        with self._sohoa.database.read() as uow:
            return uow.certifications.count_states(self._unit)

    def comparison(self, certification: Certification) -> str:
        """The hash of what is to be compared with the original."""
        with self._sohoa.database.read() as uow:
            return comparison(uow, certification.paper_id)

    def _certifier(self) -> str:
        """Name in the certifier's certificate, empty if they keep the key.

        Whatever would keep a copy from being signed is told before a number is taken for it.
        """
        signatories = self._sohoa.signatories
        if signatories.real_keys and not self._options.public_base:
            raise PublicAddressMissing
        personal = None if signatories.certifier_at_desk else signatories.certifier()
        agency = None if signatories.at_desk(Role.AGENCY) else signatories.agency()
        trust = signatories.trust_to_sign(*(key for key in (personal, agency) if key is not None))
        check_keys(personal, agency, Signing(trust, signatories.timestamper(), self._options.level))
        return personal.name if personal else ""

    def _locked(self, uow: UnitOfWork, certification_id: str, state: CertificationState) -> Certification:
        found = uow.certifications.lock(certification_id)
        self._mine(found)
        if found.state is not state:
            raise wrong_state(found.state)
        return found

    def _mine(self, certification: Certification) -> None:
        """Nothing if the certification belongs to the person's units; to others it is not there (NotFound)."""
        if not covers(self._unit, certification.unit):
            raise NotFound(what="certification", key=certification.id)

    def _may(self, certification: Certification) -> None:
        if not covers(self._unit, certification.unit):
            raise OtherUnit(unit=certification.unit)


def void_in(uow: UnitOfWork, certification_id: str, reason: str, actor: str) -> Certification:
    """Void a certification inside a transaction: whoever works on it loses the lease.

    Raises ReasonMissing, WrongCertificationState, NotFound.

    Steps are touched before the certification, as a worker does when it finishes.
    """
    if not reason.strip():
        raise ReasonMissing
    for kind in KINDS:
        step = uow.steps.find(kind, certification_id)
        if step is not None and step.state not in {StepState.DONE, StepState.GIVEN_UP}:
            uow.steps.give_up(step.id)
    before = uow.certifications.lock(certification_id)
    if before.state is not CertificationState.REQUESTED and before.state not in UNDER_WAY:
        raise wrong_state(before.state)
    state = CertificationState.WITHDRAWN if before.entry is None else CertificationState.VOID
    after = uow.certifications.save(before, state=state, ending=Ending(reason.strip(), actor, uow.now()))
    close(uow, certification_id)
    number = {"number": after.entry.number, "book": after.entry.book} if after.entry else {}
    uow.ledger.append(f"certification.{state}", after.id, actor, dict(number))
    return after


def _called(record: Record) -> str:
    """How the original is named: what it is and its number, unless that is its owner's identifier."""
    return f"{record.title} số {record.number}" if record.number and record.number != record.owner else record.title


def event_of(certification: Certification) -> dict[str, object]:
    """What a listener is told; names and identifiers of people stay here."""
    return {
        "certification": certification.id,
        "record": certification.record_code,
        "paper": certification.paper_id,
        "unit": certification.unit,
        "object": certification.issued.file.sha256 if certification.issued else "",
        "number": certification.entry.number if certification.entry else 0,
        "book": certification.entry.book if certification.entry else "",
        "decision": certification.annulment.decision if certification.annulment else "",
        "decided_on": certification.annulment.decided_on.isoformat() if certification.annulment else "",
    }


def wrong_state(state: CertificationState) -> WrongCertificationState:
    """The refusal for something that cannot be done in this state."""
    return WrongCertificationState(state=state)
