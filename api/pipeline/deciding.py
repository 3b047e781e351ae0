"""Steps that only think about a paper: classify, fields, confirm, code. What several of them come to is written at once.

None of them needs more than what was read and what the one before found. So whoever takes the first works out the others, too,
and all results go into one transaction (`Successor.outcome`); a step that cannot be worked out so is done by itself later.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType

from api.pipeline.facts import page_image
from api.pipeline.outcome import MACHINE, Context, Outcome, Successor
from api.pipeline.papers import successor, texts_of
from api.refusals import FieldsUndecided, PaperBlank, PaperUnreadable
from api.review.refusals import BatchStopped
from api.review.rounds import ask_whole, forward, goes_on, stopped, waits
from ingest.errors import CodedError
from ocr.fields.classify import classify
from ocr.fields.extract import extract
from ocr.fields.types import catalogue
from ocr.model import Field, PageText
from ocr.review.decide import AutomaticOutcome, automatic
from signing.report import VIETNAM
from storage.codes import render_result_code, series_name
from storage.model import Batch, PageRow, Paper, Step, StepKind, StepState
from storage.records.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class Known:
    """All that these steps go by."""

    paper: Paper
    batch: Batch
    rows: tuple[PageRow, ...]
    texts: tuple[PageText, ...]
    fields: tuple[Field, ...]
    stop: BatchStopped | None


def _known(context: Context, step: Step) -> Known:
    with context.sohoa.database.read() as uow:
        paper = uow.papers.get(step.subject)
        batch = uow.batches.get(paper.batch_id)
        rows = uow.pages.of_paper(paper.id)
        fields = uow.fields.of_paper(paper.id) if step.kind is StepKind.CONFIRM else ()
        stop = stopped(uow, context.sohoa.settings, paper.batch_id)
    return Known(paper, batch, rows, texts_of(context, rows), fields, stop)


def classify_paper(context: Context, step: Step) -> Outcome:
    """Say which paper type it is, unless a person or a separator sheet has said so already."""
    known = _known(context, step)
    found = classify(known.texts)
    told = known.paper.paper_type in catalogue()
    if not told:
        typed = replace(known.paper, paper_type=found.paper_type, type_confidence=found.confidence)
        known = replace(known, paper=typed)
    following = _goes_on(context, step, known)

    def write(uow: UnitOfWork) -> Successor | None:
        if not told:
            uow.papers.update(known.paper.id, paper_type=found.paper_type, type_confidence=found.confidence)
        details: dict[str, object] = {"type": found.paper_type, "confidence": round(found.confidence, 3), "told": told}
        uow.ledger.append("paper.classified", known.paper.id, MACHINE, details)
        return following

    return Outcome(write)


def find_fields(context: Context, step: Step) -> Outcome:
    """Extract the fields of the paper's type, each with its evidence."""
    return _extracted(context, step, _known(context, step))


def _extracted(context: Context, step: Step, known: Known) -> Outcome:
    paper = known.paper
    fields = extract(paper.paper_type, known.texts)
    following = _goes_on(context, step, replace(known, fields=fields))

    def write(uow: UnitOfWork) -> Successor | None:
        uow.fields.put(paper.id, fields)
        confidences: dict[str, object] = {field.name: round(field.confidence, 3) for field in fields}
        uow.ledger.append("fields.extracted", paper.id, MACHINE, confidences)
        asking = uow.steps.find(StepKind.CONFIRM, paper.id)
        if asking is not None and asking.state is StepState.WAITING:
            # A person changed the paper's type and is waiting for its fields: back to the same desk.
            waits(uow, paper, stopped(uow, context.sohoa.settings, paper.batch_id))
            return None
        return following

    return Outcome(write)


def confirm(context: Context, step: Step) -> Outcome:
    """Let the machine decide what it may; send everything else to a person, saying why."""
    return _confirmed(context, step, _known(context, step))


