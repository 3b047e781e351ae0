"""Use case: a person has the last word on the fields of a paper; machine values stay beside the decisions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime

from api.access.four_eyes import FourEyes
from api.refusals import NotWaiting, ReasonMissing
from api.review.leases import may_decide
from api.review.refusals import UnknownType
from api.review.rounds import checks_of, forward, goes_on, settle, stop_if_over
from api.review.values import checked_values
from api.units import paper_at_work
from api.wiring import Sohoa
from ocr.fields.types import catalogue
from ocr.model import Decision, DecisionKind, Evidence
from ocr.review.decide import by_person
from ocr.review.values import normalise
from storage.errors import Conflict
from storage.model import Paper, PaperState, Step, StepKind
from storage.reach import EVERYTHING, Reach
from storage.records.unit_of_work import UnitOfWork
from storage.review import Round, RoundState

Places = Mapping[str, tuple[Evidence, ...]]
"""Where a person pointed at values, by field name."""


class ReviewDesk:
    """The last word on papers that wait for confirmation."""

    def __init__(self, sohoa: Sohoa, reach: Reach = EVERYTHING) -> None:
        """Papers beyond the `reach` of whoever decides are not there."""
        self._sohoa, self._reach = sohoa, reach
        self._apart = FourEyes.of(sohoa.settings.access.apart)

    def finish(
        self, paper_id: str, values: dict[str, str], *, version: int, actor: str, places: Places | None = None
    ) -> Paper:  # fmt: skip
        """Record a decision for each value given and let the paper go on, to a second look if it was drawn.

        `values` maps field names to what the person decided: dates as 31/01/2025 or ISO, empty or a dash when the paper does
        not have it; fields left out stay undecided. In a blind second look the first answer that differs comes back in state
        REVIEW with both values to choose from. Raises Conflict when `version` is not the newest, NotWaiting, HeldByOther,
        SecondPersonNeeded, DutiesApart, UnknownField, BadValue, NotFound.
        """
        now, settings = datetime.now(UTC), self._sohoa.settings
        with self._sohoa.database.transaction() as uow:
            paper, _ = _waiting(uow, paper_id, version, self._reach)
            may_decide(uow, paper, actor, self._apart)
            values = checked_values(catalogue()[paper.paper_type], values)
            stand, before = uow.review_rounds.get(paper_id), uow.fields.current(paper_id)
            if settings.sampling.blind and stand.round == 2 and not stand.keyed and _differ(values, before):
                uow.review_rounds.put(replace(stand, keyed=values))
                return uow.papers.update(paper_id, expect_version=version)
            made = _decided(uow, paper_id, values, actor, now, places or {})
            machine = {field.name: field for field in uow.fields.of_paper(paper_id)}
            uow.review_rounds.add_checks(checks_of(uow, paper, stand, machine, before, made, now))
            uow.fields.decide(paper_id, made)
            uow.ledger.append("fields.confirmed", paper_id, actor, {"fields": sorted(values), "round": stand.round})
            paper = self._onward(uow, paper, stand)
        self._sohoa.wake_workers()
        return paper

    def send_back(self, paper_id: str, *, reason: str, version: int, actor: str) -> Paper:
        """Give the waiting paper up, so that it is scanned again or left out; its bytes and what was read stay.

        Raises ReasonMissing, Conflict when `version` is not the newest, NotWaiting, HeldByOther, NotFound.
        """
        if not reason.strip():
            raise ReasonMissing
        with self._sohoa.database.transaction() as uow:
            paper, step = _waiting(uow, paper_id, version, self._reach)
            may_decide(uow, paper, actor, self._apart)
            paper = uow.papers.update(paper_id, expect_version=version, state=PaperState.GIVEN_UP)
            uow.steps.give_up(step.id)
            uow.review_leases.drop(paper_id)
            uow.ledger.append("step.given_up", paper_id, actor, {"step": step.kind, "reason": reason.strip()})
            settle(uow, self._sohoa.settings, paper.batch_id)
        self._sohoa.wake_workers()
        return paper

    def retype(self, paper_id: str, paper_type: str, *, version: int, actor: str) -> Paper:
        """Say which paper type it is; its fields are extracted anew for that type, earlier decisions become history.

        Raises UnknownType, Conflict when `version` is not the newest, NotWaiting, HeldByOther, NotFound.
        """
        if paper_type not in catalogue():
            raise UnknownType(paper_type=paper_type[:60])
        now = datetime.now(UTC)
        with self._sohoa.database.transaction() as uow:
            paper, _ = _waiting(uow, paper_id, version, self._reach)
            may_decide(uow, paper, actor, self._apart)
            if paper.paper_type == paper_type:
                return paper
            uow.fields.decide(paper_id, (Decision("", paper_type, DecisionKind.RETYPED, actor, now),))
            stand = uow.review_rounds.get(paper_id)
            if stand.round == 2:
                uow.review_rounds.put(Round(paper_id, paper.batch_id, 1, RoundState.OPEN))
            details: dict[str, object] = {"from": paper.paper_type, "to": paper_type}
            paper = uow.papers.update(
                paper_id, expect_version=version, paper_type=paper_type, type_confidence=1.0, state=PaperState.WORKING
            )
            uow.ledger.append("paper.retyped", paper_id, actor, details)
            extraction = uow.steps.find(StepKind.FIELDS, paper_id)
            batch = uow.batches.get(paper.batch_id)
            if extraction is None:
                uow.steps.add(StepKind.FIELDS, paper_id, batch=batch, file_id=paper.file_id, paper_id=paper_id)
            else:
                uow.steps.redo(extraction.id)
        self._sohoa.wake_workers()
        return paper

    def _onward(self, uow: UnitOfWork, paper: Paper, stand: Round) -> Paper:
        settings = self._sohoa.settings
        if stand.round == 2:
            uow.review_rounds.put(replace(stand, state=RoundState.PASSED))
        elif not goes_on(uow, settings, paper):
            return uow.papers.get(paper.id)
        paper = forward(uow, settings, paper)
        if stand.round == 2 and not stop_if_over(uow, settings, paper.batch_id):
            settle(uow, settings, paper.batch_id)
        return paper


def _waiting(uow: UnitOfWork, paper_id: str, version: int, reach: Reach) -> tuple[Paper, Step]:
    """The paper, locked before its step as everywhere, and the step that waits; raises Conflict, NotWaiting, NotFound."""
    paper_at_work(uow, paper_id, reach)
    paper = uow.papers.lock(paper_id)
    step = uow.steps.find(StepKind.CONFIRM, paper_id)
    if paper.state is not PaperState.REVIEW or step is None:
        raise NotWaiting
    if paper.version != version:
        raise Conflict
    return paper, step


def _differ(values: Mapping[str, str], before: Mapping[str, Decision]) -> bool:
    return any(normalise(value) != (before[name].value if name in before else "") for name, value in values.items())


def _decided(
    uow: UnitOfWork, paper_id: str, values: Mapping[str, str], actor: str, now: datetime, places: Places
) -> tuple[Decision, ...]:  # fmt: skip
    machine = {field.name: field for field in uow.fields.of_paper(paper_id)}
    return tuple(
        replace(by_person(machine.get(name), value, actor, now, name=name), evidence=places.get(name, ()))
        for name, value in values.items()
    )
