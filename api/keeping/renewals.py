"""Use case: find what loses its force soon, and have it renewed (`api.pipeline.renewal` does the work, step by step).

A step for each sealed object: leased, tried again while no time-stamp is to be had, on the attention list when it cannot be
done. So a search that is killed goes on where it stopped, and asking twice changes nothing.
"""

from __future__ import annotations

import contextlib
import secrets
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from api.wiring import Sohoa
from ingest.errors import CodedError
from signing.lifetime import evidence_until, token_force
from storage.errors import NotFound
from storage.lasting import SealRow
from storage.model import Priority, StepKind, StepState
from storage.records.unit_of_work import UnitOfWork

_AT_ONCE = 200
_DIGEST = "sha256"


@dataclass(frozen=True, slots=True)
class Search:
    """What a search for ending evidence came to."""

    due: int
    queued: int
    """Steps added now; the others were queued before."""
    hopeless: int
    """Seals that a time-stamp of today's authority would not prolong."""
    force_until: datetime | None
    """Until when a new time-stamp would hold; None when nothing was due."""


@dataclass(frozen=True, slots=True)
class Tally:
    """Where the steps of all renewals stand."""

    done: int
    waiting: int
    attention: int


def ending(sohoa: Sohoa, within_days: int, now: datetime | None = None) -> Iterator[SealRow]:
    """Current seals whose evidence ends within so many days, by id; writes nothing. What was never looked at is looked at."""
    before = (now or datetime.now(UTC)) + timedelta(days=within_days)
    after = ""
    while True:
        with sohoa.database.read() as uow:
            rows = uow.seals.ending(before, after=after, limit=_AT_ONCE)
        for row in rows:
            seen = row if row.evidence_until is not None else _examined(sohoa, row)
            if seen.evidence_until is None or seen.evidence_until < before:
                yield seen
        if len(rows) < _AT_ONCE:
            return
        after = rows[-1].id


def search(sohoa: Sohoa, within_days: int, now: datetime | None = None) -> Search:
    """Queue a renewal for each of `ending`; one that nothing prolongs today is left for a day when something does.

    Raises:
        TimestampUnavailable: something is due and no authority answers; nothing was queued.
    """
    due = queued = hopeless = 0
    force: datetime | None = None
    for seal in ending(sohoa, within_days, now):
        due += 1
        if force is None:
            force = _force(sohoa)
        with sohoa.database.transaction() as uow:
            if seal.evidence_until is not None:
                uow.seals.set_evidence_until(seal.id, seal.evidence_until)
            if seal.evidence_until is not None and seal.evidence_until >= force:
                hopeless += 1
            else:
                queued += _queue(uow, seal)
    if queued:
        sohoa.wake_workers()
    return Search(due, queued, hopeless, force)


def note_force(sohoa: Sohoa) -> int:
    """Look at every seal nobody has looked at yet and write down until when it holds; returns how many."""
    count, after = 0, ""
    long_ago = datetime(1970, 1, 1, tzinfo=UTC)
    while True:
        with sohoa.database.read() as uow:
            rows = [row for row in uow.seals.ending(long_ago, after=after, limit=_AT_ONCE) if row.evidence_until is None]
        if not rows:
            return count
        for row in rows:
            seen = _examined(sohoa, row)
            if seen.evidence_until is not None:
                with sohoa.database.transaction() as uow:
                    uow.seals.set_evidence_until(row.id, seen.evidence_until)
                count += 1
        after = rows[-1].id


def tally(sohoa: Sohoa) -> Tally:
    """Where the steps of all renewals stand."""
    with sohoa.database.read() as uow:
        counts = uow.steps.tally(StepKind.RENEW)
    waiting = sum(counts.get(state, 0) for state in (StepState.READY, StepState.LEASED, StepState.WAITING))
    return Tally(counts.get(StepState.DONE, 0), waiting, counts.get(StepState.FAILED, 0))


def _queue(uow: UnitOfWork, seal: SealRow) -> int:
    paper = uow.papers.get(seal.paper_id)
    batch = replace(uow.batches.get(paper.batch_id), priority=Priority.BULK)  # nobody at a counter waits for it
    uow.batches.open_lane(batch.priority, batch.unit)
    added = uow.steps.add(StepKind.RENEW, seal.id, batch=batch, file_id=paper.file_id, paper_id=paper.id)
    if added is not None:
        return 1
    known = uow.steps.find(StepKind.RENEW, seal.id)
    if known is None or known.state is not StepState.GIVEN_UP:
        return 0
    # Given up is what failed that day; evidence that still ends soon is tried again when it is next searched for.
    uow.steps.revive(known.id)
    return 1


def _examined(sohoa: Sohoa, row: SealRow) -> SealRow:
    """The seal with the end of its evidence; as it was when its object cannot be read (the renewal will say why)."""
    with tempfile.TemporaryDirectory(dir=sohoa.settings.data_dir / "tmp") as folder, contextlib.suppress(CodedError, NotFound):
        path = Path(folder) / "sealed.pdf"
        sohoa.objects.fetch(row.object.sha256, path)
        return replace(row, evidence_until=evidence_until(path, sohoa.signatories.trust()))
    return row


def _force(sohoa: Sohoa) -> datetime:
    """Until when a time-stamp made now holds: an authority's certificate is best known from a token."""
    token = sohoa.signatories.timestamper().token(secrets.token_bytes(32), _DIGEST)
    return token_force(token, sohoa.signatories.trust())
