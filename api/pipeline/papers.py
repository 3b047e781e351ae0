"""Steps on a paper up to the last word on its fields: classify, fields, confirm; and what all steps on papers read."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from api.pipeline.facts import page_image
from api.pipeline.outcome import MACHINE, Context, Outcome, Successor
from api.refusals import FieldsUndecided, PaperBlank, PaperUnreadable
from api.review.rounds import ask_whole, forward, goes_on, stopped, waits
from ingest.errors import CodedError
from ingest.model import PageImage
from ocr.fields.classify import classify
from ocr.fields.extract import extract
from ocr.fields.types import catalogue
from ocr.model import PageText
from ocr.review.decide import AutomaticOutcome, automatic
from storage.model import PageRow, Paper, Step, StepKind, StepState
from storage.records.unit_of_work import UnitOfWork

BUILD_SECONDS_PER_PAGE = 10


def page_texts(context: Context, paper_id: str) -> tuple[PageText, ...]:
    """What was read from each page of a paper, in order."""
    with context.sohoa.database.read() as uow:
        rows = uow.pages.of_paper(paper_id)
    return texts_of(context, rows)


def texts_of(context: Context, rows: tuple[PageRow, ...]) -> tuple[PageText, ...]:
    """What was read from these pages."""
    return tuple(context.text(row.text.sha256) for row in rows if row.text)


@contextlib.contextmanager
def pages_of(context: Context, paper_id: str) -> Iterator[tuple[tuple[PageImage, PageText], ...]]:
    """The pages of a paper as local files, with what was read from them."""
    with context.sohoa.database.read() as uow:
        rows = uow.pages.of_paper(paper_id)
    texts = texts_of(context, rows)
    with context.workspace.fetched(*(row.image.sha256 for row in rows)) as paths:
        yield tuple((page_image(row, path), text) for row, path, text in zip(rows, paths, texts, strict=True))


def successor(context: Context, step: Step) -> Successor | None:
    """The configured step after this one, on the same paper."""
    following = context.sohoa.settings.pipeline.after(step.kind)
    return Successor(following, step.subject, step.file_id, step.paper_id) if following else None


def classify_paper(context: Context, step: Step) -> Outcome:
    """Say which paper type it is, unless a person or a separator sheet has said so already."""
    with context.sohoa.database.read() as uow:
        paper = uow.papers.get(step.subject)
        rows = uow.pages.of_paper(paper.id)
    found = classify(texts_of(context, rows))
    told = paper.paper_type in catalogue()

    def write(uow: UnitOfWork) -> Successor | None:
        if not told:
            uow.papers.update(paper.id, paper_type=found.paper_type, type_confidence=found.confidence)
        details: dict[str, object] = {"type": found.paper_type, "confidence": round(found.confidence, 3), "told": told}
        uow.ledger.append("paper.classified", paper.id, MACHINE, details)
        return successor(context, step)

    return Outcome(write)


def find_fields(context: Context, step: Step) -> Outcome:
    """Extract the fields of the paper's type, each with its evidence."""
    with context.sohoa.database.read() as uow:
        paper = uow.papers.get(step.subject)
        rows = uow.pages.of_paper(paper.id)
    fields = extract(paper.paper_type, texts_of(context, rows))

    def write(uow: UnitOfWork) -> Successor | None:
        uow.fields.put(paper.id, fields)
        confidences: dict[str, object] = {field.name: round(field.confidence, 3) for field in fields}
        uow.ledger.append("fields.extracted", paper.id, MACHINE, confidences)
        asking = uow.steps.find(StepKind.CONFIRM, paper.id)
        if asking is not None and asking.state is StepState.WAITING:
            # A person changed the paper's type and is waiting for its fields: back to the same desk.
            waits(uow, paper, stopped(uow, context.sohoa.settings, paper.batch_id))
            return None
        return successor(context, step)

    return Outcome(write)


def confirm(context: Context, step: Step) -> Outcome:
    """Let the machine decide what it may; send everything else to a person, saying why."""
    settings = context.sohoa.settings
    with context.sohoa.database.read() as uow:
        paper = uow.papers.get(step.subject)
        batch = uow.batches.get(paper.batch_id)
        fields = uow.fields.of_paper(paper.id)
        rows = uow.pages.of_paper(paper.id)
        stop = stopped(uow, settings, paper.batch_id)
    kind = catalogue()[paper.paper_type]
    outcome = automatic(fields, kind, settings.review, datetime.now(UTC))
    doubt = _doubt(context, rows)
    if batch.automatic and doubt is None and not outcome.complete:
        doubt = FieldsUndecided(count=sum(spec.required and spec.name in outcome.undecided for spec in kind.fields))
    if batch.automatic and doubt is None and stop is None:
        return _decide(context, step, paper, outcome)

    def ask(uow: UnitOfWork) -> Successor | None:
        why = doubt or stop
        if stop is not None:
            ask_whole(uow, paper)
        waits(uow, paper, why)
        uow.ledger.append("paper.awaits_review", paper.id, MACHINE, {"reason": why.code if why else ""})
        return None

    return Outcome(ask, waits=True)


def _decide(context: Context, step: Step, paper: Paper, outcome: AutomaticOutcome) -> Outcome:
    settings = context.sohoa.settings

    def write(uow: UnitOfWork) -> Successor | None:
        uow.fields.decide(step.subject, outcome.decisions)
        details: dict[str, object] = {
            "policy": outcome.decisions[0].by if outcome.decisions else "",
            "decided": [decision.field for decision in outcome.decisions],
            "undecided": list(outcome.undecided),
        }
        uow.ledger.append("fields.decided_automatically", step.subject, MACHINE, details)
        if not settings.sampling.percent:
            return successor(context, step)
        if goes_on(uow, settings, paper):
            forward(uow, settings, paper)
        return None

    # With sampling on, the step waits within this transaction and is finished by `forward`, as when a person decides.
    return Outcome(write, waits=bool(settings.sampling.percent))


def _doubt(context: Context, rows: tuple[PageRow, ...]) -> CodedError | None:
    """Why no machine may have the last word on this paper at all."""
    texts = texts_of(context, rows)
    words = [word for text in texts for line in text.lines for word in line.words]
    if not words and all(page_image(row, Path()).quality.blank for row in rows):
        return PaperBlank()
    confidence = sum(word.confidence for word in words) / len(words) if words else 0.0
    if confidence < context.sohoa.settings.doubt.unreadable_below:
        return PaperUnreadable(percent=round(100 * confidence))
    return None
