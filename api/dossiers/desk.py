"""Use cases: a dossier is opened at the counter, each of its components gets its paper or a reason, and it comes to an end.

Codes are parsed or refused, never repaired; an owner without an identifier gets further data, never a made-up number. Every
change is a line in the ledger about the dossier; names and identifiers of people stay out of it.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from api.dossiers.checks import NewDossier, checked_day, checked_owner
from api.dossiers.errors import (
    ComponentServed,
    DossierClosed,
    DossierKnown,
    ReasonUnknown,
    UnknownProcedure,
)
from api.dossiers.filing import FILED, HALTED, halt
from api.refusals import ReasonMissing
from api.units import dossier_within
from api.wiring import Sohoa
from ocr.fields.dossier import parse_dossier_code
from signing.report import VIETNAM
from storage.access_levels import Audience
from storage.dossiers import (
    Component,
    ComponentState,
    Dossier,
    DossierState,
    PaperForm,
    ReuseFlag,
)
from storage.errors import NotFound
from storage.procedures import NotDigitised, Procedure, procedure_on, reason_named, reasons_on
from storage.reach import Reach, covers, home
from storage.records.unit_of_work import UnitOfWork

TAKEN = frozenset({ComponentState.DIGITISED, ComponentState.REUSED})


class DossierDesk:
    """What people do with dossiers. `reach` is whose dossiers they see (`storage.reach`), `audience` which records; None: all."""

    def __init__(self, sohoa: Sohoa, reach: Reach = "", audience: Audience | None = None) -> None:
        self._sohoa, self._reach, self._audience = sohoa, reach, audience
        self._options = sohoa.settings.dossiers

    def open(self, new: NewDossier, *, actor: str) -> Dossier:
        """Open a dossier with the components of its procedure.

        Raises BadDossierCode, BadOwnerId, OwnerUnidentified, UnknownProcedure, DossierDayImpossible, DossierKnown.
        """
        code = parse_dossier_code(new.code)
        owner = checked_owner(new)
        with self._sohoa.database.transaction() as uow:
            now = uow.now()
            received = checked_day(code.text, code.received_on, new.received_at, now)
            day = received.astimezone(VIETNAM).date()
            procedure = procedure_on(new.procedure, day, self._options.procedures_file)
            if procedure is None:
                raise UnknownProcedure(procedure=new.procedure[:60], day=day.isoformat())
            unit = new.unit or home(self._reach) or self._sohoa.settings.unit
            dossier = Dossier(
                code=code.text, unit=unit, procedure=new.procedure.strip().upper(), procedure_name=procedure.name.vi,
                field=procedure.field, owner=owner, channel=new.channel, received_at=received, due_at=new.due_at,
                resolved_at=None, state=DossierState.OPEN, returns_document=procedure.returns_document, result_record="",
                result_link="", vneid=new.vneid, late_reason="", opened_by=actor, created_at=now, changed_at=now,
            )  # fmt: skip
            spared = next((one for one in reasons_on(day, self._options.reasons_file) if int(new.channel) in one.channels), None)
            if not uow.dossiers.add(dossier, _components(dossier, procedure, spared, actor)):
                raise DossierKnown(dossier=dossier.code)
            details: dict[str, object] = {"procedure": dossier.procedure, "channel": int(dossier.channel), "unit": unit}
            uow.ledger.append("dossier.opened", dossier.code, actor, details)
        return dossier

    def find(self, text: str) -> Dossier | None:
        """The dossier of that code, or None when there is none within reach. Raises BadDossierCode."""
        code = parse_dossier_code(text).text
        with self._sohoa.database.read() as uow:
            found = uow.dossiers.find(code)
        return found if found is not None and covers(self._reach, found.unit) else None

    def set_result(
        self, code: str, *, record: str = "", link: str = "", at: datetime | None = None, late_reason: str = "", actor: str
    ) -> Dossier:
        """The dossier has its result: a record of ours, or a link. Raises NotFound, DossierClosed, ReasonMissing (neither)."""
        if not record.strip() and not link.strip():
            raise ReasonMissing
        with self._sohoa.database.transaction() as uow:
            before = self._open(uow, code)
            if record.strip():
                found = uow.records.get(record.strip())
                if self._audience is not None and not self._audience.allows(found.access, found.unit):
                    raise NotFound(what="record", key=found.code)
            changes: dict[str, Any] = {
                "result_record": record.strip(), "result_link": link.strip(), "resolved_at": at or uow.now(),
                "state": DossierState.RESOLVED, "late_reason": late_reason.strip(),
            }  # fmt: skip
            after = uow.dossiers.save(before, **changes)
            uow.ledger.append("dossier.resolved", code, actor, {"record": record.strip(), "link": bool(link.strip())})
        return after

    def stop(self, code: str, reason: str, *, actor: str, refused: bool = False) -> int:
        """Stop (DUNG) or refuse a dossier and halt its digitising; returns how many papers were halted.

        Circular 03/2025/TT-VPCP Art. 7. Records made before stay. Raises NotFound, DossierClosed, ReasonMissing.
        """
        if not reason.strip():
            raise ReasonMissing
        with self._sohoa.database.transaction() as uow:
            seen = dossier_within(uow, code, self._reach)
            papers = halt(uow, seen)
            before = self._open(uow, code)
            state = DossierState.REFUSED if refused else DossierState.STOPPED
            uow.dossiers.save(before, state=state)
            papers += halt(uow, before)  # what came in while we waited for the dossier
            uow.ledger.append(f"dossier.{state}", code, actor, {"reason": reason.strip(), "papers": papers})
        return papers

    def reopen(self, code: str, reason: str, *, actor: str) -> Dossier:
        """Take a stop, refusal or result back; what was halted must be scanned again. Raises NotFound, ReasonMissing."""
        if not reason.strip():
            raise ReasonMissing
        with self._sohoa.database.transaction() as uow:
            dossier_within(uow, code, self._reach)
            after = uow.dossiers.save(uow.dossiers.lock(code), state=DossierState.OPEN, resolved_at=None)
            uow.ledger.append("dossier.reopened", code, actor, {"reason": reason.strip()})
        return after

    def not_digitised(self, code: str, component: str, reason: str, note: str = "", *, actor: str) -> Component:
        """Say why a component is not digitised. Raises ReasonUnknown, ComponentServed, DossierClosed, NotFound."""
        with self._sohoa.database.transaction() as uow:
            dossier, part = self._part(uow, code, component)
            if part.state in TAKEN:
                raise ComponentServed(record=part.record)
            day = dossier.received_at.astimezone(VIETNAM).date()
            known = next((one for one in reasons_on(day, self._options.reasons_file) if one.code == reason), None)
            unfit = known is None or (known.note and not note.strip()) or (known.optional_only and part.required)
            if unfit:
                raise ReasonUnknown(reason=reason[:40])
            after = uow.dossiers.set_component(
                part, actor, state=ComponentState.NOT_DIGITISED, reason_code=reason, reason_note=note.strip()
            )
            uow.ledger.append("dossier.not_digitised", code, actor, {"component": component, "reason": reason})
        return after

    def to_digitise(self, code: str, component: str, *, actor: str) -> Component:
        """Take a paper or a reason out of a component; a reuse is withdrawn elsewhere. Raises ComponentServed, NotFound."""
        with self._sohoa.database.transaction() as uow:
            _, part = self._part(uow, code, component)
            if part.state is ComponentState.REUSED:
                raise ComponentServed(record=part.record)
            after = uow.dossiers.set_component(part, actor, **EMPTY)
            uow.ledger.append("dossier.component_emptied", code, actor, {"component": component, "record": part.record})
        return after

    def set_form(self, code: str, component: str, form: PaperForm, *, actor: str) -> Component:
        """Say what kind of copy was handed in. Raises NotFound, DossierClosed."""
        with self._sohoa.database.transaction() as uow:
            _, part = self._part(uow, code, component)
            uow.ledger.append("dossier.form_said", code, actor, {"component": component, "form": str(form)})
            return uow.dossiers.set_component(part, actor, form=form)

    def add_component(self, code: str, component: str, name: str, *, required: bool = False, actor: str) -> Component:
        """One more paper this dossier takes than its procedure says. Raises ReasonMissing (no name), NotFound, DossierClosed."""
        if not name.strip() or not component.strip():
            raise ReasonMissing
        with self._sohoa.database.transaction() as uow:
            dossier = self._open(uow, code)
            place = 1 + max((part.place for part in uow.dossiers.components(code)), default=-1)
            made = blank(dossier.code, component.strip(), place, name.strip(), actor, uow.now(), required=required)
            uow.dossiers.add_component(made)
            uow.ledger.append("dossier.component_added", code, actor, {"component": made.code})
        return made

    def file_record(self, code: str, component: str, record: str, *, actor: str) -> Component:
        """Put a record made from a paper of this very dossier to one of its components (it was scanned without saying which).

        Raises NotFound (also for a record of another dossier: that is reuse), ComponentServed, DossierClosed.
        """
        with self._sohoa.database.transaction() as uow:
            found = uow.records.get(record)
            paper = uow.papers.lock(found.paper_id)
            if paper.dossier != code:
                raise NotFound(what="record", key=record)
            _, part = self._part(uow, code, component)
            if part.state in TAKEN and part.record != record:
                raise ComponentServed(record=part.record)
            uow.papers.update(paper.id, component=component)
            for other in uow.dossiers.using(record):
                if other.dossier == code and other.code != component and other.state is ComponentState.DIGITISED:
                    uow.dossiers.set_component(other, actor, **EMPTY)
            after = uow.dossiers.set_component(
                part, actor, **{**EMPTY, "state": ComponentState.DIGITISED, "paper_id": paper.id, "record": record}
            )
            uow.ledger.append(FILED, code, actor, {"component": component, "record": record, "paper": paper.id})
        return after

    def _open(self, uow: UnitOfWork, code: str) -> Dossier:
        dossier_within(uow, code, self._reach)
        dossier = uow.dossiers.lock(code)
        if dossier.state in HALTED:
            raise DossierClosed(dossier=code)
        return dossier

    def _part(self, uow: UnitOfWork, code: str, component: str) -> tuple[Dossier, Component]:
        return self._open(uow, code), uow.dossiers.component(code, component)


EMPTY: dict[str, Any] = {
    "state": ComponentState.TO_DIGITISE, "paper_id": "", "record": "", "reuse": ReuseFlag.NO, "replacement": "",
    "from_store": False, "reason_code": "", "reason_note": "",
}  # fmt: skip
"""A component without any paper."""


def blank(dossier: str, code: str, place: int, name: str, actor: str, now: datetime, *, required: bool) -> Component:
    """A component for which nothing was done yet."""
    return Component(
        dossier=dossier, code=code, place=place, name=name, required=required, form=PaperForm.UNSAID, changed_at=now,
        changed_by=actor, **EMPTY,
    )  # fmt: skip


def _components(dossier: Dossier, procedure: Procedure, spared: NotDigitised | None, actor: str) -> tuple[Component, ...]:
    made = []
    for place, kind in enumerate(procedure.components):
        part = blank(dossier.code, kind.code, place, kind.name.vi, actor, dossier.created_at, required=kind.required)
        if spared is not None:
            part = replace(part, state=ComponentState.NOT_DIGITISED, reason_code=spared.code)
        made.append(part)
    return tuple(made)


def reason_words(code: str, lang: str, file: str = "") -> str:
    """A reason in words; the code itself for one that is in no file any more."""
    known = reason_named(code, file) if code else None
    return known.name.say(lang) if known else code
