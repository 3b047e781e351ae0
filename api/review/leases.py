"""Who has a paper open: taken on opening, prolonged while the page lives, given up on leaving, taken over with a note."""

from __future__ import annotations

from datetime import datetime

from api.access.four_eyes import Duty, FourEyes, done_on
from api.refusals import NotWaiting, ReasonMissing
from api.review.refusals import HeldByOther, SecondPersonNeeded
from api.units import paper_at_work
from api.wiring import Sohoa
from signing.report import VIETNAM
from storage.model import Paper, PaperState
from storage.reach import EVERYTHING, Reach
from storage.records.unit_of_work import UnitOfWork
from storage.review import Lease, Round, RoundState


class LeaseDesk:
    """Leases on waiting papers. Papers beyond the `reach` of whoever asks are not there."""

    def __init__(self, sohoa: Sohoa, reach: Reach = EVERYTHING) -> None:
        self._sohoa, self._reach = sohoa, reach
        self._seconds = sohoa.settings.desk.lease_seconds
        self._apart = FourEyes.of(sohoa.settings.access.apart)

    def take(self, paper_id: str, who: str) -> Lease:
        """The paper for `who`; again is harmless. Raises HeldByOther, SecondPersonNeeded, DutiesApart, NotWaiting, NotFound."""
        with self._sohoa.database.transaction() as uow:
            may_decide(uow, paper_at_work(uow, paper_id, self._reach), who, self._apart, leased=False)
            lease = uow.review_leases.take(paper_id, who, self._seconds)
            if lease is None:
                raise held(uow.review_leases.live([paper_id])[paper_id])
            return lease

    def keep(self, paper_id: str, who: str) -> Lease:
        """Still here. Raises HeldByOther when somebody took it over, NotWaiting, NotFound."""
        with self._sohoa.database.transaction() as uow:
            paper_at_work(uow, paper_id, self._reach)
            lease = uow.review_leases.renew(paper_id, who, self._seconds)
            if lease is None:
                other = uow.review_leases.live([paper_id]).get(paper_id)
                raise held(other) if other else NotWaiting
            return lease

    def take_over(self, paper_id: str, who: str, reason: str) -> Lease:
        """The paper, whoever holds it; a note in the ledger names both. Raises ReasonMissing, SecondPersonNeeded, NotWaiting."""
        if not reason.strip():
            raise ReasonMissing
        with self._sohoa.database.transaction() as uow:
            may_decide(uow, paper_at_work(uow, paper_id, self._reach), who, self._apart, leased=False)
            before = uow.review_leases.live([paper_id]).get(paper_id)
            lease = uow.review_leases.take(paper_id, who, self._seconds, over=True)
            if before is not None and before.holder != who:
                details: dict[str, object] = {"from": before.holder, "reason": reason.strip()[:500]}
                uow.ledger.append("review.taken_over", paper_id, who, details)
        if lease is None:
            raise RuntimeError("a lease that was taken over is not there")
        return lease

    def release(self, paper_id: str, token: str) -> None:
        """Leaving; harmless when the lease has gone on to somebody else. Raises NotFound."""
        with self._sohoa.database.transaction() as uow:
            paper_at_work(uow, paper_id, self._reach)
            uow.review_leases.release(paper_id, token)


def may_decide(uow: UnitOfWork, paper: Paper, who: str, apart: FourEyes, *, leased: bool = True) -> None:
    """Nothing if `who` may decide upon the paper now; raises NotWaiting, SecondPersonNeeded, DutiesApart, HeldByOther."""
    stand = uow.review_rounds.get(paper.id)
    if paper.state is not PaperState.REVIEW or stand.state is RoundState.HELD:
        raise NotWaiting
    if stand.round == 2 and any(decision.by == who for decision in uow.fields.decisions(paper.id)):
        raise SecondPersonNeeded
    apart.require(duty_in(stand), who, done_on(uow, paper.id, paper.batch_id))
    lease = uow.review_leases.live([paper.id]).get(paper.id) if leased else None
    if lease is not None and lease.holder != who:
        raise held(lease)


def duty_in(stand: Round) -> Duty:
    """What deciding upon a paper is in its round."""
    return Duty.SECOND_REVIEW if stand.round == 2 else Duty.REVIEW


def held(lease: Lease) -> HeldByOther:
    """The refusal that tells who has it."""
    return HeldByOther(holder=lease.holder, until=_clock(lease.ends_at))


def _clock(moment: datetime) -> str:
    return moment.astimezone(VIETNAM).strftime("%H:%M:%S")
