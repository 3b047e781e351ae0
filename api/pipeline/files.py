"""Steps on a received file: identify it (unpack an archive), split it into pages and papers."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

from api.dossiers.filing import halted
from api.dossiers.held_papers import fault_of, hold
from api.intake.receiving import UNIDENTIFIED, add_file
from api.pages.errors import NoArchiveHere
from api.pages.rescans import insert
from api.pipeline.facts import JSON, image_facts
from api.pipeline.outcome import MACHINE, Context, Outcome, Successor
from api.refusals import OnlySeparators, SignatureBroken
from ingest.errors import CodedError, IngestError
from ingest.late import Late
from ingest.model import MEDIA_TYPES, FileKind, Identified, Note, ObjectRef, PageImage, PaperSpan
from ingest.names import safe_name
from ingest.quality_stack import judged, unfit
from ingest.separators import papers
from signing.model import Indication
from signing.report import as_json
from signing.verify import verify
from storage.model import Batch, FileRow, PageRow, Paper, PaperState, Step, StepKind
from storage.records.unit_of_work import UnitOfWork

if TYPE_CHECKING:
    from ingest.archive import expand
    from ingest.identify import identify
    from ingest.split import page_images
else:
    expand = Late("ingest.archive", "expand")
    identify = Late("ingest.identify", "identify")
    page_images = Late("ingest.split", "page_images")

CHUNK_PAGES = 20
"""Pages taken out of a document in one call of a child process: bounds its time and scratch space."""


def identify_file(context: Context, step: Step) -> Outcome:
    """Say what the file really is; refuse it with a coded reason, unpack it, or send it on to be split."""
    with context.sohoa.database.read() as uow:
        row = uow.files.get(step.subject)
        batch = uow.batches.get(row.batch_id)
        ordered = uow.arrangements.order_of(row.id)
    options = context.sohoa.settings.intake
    with context.workspace.fetched(row.object.sha256) as (path,):
        try:
            found = context.sohoa.box.run(identify, str(path), row.name, options)
            if found.kind is FileKind.ZIP and ordered is not None:
                return refusal(row, NoArchiveHere())
            if found.kind is FileKind.ZIP:
                return _unpack(context, row, batch, path, found)
            verdicts = _signatures(context, path, row.name) if found.signatures else None
        except CodedError as error:
            return _refuse_or_raise(row, error)
    if verdicts is not None:
        found = replace(found, notes=(*found.notes, Note("signed_input", {"count": found.signatures})))

    def accept(uow: UnitOfWork) -> Successor | None:
        uow.files.accepted(row.id, found)
        details: dict[str, object] = {"kind": found.kind, "pages": found.pages, "notes": [note.code for note in found.notes]}
        uow.ledger.append("file.identified", row.id, MACHINE, details)
        if verdicts is not None:
            uow.ledger.append("file.signatures_verified", row.id, MACHINE, verdicts)
        return Successor(StepKind.SPLIT, row.id, row.id, "")

    return Outcome(accept)


def _signatures(context: Context, path: Path, name: str) -> dict[str, object]:
    """Verify what an already signed file brings; a broken signature refuses the file (NĐ 30/2020 intake, domain 5.4)."""
    verdict = context.sohoa.box.run(partial(verify, name=name), path, context.sohoa.signatories.trust())
    if verdict.indication is Indication.FAILED:
        raise SignatureBroken(why=verdict.sub_indication or verdict.indication)
    # The ledger is for ever: names of signers go into an object of their own, not into it.
    report = context.sohoa.objects.put_bytes(json.dumps(as_json(verdict), ensure_ascii=False).encode(), JSON)
    return {
        "indication": verdict.indication,
        "sub_indication": verdict.sub_indication,
        "signatures": len(verdict.signatures),
        "report": report.sha256,
    }


def _refuse_or_raise(row: FileRow, error: CodedError) -> Outcome:
    """A refusal is an outcome; what may pass at another try, or is our own fault, is not."""
    if error.retryable or not isinstance(error, (IngestError, SignatureBroken)):
        raise error
    return refusal(row, error)


def refusal(row: FileRow, error: CodedError) -> Outcome:
    """Keep the file and write why nothing is made from it."""

    def refuse(uow: UnitOfWork) -> Successor | None:
        uow.files.refused(row.id, error.code, error.params)
        uow.ledger.append("file.refused", row.id, MACHINE, {"code": error.code})
        return None

    return Outcome(refuse)


def _unpack(context: Context, row: FileRow, batch: Batch, path: Path, found: Identified) -> Outcome:
    with context.workspace.scratch() as scratch:
        members = context.sohoa.box.run(expand, str(path), str(scratch), context.sohoa.settings.intake)
        stored = [(safe_name(member.name), context.sohoa.objects.put_file(Path(member.path), UNIDENTIFIED)) for member in members]

    def accept(uow: UnitOfWork) -> Successor | None:
        uow.files.accepted(row.id, found)
        for name, ref in stored:
            add_file(uow, batch, name, ref, actor=batch.actor, parent_id=row.id)
        uow.ledger.append("file.unpacked", row.id, MACHINE, {"members": len(stored)})
        return None

    return Outcome(accept)


def split_file(context: Context, step: Step) -> Outcome:
    """Take the pages out as images, store them, and make one paper of each span of pages."""
    with context.sohoa.database.read() as uow:
        row = uow.files.get(step.subject)
        batch = uow.batches.get(row.batch_id)
    original = replace(row.object, media_type=MEDIA_TYPES[FileKind(row.kind)])
    found = Identified(FileKind(row.kind), row.pages, notes=row.notes)
    pages: list[tuple[PageImage, ObjectRef]] = []
    with context.workspace.fetched(row.object.sha256) as (path,):
        try:
            for first in range(0, row.pages, CHUNK_PAGES):
                context.go_on()  # hundreds of pages may take longer than a process is given to end; what is stored stays
                pages += _take_pages(context, path, found, first)
        except CodedError as error:
            return _refuse_or_raise(row, error)
    images = judged([image for image, _ in pages], context.sohoa.settings.intake.quality)
    pages = [(image, ref) for image, (_, ref) in zip(images, pages, strict=True)]
    spans = papers(images)
    if not spans:
        return refusal(row, OnlySeparators())

    def write(uow: UnitOfWork) -> Successor | None:
        order = uow.arrangements.order_of(row.id)
        if order is not None and insert(uow, order, _rows(row, pages)):
            uow.ledger.append("file.split", row.id, MACHINE, {"pages": len(pages), "papers": 0, "paper": order.paper_id})
            return None
        for ordinal, span in enumerate(spans):
            look = unfit(images[span.first : span.last + 1], context.sohoa.settings.intake.quality)
            _add_paper(uow, replace(batch, hold=batch.hold or look), replace(row, object=original), ordinal, span, pages)
        uow.ledger.append("file.split", row.id, MACHINE, {"pages": len(pages), "papers": len(spans)})
        return None

    return Outcome(write)


def _rows(row: FileRow, pages: list[tuple[PageImage, ObjectRef]]) -> list[PageRow]:
    """The pages of a file that was sent for a place in a paper; separator sheets are none."""
    made = [(image, ref) for image, ref in pages if image.separator is None]
    return [PageRow("", "", row.id, place, ref, image_facts(image), None) for place, (image, ref) in enumerate(made)]


def _take_pages(context: Context, path: Path, found: Identified, first: int) -> list[tuple[PageImage, ObjectRef]]:
    last = min(first + CHUNK_PAGES, found.pages) - 1
    with context.workspace.scratch() as scratch:
        images = context.sohoa.box.run(page_images, str(path), found, str(scratch), first, last, context.sohoa.settings.intake)
        return [(image, context.sohoa.objects.put_file(Path(image.path), image.media_type)) for image in images]


def component_said(batch: Batch, sheet: dict[str, str]) -> str:
    """The component a paper is for: the clerk's word, else the sheet's, if the sheet speaks of the same dossier."""
    if batch.component or (batch.dossier and sheet.get("dossier", batch.dossier) != batch.dossier):
        return batch.component
    return sheet.get("component", "")


def _add_paper(
    uow: UnitOfWork, batch: Batch, row: FileRow, ordinal: int, span: PaperSpan, pages: list[tuple[PageImage, ObjectRef]]
) -> None:
    paper = Paper(
        id=uuid4().hex,
        batch_id=batch.id,
        file_id=row.id,
        ordinal=ordinal,
        first_page=span.first,
        pages=span.last - span.first + 1,
        state=PaperState.WORKING,
        # A sheet is paper like any other: it may add what the clerk left open, never contradict the clerk.
        dossier=batch.dossier or span.separator.get("dossier", ""),
        owner=batch.owner or span.separator.get("owner", ""),
        paper_type=span.separator.get("type", ""),
        type_confidence=1.0 if span.separator.get("type") else 0.0,
        code="",
        original=row.object,
        sealed=None,
        evidence=None,
        reason_code="",
        reason_params={},
        version=1,
        created_at=datetime.now(UTC),
        held=batch.hold,
        component=component_said(batch, span.separator),
    )
    if not uow.papers.add(paper):
        return
    if halted(uow, paper, batch):
        uow.papers.update(paper.id, state=PaperState.GIVEN_UP)
        uow.ledger.append("paper.halted", paper.id, MACHINE, {"dossier": paper.dossier})
        return
    fault = fault_of(span)
    if fault is not None:
        hold(uow, paper, batch, fault)
    for index, (image, ref) in enumerate(pages[span.first : span.last + 1]):
        page = PageRow(uuid4().hex, paper.id, row.id, index, ref, image_facts(image), None)
        uow.pages.add(page)
        if fault is None:
            others = ordinal > 0 or index > 0  # whoever split the file looks for work next: its first page needs no hint
            uow.steps.add(StepKind.READ, page.id, batch=batch, file_id=row.id, paper_id=paper.id, hint=others)
    uow.ledger.append("paper.created", paper.id, MACHINE, {"file": row.id, "pages": paper.pages})
