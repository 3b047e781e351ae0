"""Views of dossiers, their components, reuse and the end of records."""

from __future__ import annotations

from datetime import date, datetime
from typing import Self

from api.dossiers.sheet import DossierSheet, Part
from api.records.reuse import Eligibility
from api.views.base import View, mask_code, mask_id
from storage.dossiers import (
    Channel,
    ComponentState,
    Dossier,
    DossierState,
    EndingKind,
    Outcome,
    OwnerKind,
    PaperForm,
    RecordEnding,
    Reuse,
    ReuseFlag,
)
from storage.model import Paper, PaperState, Record, RecordState
from storage.procedures import ComponentKind, Procedure, reason_named
from storage.reuse import Answer, Check, Rules


class OwnerView(View):
    """Whose dossier it is."""

    id: str
    id_kind: str
    kind: OwnerKind
    name: str
    identity: dict[str, str]


class DossierView(View):
    """One dossier."""

    code: str
    unit: str
    procedure: str
    procedure_name: str
    field: str
    owner: OwnerView
    channel: Channel
    received_at: datetime
    due_at: datetime | None
    resolved_at: datetime | None
    state: DossierState
    returns_document: bool
    result_record: str
    result_link: str
    vneid: bool | None
    late_reason: str
    opened_by: str
    version: int

    @classmethod
    def of(cls, one: Dossier, *, masked: bool = True) -> Self:
        """The dossier; the owner's identifier is masked, and further identity left out, unless told otherwise."""
        owner = OwnerView(
            id=mask_id(one.owner.id) if masked else one.owner.id, id_kind=one.owner.id_kind, kind=one.owner.kind,
            name=one.owner.name, identity={} if masked else one.owner.identity,
        )  # fmt: skip
        plain = {name: getattr(one, name) for name in cls.model_fields if name != "owner"}
        return cls(owner=owner, **plain)


class EndingView(View):
    """Why a record has no force any more."""

    record: str
    kind: EndingKind
    decision: str
    decided_on: date
    reason: str
    replaced_by: str
    by: str
    at: datetime

    @classmethod
    def of(cls, one: RecordEnding) -> Self:
        """The decision."""
        return cls(**{name: getattr(one, name) for name in cls.model_fields})


class OfferView(View):
    """A record of the owner that might serve a component."""

    code: str
    code_shown: str
    title: str
    number: str
    issued_on: date | None
    issuer: str
    paper_type: str
    state: RecordState

    @classmethod
    def of(cls, one: Record) -> Self:
        """The record, masked."""
        return cls(
            code=one.code, code_shown=mask_code(one.code, one.owner), title=one.title,
            number=mask_id(one.number) if one.number and one.number == one.owner else one.number, issued_on=one.issued_on,
            issuer=one.issuer, paper_type=one.paper_type, state=one.state,
        )  # fmt: skip


class FiledPaperView(View):
    """A paper scanned for a dossier."""

    id: str
    batch_id: str
    state: PaperState
    paper_type: str
    pages: int
    code: str

    @classmethod
    def of(cls, one: Paper) -> Self:
        """The paper."""
        return cls(**{name: getattr(one, name) for name in cls.model_fields})


class OutcomeView(View):
    """One question of the eligibility test with its answer."""

    code: Check
    name: str
    result: Answer
    sentence: str
    evidence: dict[str, str]
    overridable: bool
    override: str

    @classmethod
    def of(cls, one: Outcome, by: Rules, lang: str) -> Self:
        """The answer in words."""
        return cls(
            code=Check(one.code), name=by.checks[Check(one.code)].name.say(lang), result=Answer(one.result),
            sentence=by.sentence(one, lang), evidence=one.evidence, overridable=by.overridable(one), override=one.override,
        )  # fmt: skip


class EligibilityView(View):
    """The eligibility test of a record for a component."""

    record: str
    dossier: str
    component: str
    ready: bool
    """Every answer is yes."""
    possible: bool
    """What is not yes may be gone on with, with reasons."""
    flag: ReuseFlag
    outcomes: tuple[OutcomeView, ...]

    @classmethod
    def of(cls, one: Eligibility, lang: str) -> Self:
        """The test."""
        return cls(
            record=one.record.code, dossier=one.dossier.code, component=one.component.code, ready=one.ready,
            possible=one.possible, flag=one.flag, outcomes=tuple(OutcomeView.of(out, one.rules, lang) for out in one.outcomes),
        )  # fmt: skip


