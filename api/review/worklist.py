"""What waits for a person, and the next paper for one: free, not theirs to have decided before, leased in the same breath."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from api.access.errors import DutiesApart
from api.access.four_eyes import FourEyes, done_on
from api.refusals import NotWaiting
from api.review.leases import duty_in, may_decide
from api.review.refusals import SecondPersonNeeded
from api.wiring import Sohoa
from storage.reach import EVERYTHING, Reach
from storage.records.unit_of_work import UnitOfWork
from storage.review import Lease, Waiting, WorklistQuery


@dataclass(frozen=True, slots=True)
class Beside:
    """Ids of the papers before and after one in the worklist that the person may take; empty where there is none."""

    before: str
    after: str


class WorklistDesk:
    """The worklist of one person. `reach` tells whose work they see."""

    def __init__(self, sohoa: Sohoa, who: str, reach: Reach = EVERYTHING) -> None:
        self._sohoa, self._who, self._reach = sohoa, who, reach
        self._seconds = sohoa.settings.desk.lease_seconds
        self._apart = FourEyes.of(sohoa.settings.access.apart)

    def find(self, query: WorklistQuery, limit: int = 100, offset: int = 0) -> tuple[tuple[Waiting, ...], int]:
        """What waits, counter work and the oldest first, and how many there are in all."""
        with self._sohoa.database.read() as uow:
            asked = self._mine(query)
            return uow.worklist.find(asked, self._who, limit, offset), uow.worklist.count(asked)

    def choices(self) -> dict[str, tuple[str, ...]]:
        """Units, paper types and reasons among what waits."""
        with self._sohoa.database.read() as uow:
            return uow.worklist.choices(self._reach)

    def beside(self, query: WorklistQuery, paper_id: str) -> Beside:
        """The neighbours of a paper; from the end it goes on at the beginning."""
        with self._sohoa.database.read() as uow:
            found = uow.worklist.free(self._mine(query), self._who, keep=paper_id)
            place = found.index(paper_id) if paper_id in found else 0
            ahead = [one for one in (*found[place:], *found[:place]) if one != paper_id]
            return Beside(self._first_open(uow, reversed(found[:place])), self._first_open(uow, ahead))

    def take_next(self, query: WorklistQuery, *, after: str = "", prefer: str = "") -> Lease | None:
        """The next free paper, now held by this person; `prefer` first if it is free, then what follows `after`.

        The list is gone through while others write; only taking the one that was found is a writing of its own.
        """
        with self._sohoa.database.read() as uow:
            found = uow.worklist.free(self._mine(query), self._who, keep=after)
        place = found.index(after) + 1 if after in found else 0
        order = [one for one in (*found[place:], *found[:place]) if one != after]
        if prefer in order:
            order.remove(prefer)
            order.insert(0, prefer)
        while order:
            with self._sohoa.database.read() as uow:
                chosen = self._first_open(uow, order)
            if not chosen:
                return None
            lease = self._taken(chosen)
            if lease is not None:
                return lease
            order = order[order.index(chosen) + 1 :]  # somebody was faster
        return None

    def _taken(self, paper_id: str) -> Lease | None:
        with self._sohoa.database.transaction() as uow:
            try:
                may_decide(uow, uow.papers.get(paper_id), self._who, self._apart, leased=False)
            except (NotWaiting, SecondPersonNeeded, DutiesApart):
                return None
            return uow.review_leases.take(paper_id, self._who, self._seconds)

    def _first_open(self, uow: UnitOfWork, paper_ids: Iterable[str]) -> str:
        return next((one for one in paper_ids if not self._kept_from(uow, one)), "")

    def _kept_from(self, uow: UnitOfWork, paper_id: str) -> bool:
        """Whether a duty this person did on the paper before keeps them from deciding upon it."""
        if not self._apart.apart:
            return False
        done = done_on(uow, paper_id, uow.papers.get(paper_id).batch_id)
        return self._apart.conflict(duty_in(uow.review_rounds.get(paper_id)), self._who, done) is not None

    def _mine(self, query: WorklistQuery) -> WorklistQuery:
        return replace(query, reach=self._reach)
