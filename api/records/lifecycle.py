"""Use cases: a record loses its force by a decision, annulled or replaced by another record; its access level is set.

Whatever used the record learns of it in the same transaction: a line in the ledger about each dossier that reused it, has it as
a component of its own, or as its result. The record itself stays readable, and its files are untouched.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from api.certification.errors import OtherUnit
from api.dossiers.errors import BadReplacement, DecisionImpossible, RecordEnded
from api.refusals import ReasonMissing
from api.wiring import Sohoa
from signing.report import VIETNAM
from storage.access_levels import AccessLevel, Audience
from storage.dossiers import EndingKind, RecordEnding
from storage.model import Record, RecordState
from storage.reach import Reach, covers
from storage.records.unit_of_work import UnitOfWork

ENDED = {EndingKind.ANNULLED: "record.annulled", EndingKind.REPLACED: "record.replaced"}
TOLD = {EndingKind.ANNULLED: "dossier.record_annulled", EndingKind.REPLACED: "dossier.record_replaced"}
COPY_ANNULLED = "dossier.certified_copy_annulled"
"""Events of the ledger about a dossier: what it stands on lost its force."""
_STATES = {EndingKind.ANNULLED: RecordState.ANNULLED, EndingKind.REPLACED: RecordState.REPLACED}


@dataclass(frozen=True, slots=True)
class Decided:
    """The decision that ends a record."""

    decision: str
    """Its number and sign."""
    decided_on: date
    reason: str


class RecordLifecycle:
    """Ending records. `reach` is whose records the person may end, `audience` which they may read; empty, None: any."""

    def __init__(self, sohoa: Sohoa, reach: Reach = "", audience: Audience | None = None) -> None:
        self._sohoa, self._reach, self._audience = sohoa, reach, audience

    def annul(self, code: str, decided: Decided, *, actor: str) -> RecordEnding:
        """Enter the decision that annuls a record. Raises NotFound, OtherUnit, RecordEnded, DecisionImpossible."""
        with self._sohoa.database.transaction() as uow:
            record = self._to_end(uow, code, decided)
            return self._end(uow, record, EndingKind.ANNULLED, decided, "", actor)

    def replace(self, code: str, by: str, decided: Decided, *, actor: str) -> RecordEnding:
        """Let the record `by` take the place of this one. Raises as `annul`, and BadReplacement."""
        with self._sohoa.database.transaction() as uow:
            known = uow.records.of_codes([by.strip()]).get(by.strip())
            record = self._to_end(uow, code, decided)
            if known is not None and self._audience is not None and not self._audience.allows(known.access, known.unit):
                known = None  # as if it were not there
            if known is None or known.code == code or known.state is not RecordState.IN_FORCE:
                raise BadReplacement(by=by.strip()[:100])
            if known.owner and record.owner and known.owner != record.owner:
                raise BadReplacement(by=by.strip()[:100])
            return self._end(uow, record, EndingKind.REPLACED, decided, known.code, actor)

    def set_access(self, code: str, access: AccessLevel, reason: str, *, actor: str) -> None:
        """Say how widely a record may be used. Raises NotFound, OtherUnit, ReasonMissing."""
        if not reason.strip():
            raise ReasonMissing
        with self._sohoa.database.transaction() as uow:
            record = self._ours(uow, code)
            uow.records.set_access(code, access)
            details: dict[str, object] = {"from": str(record.access), "to": str(access), "reason": reason.strip()}
            uow.ledger.append("record.access_set", record.paper_id, actor, details)

    def _ours(self, uow: UnitOfWork, code: str) -> Record:
        record = uow.records.lock(code)
        if not covers(self._reach, record.unit):
            raise OtherUnit(unit=record.unit)
        return record

    def _to_end(self, uow: UnitOfWork, code: str, decided: Decided) -> Record:
        record = self._ours(uow, code)
        if record.state is not RecordState.IN_FORCE:
            raise RecordEnded
        today, stored = (moment.astimezone(VIETNAM).date() for moment in (uow.now(), record.created_at))
        if not decided.decision.strip() or not decided.reason.strip() or not stored <= decided.decided_on <= today:
            raise DecisionImpossible(decided_on=decided.decided_on.isoformat())
        return record

    def _end(
        self, uow: UnitOfWork, record: Record, kind: EndingKind, decided: Decided, by: str, actor: str
    ) -> RecordEnding:  # fmt: skip
        ending = RecordEnding(
            record=record.code, kind=kind, decision=decided.decision.strip(), decided_on=decided.decided_on,
            reason=decided.reason.strip(), replaced_by=by, by=actor, at=uow.now(),
        )  # fmt: skip
        uow.reuses.end_record(ending)
        uow.records.set_state(record.code, _STATES[kind])
        details: dict[str, object] = {
            "record": record.code, "decision": ending.decision, "decided_on": ending.decided_on.isoformat(), "replaced_by": by,
        }  # fmt: skip
        uow.ledger.append(ENDED[kind], record.paper_id, actor, details | {"reason": ending.reason})
        tell_dossiers(uow, record.code, TOLD[kind], actor, details)
        uow.outbox.add(ENDED[kind], {**details, "paper": record.paper_id, "unit": record.unit})
        return ending


def tell_dossiers(uow: UnitOfWork, record: str, event: str, actor: str, details: dict[str, object]) -> tuple[str, ...]:
    """A line about every dossier that stands on the record: reused, digitised for it, or its result; returns their codes."""
    codes = {one.dossier for one in uow.reuses.of_record(record) if one.withdrawn_at is None}
    codes |= {one.dossier for one in uow.dossiers.using(record)}
    codes |= {one.code for one in uow.dossiers.resulting_in(record)}
    for code in sorted(codes):
        uow.ledger.append(event, code, actor, {**details, "record": record})
    return tuple(sorted(codes))


def ending_of(uow: UnitOfWork, code: str) -> RecordEnding | None:
    """The decision about a record that lost its force, or None."""
    return uow.reuses.endings_of([code]).get(code)