class ReuseView(View):
    """One line of the reuse ledger."""

    id: str
    record: str
    dossier: str
    component: str
    unit: str
    by: str
    at: datetime
    purpose: str
    filed_on: date
    flag: ReuseFlag
    replacement: str
    from_store: bool
    sealed_sha256: str
    overridden: bool
    outcomes: tuple[OutcomeView, ...]
    withdrawn_at: datetime | None
    withdrawn_by: str
    withdrawn_reason: str

    @classmethod
    def of(cls, one: Reuse, by: Rules, lang: str) -> Self:
        """The line."""
        plain = {name: getattr(one, name) for name in cls.model_fields if name != "outcomes"}
        return cls(outcomes=tuple(OutcomeView.of(out, by, lang) for out in one.checks), **plain)


class ComponentView(View):
    """One component of a dossier."""

    code: str
    name: str
    required: bool
    form: PaperForm
    state: ComponentState
    record: str
    record_shown: str
    record_state: RecordState | None
    ending: EndingView | None
    reuse: ReuseFlag
    reuse_id: str
    replacement: str
    from_store: bool
    reason_code: str
    reason: str
    reason_note: str
    reusable: bool
    paper_types: tuple[str, ...]
    papers: tuple[FiledPaperView, ...]
    offers: tuple[OfferView, ...]
    arriving: tuple[str, ...]
    """Ids of deliveries of which no paper was made yet."""

    @classmethod
    def of(cls, part: Part, lang: str, reasons_file: str = "") -> Self:
        """The component with its reason in words."""
        one = part.component
        reason = reason_named(one.reason_code, reasons_file) if one.reason_code else None
        return cls(
            code=one.code, name=part.kind.name.say(lang) if part.kind else one.name, required=one.required, form=one.form,
            state=one.state, record=one.record,
            record_shown=mask_code(one.record, part.record.owner) if part.record else one.record,
            record_state=part.record.state if part.record else None,
            ending=EndingView.of(part.ending) if part.ending else None, reuse=one.reuse,
            reuse_id=part.reuse.id if part.reuse else "", replacement=one.replacement, from_store=one.from_store,
            reason_code=one.reason_code, reason=reason.name.say(lang) if reason else one.reason_code,
            reason_note=one.reason_note, reusable=part.kind is not None and part.kind.reusable,
            paper_types=part.kind.papers if part.kind else (), papers=tuple(FiledPaperView.of(paper) for paper in part.papers),
            offers=tuple(OfferView.of(record) for record in part.offers), arriving=part.arriving,
        )  # fmt: skip


class DossierSheetView(View):
    """A dossier with its components and what was scanned for it without saying for which."""

    dossier: DossierView
    components: tuple[ComponentView, ...]
    loose: tuple[FiledPaperView, ...]
    warnings: tuple[EndingView, ...]

    @classmethod
    def of(cls, sheet: DossierSheet, lang: str, reasons_file: str = "") -> Self:
        """The sheet; only of a dossier that was asked for with its code, so nothing is masked."""
        return cls(
            dossier=DossierView.of(sheet.dossier, masked=False),
            components=tuple(ComponentView.of(part, lang, reasons_file) for part in sheet.parts),
            loose=tuple(FiledPaperView.of(paper) for paper in sheet.loose),
            warnings=tuple(EndingView.of(one) for one in sheet.warnings),
        )


class ComponentKindView(View):
    """One paper that a procedure takes."""

    code: str
    name: str
    required: bool
    papers: tuple[str, ...]
    substitutes: tuple[str, ...]
    whose: str
    reusable: bool

    @classmethod
    def of(cls, one: ComponentKind, lang: str) -> Self:
        """The component."""
        return cls(name=one.name.say(lang), **{name: getattr(one, name) for name in cls.model_fields if name != "name"})


class ProcedureView(View):
    """One procedure of the catalogue."""

    code: str
    name: str
    field: str
    verified: bool
    returns_document: bool
    components: tuple[ComponentKindView, ...]

    @classmethod
    def of(cls, one: Procedure, lang: str) -> Self:
        """The procedure."""
        return cls(
            code=one.code, name=one.name.say(lang), field=one.field, verified=one.verified,
            returns_document=one.returns_document, components=tuple(ComponentKindView.of(part, lang) for part in one.components),
        )  # fmt: skip
