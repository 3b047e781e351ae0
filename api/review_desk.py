"""Use case: a person has the last word on the fields of a paper; machine values stay beside the decisions."""

from __future__ import annotations

import contextlib
from datetime import UTC, date, datetime

from api.refusals import BadValue, NotWaiting, ReasonMissing, UnknownField
from api.units import paper_at_work
from api.wiring import Sohoa
from ocr.fields.types import PaperType, catalogue
from ocr.review.decide import by_person
from storage.errors import Conflict
from storage.model import Paper, PaperState, Step, StepKind
from storage.records.unit_of_work import UnitOfWork

DATES = frozenset({"issued_on", "valid_until"})
NONE = frozenset({"-", "–", "—"})
"""What a person types into a required field that the paper really does not have."""


class ReviewDesk:
    """Papers that wait for confirmation, and the finishing of one."""

    def __init__(self, sohoa: Sohoa, unit: str = "") -> None:
        """`unit` is that of whoever decides; papers of other units are not there. Empty: all."""
        self._sohoa, self._unit = sohoa, unit

    def waiting(self, limit: int = 100, offset: int = 0) -> tuple[Paper, ...]:
        """Papers in review, oldest first."""
        with self._sohoa.database.read() as uow:
            return uow.papers.in_state(PaperState.REVIEW, limit, offset, unit=self._unit)

    def finish(self, paper_id: str, values: dict[str, str], *, version: int, actor: str) -> Paper:
        """Record a decision for each value given and let the paper go on.

        `values` maps field names to what the person decided: dates as 31/01/2025 or ISO, empty or a dash when the paper does
        not have it; fields left out stay undecided. Raises Conflict when `version` is not the newest, NotWaiting,
        UnknownField, BadValue, NotFound.
        """
        now = datetime.now(UTC)
        with self._sohoa.database.transaction() as uow:
            paper, step = _waiting(uow, paper_id, version, self._unit)
            values = checked_values(catalogue()[paper.paper_type], values)
            machine = {field.name: field for field in uow.fields.of_paper(paper_id)}
            uow.fields.decide(
                paper_id, tuple(by_person(machine.get(name), value, actor, now, name=name) for name, value in values.items())
            )
            paper = uow.papers.update(
                paper_id, expect_version=version, state=PaperState.WORKING, reason_code="", reason_params={}
            )
            uow.steps.finish_waiting(step.id)
            following = self._sohoa.settings.pipeline.after(StepKind.CONFIRM)
            if following is not None:
                uow.steps.add(
                    following, paper_id, batch=uow.batches.get(paper.batch_id), file_id=paper.file_id, paper_id=paper_id
                )
            uow.ledger.append("fields.confirmed", paper_id, actor, {"fields": sorted(values)})
        self._sohoa.wake_workers()
        return paper

    def send_back(self, paper_id: str, *, reason: str, version: int, actor: str) -> Paper:
        """Give the waiting paper up, so that it is scanned again or left out; its bytes and what was read stay.

        Raises ReasonMissing, Conflict when `version` is not the newest, NotWaiting, NotFound.
        """
        if not reason.strip():
            raise ReasonMissing
        with self._sohoa.database.transaction() as uow:
            paper, step = _waiting(uow, paper_id, version, self._unit)
            paper = uow.papers.update(paper_id, expect_version=version, state=PaperState.GIVEN_UP)
            uow.steps.give_up(step.id)
            uow.ledger.append("step.given_up", paper_id, actor, {"step": step.kind, "reason": reason.strip()})
        return paper


def _waiting(uow: UnitOfWork, paper_id: str, version: int, unit: str) -> tuple[Paper, Step]:
    """The paper, locked before its step as everywhere, and the step that waits; raises Conflict, NotWaiting, NotFound."""
    paper_at_work(uow, paper_id, unit)
    paper = uow.papers.lock(paper_id)
    step = uow.steps.find(StepKind.CONFIRM, paper_id)
    if paper.state is not PaperState.REVIEW or step is None:
        raise NotWaiting
    if paper.version != version:
        raise Conflict
    return paper, step


def checked_values(kind: PaperType, values: dict[str, str]) -> dict[str, str]:
    """The values in their normal form. Raises UnknownField for a field the type does not have, BadValue for no real date."""
    normal = {}
    for name, value in values.items():
        spec = kind.spec(name)
        if spec is None:
            raise UnknownField(field=name)
        text = value.strip()
        normal[name] = "" if text in NONE else text
        if name in DATES and normal[name]:
            day = _day(text)
            if day is None:
                raise BadValue(field=spec.label_vi, field_en=spec.label_en)
            normal[name] = day.isoformat()
    return normal


def _day(text: str) -> date | None:
    """The day a person means by 31/01/2025, 31-1-2025, 31.1.2025 or 2025-01-31."""
    for form in ("%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%Y-%m-%d"):
        with contextlib.suppress(ValueError):
            return datetime.strptime(text, form).replace(tzinfo=UTC).date()
    return None
