"""Use case: a record serves a component of another dossier, after every question of the eligibility test has its answer.

The stored sealed copy is really fetched and verified each time; what could not be checked is never taken for yes. An officer may
go on in spite of an answer only where the rules file allows it, and says why. One transaction writes the reuse, the component
and the ledger's lines about the dossier and about the paper.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from pathlib import Path
from uuid import uuid4

from api.access.levels import levels
from api.audit.stored import last_written
from api.dossiers.desk import EMPTY
from api.dossiers.errors import DossierClosed, NotEligible
from api.dossiers.filing import HALTED
from api.refusals import ReasonMissing
from api.units import dossier_within, paper_to_read
from api.wiring import Sohoa
from ingest.errors import CodedError
from ingest.model import ObjectRef
from ocr.model import DecisionKind
from ocr.review.decide import BY_ABSENCE
from signing.model import FileVerdict, Indication, Role
from signing.policy import Policy
from signing.report import VIETNAM
from signing.verify import verify
from storage.dossiers import Component, ComponentState, Dossier, Outcome, Reuse, ReuseFlag
from storage.errors import NotFound, ObjectCorrupt, ObjectMissing
from storage.model import Record, RecordState
from storage.procedures import ComponentKind, procedure_on
from storage.reach import Reach, covers
from storage.registers import CertificationState
from storage.reuse import Case, Check, Rules, flag_for, judge, open_questions, rules, settled

REUSED, WITHDRAWN = "dossier.record_reused", "dossier.reuse_withdrawn"
_ASKED = Policy(required_roles=(Role.PERSONAL,))
_ANSWERS = {Indication.PASSED: "passed", Indication.FAILED: "failed", Indication.INDETERMINATE: "indeterminate"}


@dataclass(frozen=True, slots=True)
class Eligibility:
    """The outcome of the test, before anything was written."""

    record: Record
    dossier: Dossier
    component: Component
    outcomes: tuple[Outcome, ...]
    flag: ReuseFlag
    rules: Rules

    @property
    def ready(self) -> bool:
        """True if nothing stands in the way."""
        return not open_questions(self.outcomes)

    @property
    def possible(self) -> bool:
        """True if an officer may go on, where needed with reasons."""
        return all(self.rules.overridable(one) for one in open_questions(self.outcomes))


@dataclass(frozen=True, slots=True)
class Looked:
    """What was found in the stored files."""

    integrity: str
    signatures: str
    evidence: dict[str, dict[str, str]]


class ReuseDesk:
    """Reusing records. `reach` is whose dossiers may be served; records of every unit may serve."""

    def __init__(self, sohoa: Sohoa, reach: Reach = "") -> None:
        self._sohoa, self._reach = sohoa, reach
        self._rules = rules(sohoa.settings.dossiers.rules_file)

    def test(self, record: str, dossier: str, component: str, purpose: str) -> Eligibility:
        """Ask every question; nothing is written. Raises NotFound, SecretWithheld, BadCatalogue."""
        case = self._case(record, dossier, component, purpose)
        looked = look_at(self._sohoa, case.record)
        case = replace(case, integrity=looked.integrity, signatures=looked.signatures, evidence=looked.evidence)
        return Eligibility(
            case.record, case.dossier, case.component, judge(case, self._rules), flag_for(case.record, case.kind), self._rules
        )

    def reuse(
        self, record: str, dossier: str, component: str, purpose: str, *, actor: str,
        overrides: Mapping[str, str] | None = None, from_store: bool = False,
    ) -> Reuse:  # fmt: skip
        """Let the record serve the component; the one made before when it does already.

        Args:
            record: digitisation-result code.
            dossier: mã hồ sơ.
            component: mã thành phần hồ sơ.
            purpose: what it is used for; written into the ledger.
            actor: who does it.
            overrides: reasons by question, for answers an officer goes on in spite of.
            from_store: it came out of the owner's store on the national portal (DuocLayTuKhoDMQG).

        Raises:
            NotEligible: a question is not answered with yes and nobody may or does answer for it.
        """
        tested = self.test(record, dossier, component, purpose)
        outcomes = settled(tested.outcomes, overrides or {}, self._rules)
        if left := open_questions(outcomes):
            raise NotEligible(**self._named(left))
        with self._sohoa.database.transaction() as uow:
            now_record = uow.records.lock(record)
            now_dossier = uow.dossiers.lock(dossier)
            part = uow.dossiers.component(dossier, component)
            if known := uow.reuses.standing(dossier, component):
                if known.record == record:
                    return known
                raise NotEligible(**self._named(_only(outcomes, Check.DOSSIER)))
            if now_dossier.state in HALTED:
                raise DossierClosed(dossier=dossier)
            if now_record.state is not RecordState.IN_FORCE or now_record.sealed != tested.record.sealed:
                raise NotEligible(**self._named(_only(outcomes, Check.STANDING)))
            replacement = record if tested.flag is ReuseFlag.SUBSTITUTE else ""
            made = Reuse(
                id=uuid4().hex, record=record, sealed_sha256=now_record.sealed.sha256, dossier=dossier, component=component,
                unit=now_dossier.unit, by=actor, at=uow.now(), purpose=purpose.strip(), filed_on=filed_on(now_dossier),
                flag=tested.flag, replacement=replacement, from_store=from_store, checks=outcomes,
            )  # fmt: skip
            uow.reuses.add(made)
            changes = {
                **EMPTY, "state": ComponentState.REUSED, "record": record, "reuse": made.flag, "replacement": replacement,
                "from_store": from_store,
            }  # fmt: skip
            uow.dossiers.set_component(part, actor, **changes)
            details: dict[str, object] = {
                "reuse": made.id, "dossier": dossier, "component": component, "record": record, "purpose": made.purpose,
                "sealed": made.sealed_sha256, "flag": int(made.flag),
                "overridden": sorted(one.code for one in outcomes if one.override),
            }  # fmt: skip
            uow.ledger.append(REUSED, dossier, actor, details)
            uow.ledger.append("record.reused", now_record.paper_id, actor, details)
        return made

    def withdraw(self, reuse_id: str, reason: str, *, actor: str) -> Reuse:
        """Take a reuse back; the component waits for a paper again. Raises NotFound, Conflict, ReasonMissing."""
        if not reason.strip():
            raise ReasonMissing
        with self._sohoa.database.transaction() as uow:
            found = uow.reuses.get(reuse_id)
            dossier_within(uow, found.dossier, self._reach)
            paper = uow.records.lock(found.record).paper_id
            uow.dossiers.lock(found.dossier)
            gone = uow.reuses.withdraw(reuse_id, actor, reason.strip())
            uow.dossiers.set_component(uow.dossiers.component(found.dossier, found.component), actor, **EMPTY)
            details: dict[str, object] = {"reuse": reuse_id, "record": found.record, "component": found.component}
            uow.ledger.append(WITHDRAWN, found.dossier, actor, details | {"reason": reason.strip()})
            uow.ledger.append("record.reuse_withdrawn", paper, actor, details | {"dossier": found.dossier})
        return gone

    def _case(self, record: str, dossier: str, component: str, purpose: str) -> Case:
        with self._sohoa.database.read() as uow:
            found = uow.records.get(record)
            kept = not levels(self._sohoa.settings.privacy.levels_file).levels[found.access].other_units
            if kept and not covers(self._reach, found.unit):
                raise NotFound(what="record", key=record)
            paper_to_read(uow, found.paper_id, "")  # nobody reuses what is held back as a secret
            served = dossier_within(uow, dossier, self._reach)
            part = uow.dossiers.component(dossier, component)
            decided = uow.fields.current(found.paper_id)
            annulled = any(one.state is CertificationState.ANNULLED for one in uow.certifications.of_paper(found.paper_id))
        # The rule for fields that were not found decides nothing here: only a person's word says that a paper has no limit.
        none = {name for name, one in decided.items() if one.kind is DecisionKind.EMPTY and one.by != BY_ABSENCE}
        return Case(
            record=found, dossier=served, component=part, kind=self.kind_of(served, component), filed_on=filed_on(served),
            purpose=purpose, stated_none=frozenset(none), copy_annulled=annulled,
        )  # fmt: skip

    def kind_of(self, dossier: Dossier, component: str) -> ComponentKind | None:
        """What the catalogue asks for, as it was on the filing date."""
        asked = procedure_on(dossier.procedure, filed_on(dossier), self._sohoa.settings.dossiers.procedures_file)
        return asked.component(component) if asked else None

    def offers(self, dossier: Dossier, component: Component, owned: tuple[Record, ...]) -> tuple[Record, ...]:
        """Which of the owner's records might serve a component: in force and of the right kind. The test comes with the press."""
        kind = self.kind_of(dossier, component.code)
        if kind is None or not kind.reusable:
            return ()
        day = filed_on(dossier)
        wanted = {*kind.papers, *kind.substitutes}
        return tuple(
            one
            for one in owned
            if one.state is RecordState.IN_FORCE
            and (kind.fits(one.paper_type) or one.paper_type in wanted)
            and (one.valid_until is None or one.valid_until >= day)
            and (one.issued_on is None or one.issued_on <= day)
            and component.record != one.code
        )

    def _named(self, left: tuple[Outcome, ...]) -> dict[str, str]:
        names = [self._rules.checks[Check(one.code)].name for one in left]
        return {"questions": "; ".join(name.vi for name in names), "questions_en": "; ".join(name.en for name in names)}


