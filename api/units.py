"""The own-unit rule for work under way: to another unit a batch, a paper or a failed step is not there.

What is finished is another matter: a record is kept so that any authority may reuse it, each look written into the ledger.
`Principal.reach` tells whose work is reached (`storage.reach`); empty reaches everything.
"""

from __future__ import annotations

from api.access.secrecy_errors import SecretWithheld
from storage.dossiers import Dossier
from storage.errors import NotFound
from storage.model import Batch, Paper, Step
from storage.reach import Reach, covers
from storage.records.unit_of_work import UnitOfWork


def batch_within(uow: UnitOfWork, batch_id: str, reach: Reach) -> Batch:
    """The batch within `reach`; raises NotFound."""
    batch = uow.batches.get(batch_id)
    if not covers(reach, batch.unit):
        raise NotFound(what="batch", key=batch_id)
    return batch


def dossier_within(uow: UnitOfWork, code: str, reach: Reach) -> Dossier:
    """The dossier within `reach`; raises NotFound."""
    dossier = uow.dossiers.get(code)
    if not covers(reach, dossier.unit):
        raise NotFound(what="dossier", key=code)
    return dossier


def paper_at_work(uow: UnitOfWork, paper_id: str, reach: Reach, *, secret: bool = False) -> Paper:
    """The paper within `reach`, to be worked on; raises NotFound, SecretWithheld.

    `secret`: whoever asks may judge whether a paper is a state secret, and so may look at one that is held back.
    """
    paper = uow.papers.get(paper_id)
    if reach and not covers(reach, uow.batches.get(paper.batch_id).unit):
        raise NotFound(what="paper", key=paper_id)
    if not secret and uow.secrecy.holds_paper(paper_id):
        raise SecretWithheld
    return paper


def paper_to_read(uow: UnitOfWork, paper_id: str, reach: Reach, *, secret: bool = False) -> Paper:
    """The paper within `reach`, or one of any unit that has become a record; raises NotFound, SecretWithheld."""
    if uow.records.of_paper(paper_id) is not None:
        return uow.papers.get(paper_id)
    return paper_at_work(uow, paper_id, reach, secret=secret)


def step_within(uow: UnitOfWork, step_id: str, reach: Reach) -> Step:
    """The step on something within `reach`; raises NotFound."""
    step = uow.steps.get(step_id)
    if not covers(reach, step.unit):
        raise NotFound(what="step", key=step_id)
    return step
