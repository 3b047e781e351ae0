"""Rounds of review, what was checked in them, and batches that were stopped."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, case, func, select
from sqlalchemy.dialects import postgresql, sqlite

from storage.model import PaperState
from storage.reach import EVERYTHING, Reach
from storage.records.review_tables import batch_stops, review_checks, review_rounds
from storage.records.tables import batches, papers
from storage.records.within import within
from storage.records.work import Work
from storage.review import BatchStop, CheckedValue, Rate, Round, RoundState

_BY = {"person": review_checks.c.first_by, "step": review_checks.c.step, "field": review_checks.c.field}

_LIVE = (PaperState.HELD, PaperState.WORKING, PaperState.REVIEW, PaperState.SIGNING, PaperState.ATTENTION)
_STOP = select(batch_stops).where(batch_stops.c.batch_id == bindparam("batch"))


def _round(row: Any) -> Round:
    return Round(row.paper_id, row.batch_id, row.round, RoundState(row.state), bool(row.whole), row.keyed)


class ReviewRounds:
    """Rounds, checks, stops."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def get(self, paper_id: str) -> Round:
        """Where the paper stands; one without a row is in its first round."""
        row = self._work.connection.execute(select(review_rounds).where(review_rounds.c.paper_id == paper_id)).first()
        return Round(paper_id, "", 1, RoundState.OPEN) if row is None else _round(row)

    def put(self, made: Round) -> None:
        """Write where the paper stands now."""
        values = asdict(made) | {"state": str(made.state), "changed_at": self._work.now()}
        self._upsert(review_rounds, values, "paper_id")

    def forget(self, paper_id: str) -> None:
        """The paper's pages are others now: its rounds begin anew."""
        self._work.connection.execute(review_rounds.delete().where(review_rounds.c.paper_id == paper_id))

    def of_batch(self, batch_id: str, state: RoundState) -> tuple[Round, ...]:
        """The papers of a batch in that state."""
        wanted = (review_rounds.c.batch_id == batch_id, review_rounds.c.state == str(state))
        return tuple(_round(row) for row in self._work.connection.execute(select(review_rounds).where(*wanted)))

    def held_batches(self) -> tuple[str, ...]:
        """Batches that have held papers."""
        statement = select(review_rounds.c.batch_id).where(review_rounds.c.state == str(RoundState.HELD)).distinct()
        return tuple(self._work.connection.execute(statement).scalars())

    def on_their_way(self, batch_id: str) -> tuple[str, ...]:
        """Ids of papers of a batch that a person or a machine still has to bring to the end of review.

        Not among them: those that are held or have passed, done, given up.
        """
        live = [str(state) for state in _LIVE]
        through = [str(RoundState.HELD), str(RoundState.PASSED)]
        statement = (
            select(papers.c.id)
            .outerjoin(review_rounds, review_rounds.c.paper_id == papers.c.id)
            .where(papers.c.batch_id == batch_id, papers.c.state.in_(live))
            .where(func.coalesce(review_rounds.c.state, "").not_in(through))
        )
        return tuple(self._work.connection.execute(statement).scalars())

    def add_checks(self, made: Sequence[CheckedValue]) -> None:
        """Write down what was looked at again."""
        if made:
            rows = [asdict(one) | {"step": str(one.step)} for one in made]
            self._work.connection.execute(review_checks.insert(), rows)

    def batch_rate(self, batch_id: str) -> Rate:
        """The second round's figures of a batch since it was last stopped."""
        wanted = and_(review_checks.c.batch_id == batch_id, review_checks.c.round == 2)
        stop = self.stop_of(batch_id)
        if stop is not None:
            wanted = and_(wanted, review_checks.c.at > stop.stopped_at)
        row = self._work.connection.execute(select(*_figures()).where(wanted)).one()
        return Rate(batch_id, row.checked, row.errors, row.keyed)

    def rates(
        self, by: str, *, reach: Reach = EVERYTHING, since: datetime | None = None, until: datetime | None = None, step: str = ""
    ) -> tuple[Rate, ...]:
        """Figures by `person`, `step` or `field`, worst first; from `since` and before `until`."""
        column = _BY[by]
        wanted: list[ColumnElement[bool]] = [within(review_checks.c.unit, reach)]
        if since is not None:
            wanted.append(review_checks.c.at >= since)
        if until is not None:
            wanted.append(review_checks.c.at < until)
        if step:
            wanted.append(review_checks.c.step == step)
        statement = select(column.label("name"), *_figures()).where(*wanted).group_by(column).order_by(column)
        found = [Rate(row.name, row.checked, row.errors, row.keyed) for row in self._work.connection.execute(statement)]
        return tuple(sorted(found, key=lambda rate: (-rate.percent, -rate.checked, rate.key)))

    def stop(self, batch_id: str, checked: int, errors: int) -> BatchStop:
        """The batch went over its budget now."""
        before = self.stop_of(batch_id)
        made = BatchStop(batch_id, (before.times if before else 0) + 1, checked, errors, self._work.now())
        self._upsert(batch_stops, asdict(made), "batch_id")
        return made

    def stop_of(self, batch_id: str) -> BatchStop | None:
        """The batch's last stop, or None."""
        row = self._work.connection.execute(_STOP, {"batch": batch_id}).first()
        return None if row is None else BatchStop(row.batch_id, row.times, row.checked, row.errors, row.stopped_at)

    def stops(self, since: datetime, until: datetime, *, reach: Reach = EVERYTHING, limit: int = 100) -> tuple[BatchStop, ...]:
        """Batches last stopped from `since` and before `until`, newest first."""
        found = select(batch_stops).where(batch_stops.c.stopped_at >= since, batch_stops.c.stopped_at < until)
        found = found.join(batches, batches.c.id == batch_stops.c.batch_id).where(within(batches.c.unit, reach))
        rows = self._work.connection.execute(found.order_by(batch_stops.c.stopped_at.desc()).limit(limit))
        return tuple(BatchStop(row.batch_id, row.times, row.checked, row.errors, row.stopped_at) for row in rows)

    def _upsert(self, table: Any, values: dict[str, Any], key: str) -> None:
        insert: Any = postgresql.insert(table) if self._work.postgres else sqlite.insert(table)
        changed = {name: value for name, value in values.items() if name != key}
        self._work.connection.execute(insert.values(**values).on_conflict_do_update(index_elements=[key], set_=changed))


def _figures() -> tuple[ColumnElement[Any], ...]:
    def so_many(column: Any) -> ColumnElement[Any]:
        return func.coalesce(func.sum(case((column, 1), else_=0)), 0)

    return (
        func.count().label("checked"),
        so_many(review_checks.c.differs).label("errors"),
        so_many(review_checks.c.keyed_differs).label("keyed"),
    )
