"""The own-unit rule for work under way: to another unit a batch, a paper or a failed step is not there.

What is finished is another matter: a record is kept so that any authority may reuse it, each look written into the ledger.
A `unit` that is empty reaches everything; `Principal.reach` tells it.
"""

from __future__ import annotations

from storage.errors import NotFound
from storage.model import Batch, Paper, Step
from storage.records.unit_of_work import UnitOfWork


def batch_within(uow: UnitOfWork, batch_id: str, unit: str) -> Batch:
    """The batch of that unit; raises NotFound."""
    batch = uow.batches.get(batch_id)
    if unit and batch.unit != unit:
        raise NotFound(what="batch", key=batch_id)
    return batch


def paper_at_work(uow: UnitOfWork, paper_id: str, unit: str) -> Paper:
    """The paper of that unit, to be worked on; raises NotFound."""
    paper = uow.papers.get(paper_id)
    if unit and uow.batches.get(paper.batch_id).unit != unit:
        raise NotFound(what="paper", key=paper_id)
    return paper


def paper_to_read(uow: UnitOfWork, paper_id: str, unit: str) -> Paper:
    """The paper of that unit, or one of any unit that has become a record; raises NotFound."""
    if uow.records.of_paper(paper_id) is not None:
        return uow.papers.get(paper_id)
    return paper_at_work(uow, paper_id, unit)


def step_within(uow: UnitOfWork, step_id: str, unit: str) -> Step:
    """The step on something of that unit; raises NotFound."""
    step = uow.steps.get(step_id)
    if unit and step.unit != unit:
        raise NotFound(what="step", key=step_id)
    return step
