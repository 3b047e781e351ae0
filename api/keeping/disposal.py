"""Use cases: a record is put under a legal hold; its disposal is asked for, and decided by another person.

Nothing is destroyed here: an approval marks the record, and `api.keeping.disposing` does the rest, again and again until it is
done.
Every rule is looked at when it is asked for and once more when it is approved, under the lock of the record.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import uuid4

from api.access.four_eyes import Duty, FourEyes, done_on
from api.certification.errors import OtherUnit
from api.keeping.disposal_errors import (
    DisposalAsked,
    DisposalReasonMissing,
    StillNeeded,
    StillRetained,
    TermUnverified,
    UnderHold,
)
from api.wiring import Sohoa
from ingest.model import ObjectRef
from storage.errors import Conflict, NotFound
from storage.model import Record, RecordState
from storage.reach import Reach, covers
from storage.records.unit_of_work import UnitOfWork
from storage.registers import CertificationState
from storage.retention import PERMANENT, VIETNAM, Disposal, DisposalState, LegalHold, Schedule, retain_until, schedule
from storage.retention_errors import RecordDisposed

APART = f"{Duty.REQUEST_DISPOSAL}/{Duty.APPROVE_DISPOSAL}"
"""Always two people, whatever the settings say."""
REQUESTED, REFUSED, APPROVED = "disposal.requested", "disposal.refused", "disposal.approved"
HELD, LIFTED = "record.hold_placed", "record.hold_lifted"
_COPIES = frozenset(
    {CertificationState.REQUESTED, CertificationState.ATTESTED, CertificationState.PERSONALLY_SIGNED, CertificationState.ISSUED}
)


@dataclass(frozen=True, slots=True)
class Kept:
    """A record with the day until which it is kept."""

    record: Record
    until: date | None
    """None: permanently."""
    basis: str
    verified: bool


class DisposalDesk:
    """Holding and disposing of records. `reach` is whose records the person answers for; empty: any."""

    def __init__(self, sohoa: Sohoa, reach: Reach = "") -> None:
        self._sohoa, self._reach = sohoa, reach
        self._schedule: Schedule = schedule(sohoa.settings.retention.schedule)
        self._rules = FourEyes.of((*sohoa.settings.access.apart, APART))

    @property
    def schedule(self) -> Schedule:
        """The list of retention periods in force."""
        return self._schedule

    def kept(self, record: Record) -> Kept:
        """How long a record is kept, and why."""
        term = self._schedule.term(record.paper_type)
        return Kept(record, retain_until(record, term), term.basis, term.verified)

    def due(self, within_days: int = 365) -> tuple[Kept, ...]:
        """Records whose term ends within so many days or is over, the earliest first."""
        listed = self._schedule.type
        ending = {name for name, term in listed.items() if term.years != PERMANENT}
        with self._sohoa.database.read() as uow:
            found = uow.retention.kept(ending)
            if self._schedule.default.years != PERMANENT:
                found += uow.retention.kept(listed, others=True)
            before = uow.now().astimezone(VIETNAM).date() + timedelta(days=within_days)
        kept = [self.kept(one) for one in found if covers(self._reach, one.unit)]
        return tuple(sorted((one for one in kept if one.until and one.until <= before), key=lambda one: one.until or date.max))

    def holds(self) -> tuple[tuple[LegalHold, Record], ...]:
        """Holds that stand on records within reach, oldest first."""
        with self._sohoa.database.read() as uow:
            found = uow.retention.holds()
            known = uow.records.of_codes({one.record for one in found})
        return tuple((one, known[one.record]) for one in found if covers(self._reach, known[one.record].unit))

    def disposals(self) -> tuple[tuple[Disposal, Record], ...]:
        """Disposals of records within reach, oldest first."""
        with self._sohoa.database.read() as uow:
            found = [one for one in uow.retention.in_state(*DisposalState) if covers(self._reach, one.unit)]
            known = uow.records.of_codes({one.record for one in found})
        return tuple((one, known[one.record]) for one in found)

    def disposal(self, disposal_id: str) -> tuple[Disposal, Record]:
        """One disposal within reach; raises NotFound."""
        with self._sohoa.database.read() as uow:
            found = self._asked(uow, disposal_id)
            return found, uow.records.get(found.record)

    def hold(self, code: str, reason: str, *, actor: str) -> LegalHold:
        """Put a record under a legal hold, in the store too where it can. Raises NotFound, OtherUnit, RecordDisposed."""
        with self._sohoa.database.transaction() as uow:
            record = self._ours(uow, code)
            made = LegalHold(uuid4().hex, code, _said(reason), actor, uow.now())
            uow.retention.hold(made)
            uow.ledger.append(HELD, record.paper_id, actor, {"record": code, "hold": made.id, "reason": made.reason})
            refs = uow.retention.objects_of(record.paper_id)
        for ref in refs:
            self._sohoa.objects.freeze(ref.sha256, on=True)
        return made

    def lift(self, hold_id: str, reason: str, *, actor: str) -> LegalHold:
        """End a legal hold within reach. Raises NotFound, DisposalAsked when somebody else did."""
        with self._sohoa.database.transaction() as uow:
            code = uow.retention.get_hold(hold_id).record
            if not covers(self._reach, uow.records.get(code).unit):
                raise NotFound(what="legal hold", key=hold_id)
            record = self._ours(uow, code)
            try:
                ended = uow.retention.lift(hold_id, actor, _said(reason))
            except Conflict as error:
                raise DisposalAsked from error
            uow.ledger.append(LIFTED, record.paper_id, actor, {"record": record.code, "hold": hold_id, "reason": _said(reason)})
            free = () if uow.retention.holds(record.code) else uow.retention.objects_of(record.paper_id)
            held = {ref.sha256 for one in uow.retention.holds() for ref in self._objects(uow, one.record)}
        for ref in free:
            if ref.sha256 not in held:
                self._sohoa.objects.freeze(ref.sha256, on=False)
        return ended

    def request(self, code: str, reason: str, *, actor: str) -> Disposal:
        """Ask that a record be disposed of.

        Raises:
            NotFound, OtherUnit, RecordDisposed, DisposalAsked, StillRetained, TermUnverified, UnderHold, StillNeeded.
        """
        with self._sohoa.database.transaction() as uow:
            record = self._ours(uow, code)
            if uow.retention.of_record(code) is not None:
                raise DisposalAsked
            self._may_go(uow, record)
            made = Disposal(uuid4().hex, code, record.unit, _said(reason), DisposalState.REQUESTED, actor, uow.now())
            uow.retention.add(made)
            uow.ledger.append(REQUESTED, record.paper_id, actor, {"record": code, "disposal": made.id, "reason": made.reason})
            return made

    def refuse(self, disposal_id: str, reason: str, *, actor: str) -> Disposal:
        """Let the record be; whoever asked may take it back so, too. Raises NotFound, DisposalAsked."""
        return self._decide(disposal_id, DisposalState.REFUSED, reason, actor)

    def approve(self, disposal_id: str, reason: str, *, actor: str) -> Disposal:
        """Let the record be destroyed; nothing can use it from here on. Raises as `request`, and DutiesApart."""
        return self._decide(disposal_id, DisposalState.APPROVED, reason, actor)

    def _decide(self, disposal_id: str, state: DisposalState, reason: str, actor: str) -> Disposal:
        approved = state is DisposalState.APPROVED
        with self._sohoa.database.transaction() as uow:
            asked = self._asked(uow, disposal_id)
            record = self._ours(uow, asked.record)
            if approved:
                batch = uow.papers.get(record.paper_id).batch_id
                done = (*done_on(uow, record.paper_id, batch), (Duty.REQUEST_DISPOSAL, asked.requested_by))
                self._rules.require(Duty.APPROVE_DISPOSAL, actor, done)
                self._may_go(uow, record)
            values = {"decided_by": actor, "decided_at": uow.now(), "decided_reason": _said(reason)}
            try:
                uow.retention.move(disposal_id, DisposalState.REQUESTED, state=str(state), **values)
            except Conflict as error:
                raise DisposalAsked from error
            if approved:
                uow.records.set_state(record.code, RecordState.DISPOSED)
            told: dict[str, object] = {"record": record.code, "disposal": disposal_id, "reason": _said(reason)}
            uow.ledger.append(APPROVED if approved else REFUSED, record.paper_id, actor, told)
            return uow.retention.get(disposal_id)

    def _may_go(self, uow: UnitOfWork, record: Record) -> None:
        kept = self.kept(record)
        today = uow.now().astimezone(VIETNAM).date()
        if kept.until is None or today <= kept.until:
            raise StillRetained(until=f"{kept.until:%d/%m/%Y}" if kept.until else "vĩnh viễn / permanent")
        if not kept.verified and not self._sohoa.settings.retention.allow_unverified:
            raise TermUnverified(paper_type=record.paper_type)
        holds = uow.retention.holds(record.code)
        if holds:
            raise UnderHold(reason=holds[0].reason)
        copies = [one for one in uow.certifications.of_paper(record.paper_id) if one.state in _COPIES]
        if copies:
            raise StillNeeded(by=f"chứng thực {copies[0].id[:8]}")
        reused = [one for one in uow.reuses.of_record(record.code) if one.withdrawn_at is None]
        if reused:
            raise StillNeeded(by=f"hồ sơ {reused[0].dossier}")

    def _asked(self, uow: UnitOfWork, disposal_id: str) -> Disposal:
        found = uow.retention.get(disposal_id)
        if not covers(self._reach, found.unit):
            raise NotFound(what="disposal", key=disposal_id)
        return found

    def _ours(self, uow: UnitOfWork, code: str) -> Record:
        record = uow.records.lock(code)
        if not covers(self._reach, record.unit):
            raise OtherUnit(unit=record.unit)
        if record.state is RecordState.DISPOSED:
            raise RecordDisposed(code=code)
        return record

    @staticmethod
    def _objects(uow: UnitOfWork, code: str) -> tuple[ObjectRef, ...]:
        return uow.retention.objects_of(uow.records.get(code).paper_id)


def _said(reason: str) -> str:
    if not reason.strip():
        raise DisposalReasonMissing
    return reason.strip()[:2000]
