"""Batches and their progress."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, bindparam, distinct, func, select

from storage.errors import NotFound
from storage.model import CERTIFYING, Batch, BatchProgress, FileState, PaperState, Priority
from storage.records.tables import batches, files, lanes, pages, papers, steps
from storage.records.within import within
from storage.records.work import Work

RANKS = {Priority.COUNTER: 0, Priority.BULK: 1}
"""Lower goes first."""
_LATER = tuple(sorted(map(str, CERTIFYING)))
"""Work on papers that are done: it opens no file of the batch again."""
_KEPT = 1000
_BY_ID = select(batches).where(batches.c.id == bindparam("batch"))


def _batch(row: Any) -> Batch:
    return Batch(
        id=row.id,
        unit=row.unit,
        actor=row.actor,
        dossier=row.dossier,
        owner=row.owner,
        priority=Priority(row.priority),
        automatic=row.automatic,
        created_at=row.created_at,
        component=row.component,
        hold=row.hold,
    )


class Batches:
    """Deliveries."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def add(self, batch: Batch) -> None:
        """Write a new batch; Conflict if its id is taken."""
        self._work.connection.execute(
            batches.insert().values(
                id=batch.id,
                unit=batch.unit,
                actor=batch.actor,
                dossier=batch.dossier,
                owner=batch.owner,
                priority=str(batch.priority),
                automatic=batch.automatic,
                created_at=batch.created_at,
                component=batch.component,
                hold=batch.hold,
            )
        )
        self.open_lane(batch.priority, batch.unit)

    def open_lane(self, priority: Priority, unit: str) -> None:
        """Let steps of this priority and unit be found, also where no batch of that priority ever was."""
        self._work.insert_once(lanes, {"rank": RANKS[priority], "unit": unit}, ("rank", "unit"))

    def lock(self, batch_id: str) -> Batch:
        """The batch, with every other `lock` of it waiting until this transaction ends; or NotFound."""
        row = self._work.connection.execute(
            select(batches).where(batches.c.id == batch_id).with_for_update(key_share=True)
        ).one_or_none()
        if row is None:
            raise NotFound(what="batch", key=batch_id)
        return _batch(row)

    def find(self, batch_id: str) -> Batch | None:
        """The batch, or None."""
        row = self._work.connection.execute(_BY_ID, {"batch": batch_id}).one_or_none()
        return _batch(row) if row is not None else None

    def get(self, batch_id: str) -> Batch:
        """The batch, or NotFound. One never changes, so those read last are kept."""
        kept = self._work.kept
        batch = kept.get(batch_id) or self.find(batch_id)
        if batch is None:
            raise NotFound(what="batch", key=batch_id)
        if not self._work.writable:  # what this transaction wrote may be rolled back
            if len(kept) >= _KEPT:
                kept.clear()
            kept[batch_id] = batch
        return batch

    def latest(self, limit: int = 50, offset: int = 0, *, unit: str = "") -> tuple[Batch, ...]:
        """Newest first; within a reach if given."""
        statement = select(batches).where(within(batches.c.unit, unit)).order_by(batches.c.seq.desc()).limit(limit).offset(offset)
        rows = self._work.connection.execute(statement)
        return tuple(_batch(row) for row in rows)

    def of_dossier(self, dossier: str) -> tuple[Batch, ...]:
        """Deliveries for one dossier, oldest first."""
        statement = select(batches).where(batches.c.dossier == dossier, batches.c.dossier != "").order_by(batches.c.seq)
        return tuple(_batch(row) for row in self._work.connection.execute(statement))

    def progress(self, batch_id: str) -> BatchProgress:
        """Counts of one batch. A file is open while a machine still has a step on it; NotFound for an unknown batch."""
        self.get(batch_id)
        file_states = self._counts(
            select(files.c.state, func.count()).where(files.c.batch_id == batch_id).group_by(files.c.state)
        )
        paper_states = self._counts(
            select(papers.c.state, func.count()).where(papers.c.batch_id == batch_id).group_by(papers.c.state)
        )
        page_count, read = self._work.connection.execute(
            select(func.count(), func.count(pages.c.text_sha256))
            .select_from(pages.join(papers, papers.c.id == pages.c.paper_id))
            .where(papers.c.batch_id == batch_id, pages.c.position.is_not(None))
        ).one()
        live, open_files = self._work.connection.execute(
            select(func.count(), func.count(distinct(steps.c.file_id))).where(
                steps.c.batch_id == batch_id, steps.c.due_at.is_not(None), steps.c.kind.not_in(_LATER)
            )
        ).one()
        waiting = self._counts(
            select(papers.c.reason_code, func.count())
            .where(papers.c.batch_id == batch_id, papers.c.state == str(PaperState.WORKING), papers.c.reason_code != "")
            .group_by(papers.c.reason_code)
        )
        return BatchProgress(
            files=sum(file_states.values()),
            files_refused=file_states.get(FileState.REFUSED, 0),
            files_open=open_files,
            pages=page_count,
            pages_read=read,
            papers=sum(paper_states.values()) - paper_states.get(PaperState.MERGED, 0),
            papers_done=paper_states.get(PaperState.DONE, 0),
            papers_review=paper_states.get(PaperState.REVIEW, 0),
            papers_attention=paper_states.get(PaperState.ATTENTION, 0),
            papers_given_up=paper_states.get(PaperState.GIVEN_UP, 0),
            papers_held=paper_states.get(PaperState.HELD, 0),
            papers_signing=paper_states.get(PaperState.SIGNING, 0),
            papers_waiting=sum(waiting.values()),
            waiting_for=max(waiting, key=lambda code: waiting[code], default=""),
            finished=live == 0,
        )

    def _counts(self, statement: Select[Any]) -> dict[str, int]:
        return {row[0]: row[1] for row in self._work.connection.execute(statement)}
