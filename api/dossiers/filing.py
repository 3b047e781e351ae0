"""Where a finished paper belongs: its component of its dossier, without anybody pressing anything; and what a stop halts.

Lock order: the paper before its dossier, as the pipeline does.
"""

from __future__ import annotations

import contextlib

from api.intake.attention import close_paper
from signing.model import SealKind
from storage.dossiers import ComponentState, Dossier, DossierState, ReuseFlag
from storage.errors import Conflict, NotFound
from storage.model import Batch, FileState, Paper, PaperState, RecordState, StepKind, StepState
from storage.records.unit_of_work import UnitOfWork

HALTED = frozenset({DossierState.STOPPED, DossierState.REFUSED})
FILED, SECOND = "dossier.paper_filed", "dossier.second_paper"
"""Events of the ledger: a paper stands for a component; one came for a component that has its paper."""
_FILE_STEPS = (StepKind.IDENTIFY, StepKind.SPLIT)


def dossier_of(uow: UnitOfWork, paper: Paper, batch: Batch) -> Dossier | None:
    """The dossier the paper was scanned for, locked; None when it names none, or another unit's.

    A separator sheet is paper like any other: it must not file into the dossiers of other units.
    """
    found = uow.dossiers.find(paper.dossier) if paper.dossier else None
    if found is None or found.unit != batch.unit:
        return None
    return uow.dossiers.lock(found.code)


def file_paper(uow: UnitOfWork, paper: Paper, batch: Batch, code: str, actor: str) -> bool:
    """The record `code` of this paper stands for the component it was scanned for; False when there is none to stand for.

    What was reused for the component before stays, and so does a paper whose record is in force: the new record is then only
    among the papers of the dossier, which tells of it, and a person says which of the two stands.
    """
    dossier = dossier_of(uow, paper, batch) if paper.component else None
    if dossier is None:
        return False
    with contextlib.suppress(NotFound):
        component = uow.dossiers.component(dossier.code, paper.component)
        before = uow.records.of_codes([component.record]).get(component.record)
        stands = component.state is ComponentState.REUSED or (before is not None and before.state is RecordState.IN_FORCE)
        if stands and component.record != code:
            told: dict[str, object] = {"component": component.code, "record": code, "paper": paper.id, "stands": component.record}
            uow.ledger.append(SECOND, dossier.code, actor, told)
            return False
        uow.dossiers.set_component(
            component, actor, state=ComponentState.DIGITISED, paper_id=paper.id, record=code, reuse=ReuseFlag.NO,
            replacement="", reason_code="", reason_note="",
        )  # fmt: skip
        uow.ledger.append(FILED, dossier.code, actor, {"component": component.code, "record": code, "paper": paper.id})
        return True
    return False


def halted(uow: UnitOfWork, paper: Paper, batch: Batch) -> bool:
    """True if the dossier the paper belongs to was stopped: nothing more is made of it."""
    dossier = dossier_of(uow, paper, batch)
    return dossier is not None and dossier.state in HALTED


def halt(uow: UnitOfWork, dossier: Dossier) -> int:
    """Stop every paper and file of the dossier that is still being digitised; returns how many papers.

    Records stay what they are, and so does what another unit digitises under the same code. A worker that has one in hand
    loses its lease.
    """
    stopped = 0
    for paper in uow.papers.of_dossier(dossier.code):
        ours = uow.batches.get(paper.batch_id).unit == dossier.unit
        if ours and paper.state not in {PaperState.DONE, PaperState.GIVEN_UP, PaperState.MERGED}:
            close_paper(uow, paper.id)
            _close_signing(uow, paper.id)
            stopped += 1
    for batch in (one for one in uow.batches.of_dossier(dossier.code) if one.unit == dossier.unit):
        for file in uow.files.of_batch(batch.id):
            for kind in _FILE_STEPS:
                step = uow.steps.find(kind, file.id)
                if step is not None and step.state not in {StepState.DONE, StepState.GIVEN_UP}:
                    uow.steps.give_up(step.id)
                    uow.files.set_state(file.id, FileState.GIVEN_UP)
    return stopped


def _close_signing(uow: UnitOfWork, paper_id: str) -> None:
    request = uow.signing.find(SealKind.DIGITISED_COPY, paper_id)
    if request is not None:
        with contextlib.suppress(Conflict):  # signed at this very moment
            uow.signing.give_up(request.id)