def _confirmed(context: Context, step: Step, known: Known) -> Outcome:
    paper, stop = known.paper, known.stop
    kind = catalogue()[paper.paper_type]
    outcome = automatic(known.fields, kind, context.sohoa.settings.review, datetime.now(UTC))
    doubt = _doubt(context, known)
    if known.batch.automatic and doubt is None and not outcome.complete:
        doubt = FieldsUndecided(count=sum(spec.required and spec.name in outcome.undecided for spec in kind.fields))
    if known.batch.automatic and doubt is None and stop is None:
        return _decided(context, step, known, outcome)

    def ask(uow: UnitOfWork) -> Successor | None:
        why = doubt or stop
        if stop is not None:
            ask_whole(uow, paper)
        waits(uow, paper, why)
        uow.ledger.append("paper.awaits_review", paper.id, MACHINE, {"reason": why.code if why else ""})
        return None

    return Outcome(ask, waits=True)


def _decided(context: Context, step: Step, known: Known, outcome: AutomaticOutcome) -> Outcome:
    settings = context.sohoa.settings
    following = None if settings.sampling.percent else _goes_on(context, step, known)

    def write(uow: UnitOfWork) -> Successor | None:
        uow.fields.decide(step.subject, outcome.decisions)
        details: dict[str, object] = {
            "policy": outcome.decisions[0].by if outcome.decisions else "",
            "decided": [decision.field for decision in outcome.decisions],
            "undecided": list(outcome.undecided),
        }
        uow.ledger.append("fields.decided_automatically", step.subject, MACHINE, details)
        if settings.sampling.percent and goes_on(uow, settings, known.paper):
            forward(uow, settings, known.paper)
        return following

    # With sampling on, the step waits within this transaction and is finished by `forward`, as when a person decides.
    return Outcome(write, waits=bool(settings.sampling.percent))


def _doubt(context: Context, known: Known) -> CodedError | None:
    """Why no machine may have the last word on this paper at all."""
    words = [word for text in known.texts for line in text.lines for word in line.words]
    if not words and all(page_image(row, Path()).quality.blank for row in known.rows):
        return PaperBlank()
    confidence = sum(word.confidence for word in words) / len(words) if words else 0.0
    if confidence < context.sohoa.settings.doubt.unreadable_below:
        return PaperUnreadable(percent=round(100 * confidence))
    return None


def issue_code(context: Context, step: Step) -> Outcome:
    """Issue the digitisation-result code (Circular 01/2023 Art. 10) from the one locked series of its unit and year."""

    def write(uow: UnitOfWork) -> Successor | None:
        paper = uow.papers.lock(step.subject)
        if paper.code:
            return successor(context, step)
        unit = uow.batches.get(paper.batch_id).unit
        today = datetime.now(VIETNAM).date()  # the year turns at midnight in Vietnam
        series = series_name(unit, today)
        number = uow.codes.next(series)
        template = context.sohoa.settings.codes.template
        code = render_result_code(
            template, owner=paper.owner, paper_type=_type_code(paper), unit=unit, issued=today, number=number
        )
        uow.papers.update(paper.id, code=code)
        uow.ledger.append("code.issued", paper.id, MACHINE, {"series": series, "number": number})
        return successor(context, step)

    return Outcome(write)


def _type_code(paper: Paper) -> str:
    kind = catalogue()[paper.paper_type]
    return kind.result_code or kind.code


_WORKED_OUT: Mapping[StepKind, Callable[[Context, Step, Known], Outcome]] = MappingProxyType(
    {
        StepKind.FIELDS: _extracted,
        StepKind.CONFIRM: _confirmed,
        StepKind.CODE: lambda context, step, _known: issue_code(context, step),
    }
)


def _goes_on(context: Context, step: Step, known: Known) -> Successor | None:
    """The step that follows, with its outcome if it can be worked out from what is known."""
    following = successor(context, step)
    work_out = _WORKED_OUT.get(following.kind) if following else None
    if following is None or work_out is None:
        return following
    try:
        return replace(following, outcome=work_out(context, replace(step, kind=following.kind), known))
    except Exception:  # noqa: BLE001 - it will be done by itself, and fail as itself
        return following
