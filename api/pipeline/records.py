"""Last steps on a paper: issue its code, store the record with its evidence, make it findable."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from pydantic import TypeAdapter

from api.access.levels import levels
from api.dossiers.filing import file_paper
from api.finding.indexing import decided
from api.pipeline.facts import JSON
from api.pipeline.outcome import MACHINE, Context, Outcome, Successor
from api.pipeline.papers import page_texts, successor, texts_of
from ingest.model import ObjectRef, Sha256
from ocr.fields.types import catalogue
from ocr.model import Decision, Field, PageText
from signing.report import VIETNAM
from storage.arranging import Arrangement
from storage.codes import render_result_code, series_name
from storage.model import LedgerEntry, Paper, PaperState, Record, RecordState, Step
from storage.records.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class EvidencePage:
    """One page of the evidence file."""

    image: ObjectRef
    facts: dict[str, object]
    text: PageText
    original: Sha256 = Sha256("")
    """Of the received file this page came from; papers may be put together from several."""


@dataclass(frozen=True, slots=True)
class EvidenceFile:
    """The JSON kept beside a sealed copy: everything read and decided, with where it stands (format 1)."""

    format: int
    code: str
    unit: str
    dossier: str
    paper_type: str
    type_confidence: float
    original: ObjectRef
    sealed: ObjectRef
    pages: tuple[EvidencePage, ...]
    fields: tuple[Field, ...]
    decisions: tuple[Decision, ...]
    journal: tuple[LedgerEntry, ...]
    arrangements: tuple[Arrangement, ...] = ()
    """How somebody put its pages right, each version; none for a paper as it was scanned."""


EVIDENCE = TypeAdapter(EvidenceFile)


def issue_code(context: Context, step: Step) -> Outcome:
    """Issue the digitisation-result code (Circular 01/2023 Art. 10) from the one locked series of its unit and year."""
    options = context.sohoa.settings.codes
    with context.sohoa.database.read() as uow:
        paper = uow.papers.get(step.subject)
        batch = uow.batches.get(paper.batch_id)

    def write(uow: UnitOfWork) -> Successor | None:
        if uow.papers.lock(paper.id).code:
            return successor(context, step)
        today = datetime.now(VIETNAM).date()  # the year turns at midnight in Vietnam
        series = series_name(batch.unit, today)
        number = uow.codes.next(series)
        code = render_result_code(
            options.template, owner=paper.owner, paper_type=_type_code(paper), unit=batch.unit, issued=today, number=number
        )
        uow.papers.update(paper.id, code=code)
        uow.ledger.append("code.issued", paper.id, MACHINE, {"series": series, "number": number})
        return successor(context, step)

    return Outcome(write)


def _type_code(paper: Paper) -> str:
    kind = catalogue()[paper.paper_type]
    return kind.result_code or kind.code


def store_record(context: Context, step: Step) -> Outcome:
    """Keep the evidence and write the record an officer will find; from here on the paper is done."""
    with context.sohoa.database.read() as uow:
        paper = uow.papers.get(step.subject)
        batch = uow.batches.get(paper.batch_id)
        rows = uow.pages.of_paper(paper.id)
        fields, decisions = uow.fields.of_paper(paper.id), uow.fields.decisions(paper.id)
        current = uow.fields.current(paper.id)
        journal = uow.journal.of_paper(paper.id)
        arrangements = uow.arrangements.of_paper(paper.id)
        received = {file_id: uow.files.get(file_id).object.sha256 for file_id in {row.file_id for row in rows}}
    if paper.sealed is None:
        raise RuntimeError("a paper reached the store step without its sealed copy")
    texts = texts_of(context, rows)
    evidence = EvidenceFile(
        format=1,
        code=paper.code,
        unit=batch.unit,
        dossier=paper.dossier,
        paper_type=paper.paper_type,
        type_confidence=paper.type_confidence,
        original=paper.original,
        sealed=paper.sealed,
        pages=tuple(
            EvidencePage(row.image, row.facts, text, received[row.file_id]) for row, text in zip(rows, texts, strict=True)
        ),
        fields=fields,
        decisions=decisions,
        journal=journal,
        arrangements=arrangements,
    )
    ref = context.sohoa.objects.put_bytes(EVIDENCE.dump_json(evidence, indent=1), JSON)
    record = _record(paper, batch.unit, paper.sealed, ref, {name: decision.value for name, decision in current.items()})

    def write(uow: UnitOfWork) -> Successor | None:
        uow.papers.update(paper.id, evidence=ref, state=PaperState.DONE)
        uow.records.add(replace(record, access=levels(context.sohoa.settings.privacy.levels_file).of_type(paper.paper_type)))
        file_paper(uow, paper, batch, record.code, MACHINE)
        uow.ledger.append("record.stored", paper.id, MACHINE, {"evidence": ref.sha256, "sealed": record.sealed.sha256})
        return successor(context, step)

    return Outcome(write)


def _record(paper: Paper, unit: str, sealed: ObjectRef, evidence: ObjectRef, values: dict[str, str]) -> Record:
    kind = catalogue()[paper.paper_type]
    return Record(
        code=paper.code,
        paper_id=paper.id,
        state=RecordState.IN_FORCE,
        unit=unit,
        dossier=paper.dossier,
        owner=paper.owner or values.get("owner_id", ""),
        paper_type=paper.paper_type,
        title=values.get("title") or kind.names.vi,
        number=values.get("number", ""),
        issued_on=_day(values.get("issued_on", "")),
        issuer=values.get("issuer", ""),
        subject=values.get("subject", ""),
        valid_until=_day(values.get("valid_until", "")),
        scope=values.get("scope", ""),
        pages=paper.pages,
        original=paper.original,
        sealed=sealed,
        evidence=evidence,
        created_at=datetime.now(UTC),
    )


def _day(value: str) -> date | None:
    return date.fromisoformat(value) if value else None


def index_record(context: Context, step: Step) -> Outcome:
    """Make the record findable by its words. The index is disposable; a failure here never takes the record back."""
    with context.sohoa.database.read() as uow:
        record = uow.records.of_paper(step.subject)
        fields = decided(uow, step.subject)
    if record is None:
        raise RuntimeError("a paper reached the index step without its record")
    text = "\n".join(page.text for page in page_texts(context, step.subject))

    def write(uow: UnitOfWork) -> Successor | None:
        uow.search.put(record, text, fields)
        uow.ledger.append("record.indexed", step.subject, MACHINE)
        return successor(context, step)

    return Outcome(write)
