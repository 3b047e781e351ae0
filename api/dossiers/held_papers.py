"""Use case: a paper whose separator sheet could not be read, or that may hide a second one, is put where a person says.

Nothing is made of such a paper before: its pages wait, on the attention list, under a step of their own.
"""

from __future__ import annotations

from api.dossiers.errors import DossierClosed, FiledAlready, FiledByHand
from api.dossiers.filing import HALTED
from api.pipeline.outcome import Context, Outcome
from api.units import dossier_within, paper_at_work
from api.wiring import Sohoa
from ingest.model import PaperSpan, SheetFault
from ingest.separator_errors import SheetMissing, SheetUnreadable
from ocr.fields.dossier import parse_dossier_code
from ocr.fields.types import catalogue
from storage.model import Batch, Paper, PaperState, Step, StepKind, StepState
from storage.reach import Reach
from storage.records.unit_of_work import UnitOfWork

PLACED = "paper.placed"


def fault_of(span: PaperSpan) -> SheetUnreadable | SheetMissing | None:
    """What is wrong with the sheet before a paper, or None."""
    if span.fault is SheetFault.UNREADABLE:
        return SheetUnreadable(page=span.first + 1)
    if span.fault is SheetFault.MISSING:
        return SheetMissing(sheet=span.fault_sheet, page=span.first + 1, last=span.last + 1)
    return None


def hold(uow: UnitOfWork, paper: Paper, batch: Batch, fault: SheetUnreadable | SheetMissing) -> None:
    """The paper waits for a person; a line of the attention list says why."""
    step = uow.steps.add(
        StepKind.FILE, paper.id, batch=batch, file_id=paper.file_id, paper_id=paper.id, state=StepState.LEASED, lease_seconds=60
    )
    if step is not None:
        uow.steps.failed(step, fault)
    uow.papers.update(paper.id, state=PaperState.ATTENTION, reason_code=fault.code, reason_params=fault.params)


def place(
    sohoa: Sohoa, paper_id: str, *, dossier: str, component: str, paper_type: str = "", reach: Reach, actor: str
) -> Paper:  # fmt: skip
    """Put a held paper to a component (or, without a dossier, let it go on as it is); its pages are read now.

    Raises NotFound (paper, dossier, component, all within reach), BadDossierCode, DossierClosed, FiledAlready.
    """
    code = parse_dossier_code(dossier).text if dossier.strip() else ""
    with sohoa.database.transaction() as uow:
        paper_at_work(uow, paper_id, reach)
        paper = uow.papers.lock(paper_id)
        batch = uow.batches.get(paper.batch_id)
        step = uow.steps.find(StepKind.FILE, paper_id)
        if paper.state is not PaperState.ATTENTION or step is None or step.state is not StepState.FAILED:
            raise FiledAlready
        if code:
            if dossier_within(uow, code, reach).state in HALTED:
                raise DossierClosed(dossier=code)
            if component:
                uow.dossiers.component(code, component)
        told = paper_type if paper_type in catalogue() else ""
        paper = uow.papers.update(
            paper_id, state=PaperState.WORKING, reason_code="", reason_params={}, dossier=code or paper.dossier,
            component=component if code else paper.component, paper_type=told, type_confidence=1.0 if told else 0.0,
        )  # fmt: skip
        uow.steps.settle(step.id)
        for page in uow.pages.of_paper(paper_id):
            uow.steps.add(StepKind.READ, page.id, batch=batch, file_id=page.file_id, paper_id=paper_id)
        details: dict[str, object] = {"dossier": paper.dossier, "component": paper.component}
        uow.ledger.append(PLACED, paper_id, actor, details)
    sohoa.wake_workers()
    return paper


def by_hand(_context: Context, _step: Step) -> Outcome:
    """No machine does this step; one that was made ready all the same goes back to the person. Raises FiledByHand."""
    raise FiledByHand
