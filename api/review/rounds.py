"""What follows a person's or the rule's last word: on with the paper, the second look, waiting for the batch, or a stop.

Everything happens inside the caller's transaction. The batch row is locked first, so that the last drawn paper and a paper
that is about to wait for it never miss each other.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from api.review.refusals import BatchStopped, BatchUnderCheck, SecondLook
from api.settings import Settings
from api.wiring import Sohoa
from ingest.errors import CodedError
from ocr.model import Decision, DecisionKind, Field
from ocr.options import SamplingOptions
from ocr.review.sampling import drawn, over_budget
from ocr.review.values import normalise
from storage.model import Batch, Paper, PaperState, Priority, StepKind
from storage.records.unit_of_work import UnitOfWork
from storage.review import CheckedValue, ErrorStep, Round, RoundState

ENGINE = "engine"
MACHINE = "sohoa"


def goes_on(uow: UnitOfWork, settings: Settings, paper: Paper) -> bool:
    """What a paper does whose first round is over: True to go on at once; else it is drawn or held, and says so."""
    sampling = settings.sampling
    if not sampling.percent:
        return True
    batch = uow.batches.lock(paper.batch_id)
    stand = uow.review_rounds.get(paper.id)
    if stand.state is RoundState.PASSED:
        return True
    if drawn(paper.id, sampling):
        uow.review_rounds.put(Round(paper.id, batch.id, 2, RoundState.OPEN))
        uow.ledger.append("review.drawn", paper.id, MACHINE, {"percent": sampling.percent})
        waits(uow, paper, SecondLook())
        return False
    if _must_hold(batch, sampling) and _open_drawn(uow, batch.id, sampling):
        uow.review_rounds.put(Round(paper.id, batch.id, 1, RoundState.HELD))
        waits(uow, paper, BatchUnderCheck())
        return False
    return True


def waits(uow: UnitOfWork, paper: Paper, why: CodedError | None) -> Paper:
    """The paper waits for a person, saying why."""
    code, params = (why.code, why.params) if why else ("", {})
    uow.review_leases.drop(paper.id)
    return uow.papers.update(paper.id, state=PaperState.REVIEW, reason_code=code, reason_params=params)


def forward(uow: UnitOfWork, settings: Settings, paper: Paper) -> Paper:
    """Let the waiting paper go on to the step after confirming."""
    paper = uow.papers.update(paper.id, state=PaperState.WORKING, reason_code="", reason_params={})
    step = uow.steps.find(StepKind.CONFIRM, paper.id)
    if step is not None:
        uow.steps.finish_waiting(step.id)
    uow.review_leases.drop(paper.id)
    following = settings.pipeline.after(StepKind.CONFIRM)
    if following is not None:
        uow.steps.add(following, paper.id, batch=uow.batches.get(paper.batch_id), file_id=paper.file_id, paper_id=paper.id)
    return paper


def settle(uow: UnitOfWork, settings: Settings, batch_id: str) -> int:
    """Let the held papers of a batch go on if none of its drawn papers is still to be checked; how many went."""
    batch = uow.batches.lock(batch_id)
    if _must_hold(batch, settings.sampling) and _open_drawn(uow, batch.id, settings.sampling):
        return 0
    held = uow.review_rounds.of_batch(batch_id, RoundState.HELD)
    for one in held:
        uow.review_rounds.put(replace(one, state=RoundState.PASSED))
        forward(uow, settings, uow.papers.lock(one.paper_id))
    return len(held)


def settle_all(sohoa: Sohoa) -> int:
    """Let held papers go on wherever nothing of their batch is to be checked any more; how many went.

    `settle` does so at once after each look; this one is for whatever else ends a drawn paper (given up, pages arranged).
    """
    with sohoa.database.read() as uow:
        batches = uow.review_rounds.held_batches()
    gone = 0
    for batch_id in batches:
        with sohoa.database.transaction() as uow:
            gone += settle(uow, sohoa.settings, batch_id)
    sohoa.wake_workers()
    return gone


def stop_if_over(uow: UnitOfWork, settings: Settings, batch_id: str) -> bool:
    """Send every paper of a batch with too many errors back to round 1; True if it was stopped now."""
    uow.batches.lock(batch_id)
    rate, sampling = uow.review_rounds.batch_rate(batch_id), settings.sampling
    if not over_budget(rate.checked, rate.errors, sampling):
        return False
    uow.review_rounds.stop(batch_id, rate.checked, rate.errors)
    why, back = stopped(uow, settings, batch_id), []
    for paper in uow.papers.of_batch(batch_id):
        if paper.state is PaperState.REVIEW:
            uow.review_rounds.put(Round(paper.id, batch_id, 1, RoundState.OPEN, whole=True))
            waits(uow, paper, why)
            back.append(paper.id)
    details: dict[str, object] = {"checked": rate.checked, "errors": rate.errors, "budget_percent": sampling.budget_percent}
    uow.ledger.append("review.batch_stopped", batch_id, MACHINE, details | {"papers_back": len(back)})
    return True


def stopped(uow: UnitOfWork, settings: Settings, batch_id: str) -> BatchStopped | None:
    """Why no machine may decide upon papers of this batch any more, or None."""
    stop = uow.review_rounds.stop_of(batch_id)
    budget = f"{settings.sampling.budget_percent:g}"
    return BatchStopped(errors=stop.errors, checked=stop.checked, budget=budget) if stop else None


def ask_whole(uow: UnitOfWork, paper: Paper) -> None:
    """Every field of this paper must be looked at."""
    uow.review_rounds.put(Round(paper.id, paper.batch_id, 1, RoundState.OPEN, whole=True))


def checks_of(
    uow: UnitOfWork, paper: Paper, stand: Round, machine: Mapping[str, Field], before: Mapping[str, Decision],
    made: tuple[Decision, ...], at: datetime,
) -> tuple[CheckedValue, ...]:  # fmt: skip
    """What this look found: in round 1 about what the engine read, in round 2 about what was decided before."""
    unit = uow.batches.get(paper.batch_id).unit
    found = []
    for decision in made:
        name = decision.field
        whose = _whose(stand, machine.get(name), before.get(name))
        if whose is None:
            continue
        step, by, value = whose
        keyed = bool(stand.keyed) and normalise(stand.keyed.get(name, "")) != normalise(value)
        differs = decision.value != normalise(value)
        found.append(
            CheckedValue(
                paper.id, paper.batch_id, unit, paper.paper_type, name, stand.round, step, by, decision.by, differs, keyed, at
            )
        )
    return tuple(found)


def _whose(stand: Round, machine: Field | None, before: Decision | None) -> tuple[ErrorStep, str, str] | None:
    """Whose value was looked at, and what it was; None where nobody had said anything."""
    if stand.round == 2 and before is not None:
        automatic = before.kind is DecisionKind.AUTOMATIC or before.by.startswith("auto:")
        return (ErrorStep.AUTOMATIC if automatic else ErrorStep.PERSON), before.by, before.value
    if machine is not None and machine.value:
        return ErrorStep.ENGINE, ENGINE, machine.value
    return None


def _must_hold(batch: Batch, sampling: SamplingOptions) -> bool:
    return sampling.hold == "all" or (sampling.hold == "bulk" and batch.priority is Priority.BULK)


def _open_drawn(uow: UnitOfWork, batch_id: str, sampling: SamplingOptions) -> bool:
    return any(drawn(paper_id, sampling) for paper_id in uow.review_rounds.on_their_way(batch_id))
