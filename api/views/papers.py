"""Views of a paper: its state, its pages and words, its fields with machine value, decision and evidence side by side."""

from __future__ import annotations

from datetime import datetime
from typing import Self

from api.views.base import ObjectView, ReasonView, View, mask_code, mask_id
from ingest.errors import Param
from ocr.model import Decision, DecisionKind, Evidence, Field, PageText
from storage.model import PageRow, Paper, PaperState


class PaperView(View):
    """One paper on its way or done."""

    id: str
    batch_id: str
    file_id: str
    ordinal: int
    first_page: int
    pages: int
    state: PaperState
    dossier: str
    owner: str
    paper_type: str
    type_confidence: float
    code: str
    code_shown: str
    """The code for the eye: masked wherever the owner is."""
    original: ObjectView
    sealed: ObjectView | None
    evidence: ObjectView | None
    reason: ReasonView | None
    version: int
    created_at: datetime

    @classmethod
    def of(cls, paper: Paper, lang: str = "vi", *, masked: bool = True) -> Self:
        """The paper; `reason` says why it needs attention."""
        return cls(
            id=paper.id,
            batch_id=paper.batch_id,
            file_id=paper.file_id,
            ordinal=paper.ordinal,
            first_page=paper.first_page,
            pages=paper.pages,
            state=paper.state,
            dossier=paper.dossier,
            owner=mask_id(paper.owner) if masked else paper.owner,
            paper_type=paper.paper_type,
            type_confidence=paper.type_confidence,
            code=paper.code,
            code_shown=mask_code(paper.code, paper.owner) if masked else paper.code,
            original=ObjectView.of(paper.original),
            sealed=ObjectView.of(paper.sealed) if paper.sealed else None,
            evidence=ObjectView.of(paper.evidence) if paper.evidence else None,
            reason=ReasonView.of(paper.reason_code, paper.reason_params, lang),
            version=paper.version,
            created_at=paper.created_at,
        )


class EvidenceView(View):
    """Where a value stands: page of the paper (from 0) and box in pixels of the stored page image."""

    page: int
    x0: float
    y0: float
    x1: float
    y1: float

    @classmethod
    def of(cls, evidence: Evidence) -> Self:
        """The place as plain numbers."""
        box = evidence.box
        return cls(page=evidence.page, x0=box.x0, y0=box.y0, x1=box.x1, y1=box.y1)


class CheckView(View):
    """The outcome of one validator; `ok` null means it does not apply."""

    code: str
    ok: bool | None
    params: dict[str, Param]


class DecisionView(View):
    """The last word on a field: who, when, how."""

    value: str
    kind: DecisionKind
    by: str
    at: datetime
    reason: str
    evidence: tuple[EvidenceView, ...]
    """Where a person pointed at the value; empty: where the machine found it, if anywhere."""

    @classmethod
    def of(cls, decision: Decision) -> Self:
        """The decision without its field's name, which stands beside it."""
        return cls(
            value=decision.value,
            kind=decision.kind,
            by=decision.by,
            at=decision.at,
            reason=decision.reason,
            evidence=tuple(EvidenceView.of(place) for place in decision.evidence),
        )


class FieldView(View):
    """One field: machine value, human decision and evidence side by side."""

    name: str
    label: str
    required: bool
    raw: str
    value: str
    """The machine's normalised value; empty if nothing was found."""
    confidence: float
    doubtful: bool
    evidence: tuple[EvidenceView, ...]
    candidates: tuple[str, ...]
    checks: tuple[CheckView, ...]
    decision: DecisionView | None
    current: str
    """What counts now: the decided value, else the machine's."""

    @property
    def places(self) -> tuple[EvidenceView, ...]:
        """Where the value that counts stands: as a person pointed, else as the machine found it."""
        return self.decision.evidence if self.decision and self.decision.evidence else self.evidence

    @classmethod
    def of(
        cls,
        name: str,
        field: Field | None,
        decision: Decision | None = None,
        *,
        label: str = "",
        required: bool = False,
        sure_above: float = 0.8,
    ) -> Self:
        """The field `name`; doubtful if undecided and unsure, failing a check, or required and missing."""
        confidence = field.confidence if field else 0.0
        failed = any(check.ok is False for check in field.checks) if field else False
        missing = required and field is None
        unsure = field is not None and (confidence < sure_above or failed)
        machine = field.value if field else ""
        return cls(
            name=name,
            label=label or name,
            required=required,
            raw=field.raw if field else "",
            value=machine,
            confidence=confidence,
            doubtful=decision is None and (missing or unsure),
            evidence=tuple(EvidenceView.of(place) for place in field.evidence) if field else (),
            candidates=field.candidates if field else (),
            checks=tuple(CheckView(code=c.code, ok=c.ok, params=c.params) for c in field.checks) if field else (),
            decision=DecisionView.of(decision) if decision else None,
            current=decision.value if decision else machine,
        )


class PageView(View):
    """One page of a paper, without its pixels."""

    id: str
    index: int
    image: ObjectView
    width_px: int
    height_px: int
    dpi: float
    read: bool

    @classmethod
    def of(cls, row: PageRow) -> Self:
        """The page's facts as they were measured at intake."""
        facts = row.facts
        return cls(
            id=row.id,
            index=row.index,
            image=ObjectView.of(row.image),
            width_px=int(str(facts.get("width_px", 0))),
            height_px=int(str(facts.get("height_px", 0))),
            dpi=float(str(facts.get("dpi", 0))),
            read=row.text is not None,
        )


class WordView(View):
    """One word on a page, in pixels of the stored page image."""

    text: str
    confidence: float
    line: int
    x0: float
    y0: float
    x1: float
    y1: float

    @classmethod
    def all_of(cls, page: PageText) -> tuple[Self, ...]:
        """Every word of the page in reading order; `line` counts from 0."""
        return tuple(
            cls(
                text=word.text,
                confidence=round(word.confidence, 4),
                line=number,
                x0=word.box.x0,
                y0=word.box.y0,
                x1=word.box.x1,
                y1=word.box.y1,
            )
            for number, line in enumerate(page.lines)
            for word in line.words
        )
