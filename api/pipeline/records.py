"""Last steps on a paper: store the record with its evidence, make it findable."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from pydantic import TypeAdapter

from api.access.levels import levels
from api.dossiers.filing import file_paper
from api.finding.indexing import decided
from api.pipeline.facts import JSON
from api.pipeline.outcome import MACHINE, Context, Outcome, Successor
from api.pipeline.papers import successor, texts_of
from ingest.model import ObjectRef, Sha256
from ocr.fields.types import catalogue
from ocr.model import Decision, Field, PageText
from storage.arranging import Arrangement
from storage.model import LedgerEntry, Paper, PaperState, Record, RecordState, Step, StepKind
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


def store_record(context: Context, step: Step) -> Outcome:
    """Keep the evidence and write the record an officer will find; from here on the paper is done."""
    with context.sohoa.database.read() as uow:
        paper = uow.papers.get(step.subject)
        batch = uow.batches.get(paper.batch_id)
        rows = uow.pages.of_paper(paper.id)
        fields, decisions = uow.fields.of_paper(paper.id), uow.fields.decisions(paper.id)
        values = decided(uow, paper.id)
        journal = uow.journal.of_paper(paper.id)
        arrangements = uow.arrangements.of_paper(paper.id)
        received = {file_id: uow.files.get(file_id).object.sha256 for file_id in {row.file_id for row in rows}}
    if paper.sealed is None:
        raise RuntimeError("a paper reached the store step without its sealed copy")
    texts = texts_of(context, rows)
    read = zip(rows, texts, strict=True)
    evidence = EvidenceFile(
        format=1,
        code=paper.code,
        unit=batch.unit,
        dossier=paper.dossier,
        paper_type=paper.paper_type,
        type_confidence=paper.type_confidence,
        original=paper.original,
        sealed=paper.sealed,
        pages=tuple(EvidencePage(row.image, row.facts, text, received[row.file_id]) for row, text in read),
        fields=fields,
        decisions=decisions,
        journal=journal,
        arrangements=arrangements,
    )
    ref = context.sohoa.objects.put_bytes(EVIDENCE.dump_json(evidence, indent=1), JSON)
    access = levels(context.sohoa.settings.privacy.levels_file).of_type(paper.paper_type)
    record = replace(_record(paper, batch.unit, paper.sealed, ref, values), access=access)

    def write(uow: UnitOfWork) -> Successor | None:
        uow.papers.update(paper.id, evidence=ref, state=PaperState.DONE)
        following = _then_indexed(context, step, record, texts, values) if uow.records.add(record) else successor(context, step)
        file_paper(uow, paper, batch, record.code, MACHINE)
        uow.ledger.append("record.stored", paper.id, MACHINE, {"evidence": ref.sha256, "sealed": record.sealed.sha256})
        return following

    return Outcome(write)


def _then_indexed(
    context: Context, step: Step, record: Record, texts: tuple[PageText, ...], fields: dict[str, str]
) -> Successor | None:
    following = successor(context, step)
    if following is None or following.kind is not StepKind.INDEX:
        return following
    return replace(following, outcome=_indexed(context, replace(step, kind=following.kind), record, texts, fields))


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
        rows = uow.pages.of_paper(step.subject)
    if record is None:
        raise RuntimeError("a paper reached the index step without its record")
    return _indexed(context, step, record, texts_of(context, rows), fields)


def _indexed(context: Context, step: Step, record: Record, texts: tuple[PageText, ...], fields: dict[str, str]) -> Outcome:
    text = "\n".join(page.text for page in texts)

    def write(uow: UnitOfWork) -> Successor | None:
        uow.search.put(record, text, fields)
        uow.ledger.append("record.indexed", step.subject, MACHINE)
        return successor(context, step)

    return Outcome(write)