def filed_on(dossier: Dossier) -> date:
    """The day of receipt in Vietnam."""
    return dossier.received_at.astimezone(VIETNAM).date()


def _only(outcomes: tuple[Outcome, ...], check: Check) -> tuple[Outcome, ...]:
    return tuple(one for one in outcomes if one.code == check)


def look_at(sohoa: Sohoa, record: Record) -> Looked:
    """Fetch original and sealed copy with their hashes, compare with the ledger, verify the signatures as they are now."""
    with sohoa.database.read() as uow:
        entries = uow.ledger.of_subjects([record.paper_id])
    written = last_written(entries)
    integrity, signatures = "whole", "not_checked"
    told: dict[str, dict[str, str]] = {Check.INTEGRITY: {"sealed": record.sealed.sha256, "original": record.original.sha256}}
    if written and written != record.sealed.sha256:
        integrity, told[Check.INTEGRITY]["ledger"] = "ledger_differs", written
    elif not written:
        integrity, told[Check.INTEGRITY]["ledger"] = "not_checked", "—"
    with tempfile.TemporaryDirectory(dir=sohoa.settings.data_dir / "tmp", prefix="reuse-") as folder:
        for ref, name in ((record.original, "original"), (record.sealed, "sealed.pdf")):
            found = _fetched(sohoa, ref, Path(folder) / name)
            integrity = found if found != "whole" else integrity
        if (Path(folder) / "sealed.pdf").exists():
            signatures, told[Check.SIGNATURES] = _verified(sohoa, Path(folder) / "sealed.pdf")
    return Looked(integrity, signatures, told)


def _fetched(sohoa: Sohoa, ref: ObjectRef, to: Path) -> str:
    try:
        sohoa.objects.fetch(ref.sha256, to)
    except ObjectMissing:
        return "missing"
    except ObjectCorrupt:
        to.unlink(missing_ok=True)
        return "changed"
    except CodedError:
        return "not_checked"
    return "whole"


def _verified(sohoa: Sohoa, path: Path) -> tuple[str, dict[str, str]]:
    try:
        verdict: FileVerdict = sohoa.box.run(partial(verify, policy=_ASKED), path, sohoa.signatories.trust())
    except CodedError as error:
        return "not_checked", {"error": error.code}
    told = {"indication": str(verdict.indication), "checked_at": verdict.checked_at.isoformat(timespec="seconds")}
    if verdict.sub_indication:
        told["sub_indication"] = verdict.sub_indication
    told["signers"] = "; ".join(one.signer for one in verdict.signatures if not one.is_timestamp)
    return _ANSWERS[verdict.indication], told
