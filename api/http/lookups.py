"""What both doors look up: fields with their labels, records with who read them and why, verdicts on uploads."""

from __future__ import annotations

from api.access.permissions import Action, Principal
from api.access.privacy import note_access, purpose_to_read
from api.finding.searching import MaybeDate as MaybeDate  # noqa: PLC0414 - offered here
from api.units import paper_to_read
from api.views import FieldView
from api.wiring import Sohoa
from ocr.fields.types import catalogue
from ocr.model import Decision
from ocr.model import Field as MachineField
from storage.model import Paper, Record, RecordState
from storage.retention_errors import RecordDisposed


def record_for(
    sohoa: Sohoa, code: str, principal: Principal, purpose: str, event: str = "record.viewed", **details: object
) -> Record:
    """The record, with a ledger entry that it was read; raises NotFound, Forbidden, PurposeMissing, PurposeUnknown."""
    with sohoa.database.read() as uow:
        record = uow.records.get(code)
    if record.state is RecordState.DISPOSED and event == "record.downloaded":
        raise RecordDisposed(code=code)
    purpose = purpose_to_read(sohoa, record, principal, purpose)
    note_access(sohoa, event, record.paper_id, principal, purpose, **details)
    return record


def paper_for(
    sohoa: Sohoa, paper_id: str, principal: Principal, purpose: str, event: str = "paper.viewed", **details: object
) -> Paper:
    """The paper with a ledger entry that it was read; raises as `readable_paper`."""
    paper, purpose = readable_paper(sohoa, paper_id, principal, purpose)
    note_access(sohoa, event, paper.id, principal, purpose, **details)
    return paper


def readable_paper(sohoa: Sohoa, paper_id: str, principal: Principal, purpose: str) -> tuple[Paper, str]:
    """The paper, if the asker may read it, and the purpose as it is written down: that of work under way is its dossier.

    Raises NotFound, SecretWithheld, Forbidden, PurposeMissing, PurposeUnknown.
    """
    with sohoa.database.read() as uow:
        paper = paper_to_read(uow, paper_id, principal.reach, secret=principal.may(Action.SECRECY_JUDGE))
        record = uow.records.of_paper(paper_id)
    return paper, purpose_to_read(sohoa, record, principal, purpose) if record else purpose or paper.dossier


def fields_of(sohoa: Sohoa, paper: Paper, lang: str) -> tuple[FieldView, ...]:
    """All fields the paper's type knows, and any other found, in the type's order; undecided ones without a decision."""
    with sohoa.database.read() as uow:
        machine = {field.name: field for field in uow.fields.of_paper(paper.id)}
        decided = uow.fields.current(paper.id)
    return shape_fields(paper.paper_type, machine, decided, lang, sohoa.settings.review.automatic_above)


def shape_fields(
    paper_type: str, machine: dict[str, MachineField], decided: dict[str, Decision], lang: str, sure_above: float
) -> tuple[FieldView, ...]:
    """Machine values and decisions side by side, labelled by the paper type."""
    kind = catalogue().get(paper_type)
    specs = {spec.name: spec for spec in kind.fields} if kind else {}
    names = [*specs, *(name for name in (*machine, *decided) if name not in specs)]
    return tuple(
        FieldView.of(
            name,
            machine.get(name),
            decided.get(name),
            label=specs[name].label(lang) if name in specs else name,
            required=specs[name].required if name in specs else False,
            sure_above=sure_above,
        )
        for name in dict.fromkeys(names)
    )
