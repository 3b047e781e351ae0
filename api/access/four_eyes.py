"""Four-eyes rules: which acts on one thing may not be done by one person. Which pairs there are is configuration.

Use cases ask before an act and name who did what before. Names are those of accounts, which belong to one person each
(QCVN 12:2026); what the machine decided counts for nobody.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from api.access.errors import DutiesApart
from storage.records.unit_of_work import UnitOfWork


class Duty(StrEnum):
    """What somebody did, or is about to do, with a paper."""

    SCAN = "scan"
    """Sent the scans in."""
    REVIEW = "review"
    """Confirmed what was read."""
    SECOND_REVIEW = "second_review"
    """Looked at a sample of what another person confirmed."""
    CERTIFY = "certify"
    """Attests that the copy is true to the original."""
    REQUEST_DISPOSAL = "request_disposal"
    """Asked that the record be destroyed."""
    APPROVE_DISPOSAL = "approve_disposal"
    """Lets the record be destroyed."""


@dataclass(frozen=True, slots=True)
class FourEyes:
    """The pairs of duties that one person may not do on one paper."""

    apart: frozenset[frozenset[Duty]]

    @classmethod
    def of(cls, pairs: Iterable[str]) -> FourEyes:
        """The rules as settings write them: `scan/second_review`. The options have checked their form."""
        return cls(frozenset(frozenset(Duty(name) for name in pair.split("/")) for pair in pairs))

    def conflict(self, duty: Duty, who: str, done: Iterable[tuple[Duty, str]]) -> Duty | None:
        """The duty that `who` did before and that keeps them from doing `duty` now, or None."""
        for before, name in done:
            if name == who and frozenset({duty, before}) in self.apart:
                return before
        return None

    def require(self, duty: Duty, who: str, done: Iterable[tuple[Duty, str]]) -> None:
        """Nothing if `who` may do `duty` on a paper on which others did what `done` says; raises DutiesApart."""
        before = self.conflict(duty, who, done)
        if before is not None:
            raise DutiesApart(duty=duty.value, before=before.value)


def done_on(uow: UnitOfWork, paper_id: str, batch_id: str) -> tuple[tuple[Duty, str], ...]:
    """Who did what with a paper so far: who sent it in, who confirmed it first, who looked at it after them."""
    people: dict[str, None] = dict.fromkeys(
        decision.by for decision in uow.fields.decisions(paper_id) if not decision.by.startswith("auto:")
    )
    reviews = [(Duty.SECOND_REVIEW if place else Duty.REVIEW, name) for place, name in enumerate(people)]
    return ((Duty.SCAN, uow.batches.get(batch_id).actor), *reviews)
