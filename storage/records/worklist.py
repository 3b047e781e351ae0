"""The worklist of review: what waits for a person, counter work and the oldest first, with who holds it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, or_, select

from storage.model import PaperState, Priority
from storage.reach import EVERYTHING, Reach
from storage.records.papers import paper_of
from storage.records.review_leases import lease_of
from storage.records.review_tables import review_leases as leases
from storage.records.review_tables import review_rounds as rounds
from storage.records.tables import batches, decisions, files, papers
from storage.records.within import within
from storage.records.work import Work
from storage.review import RoundState, Waiting, WorklistQuery

_round: ColumnElement[int] = func.coalesce(rounds.c.round, 1)


class Worklist:
    """Papers that wait for confirmation or a second look."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def find(self, query: WorklistQuery, who: str, limit: int = 100, offset: int = 0) -> tuple[Waiting, ...]:
        """What waits, as `who` sees it; papers held for the rest of their batch are left out."""
        columns = (
            *papers.c, files.c.name.label("file_name"), batches.c.unit, batches.c.priority, _round.label("round"),
            _decided_by(who).label("mine_first"), leases.c.paper_id, leases.c.holder, leases.c.token, leases.c.taken_at,
            leases.c.ends_at,
        )  # fmt: skip
        statement = self._from(query, *columns).order_by(*_ORDER).limit(limit).offset(offset)
        return tuple(_waiting(row) for row in self._work.connection.execute(statement))

    def count(self, query: WorklistQuery) -> int:
        """How many there are."""
        return int(self._work.connection.execute(self._from(query, func.count())).scalar_one())

    def free(self, query: WorklistQuery, who: str, keep: str = "", limit: int = 2000) -> tuple[str, ...]:
        """Ids of papers that `who` may take now, in order; `keep` is among them whoever holds it."""
        mine = or_(leases.c.holder.is_(None), leases.c.holder == who, papers.c.id == keep)
        statement = self._from(query, papers.c.id).where(mine, ~_decided_by(who)).order_by(*_ORDER).limit(limit)
        return tuple(self._work.connection.execute(statement).scalars())

    def choices(self, reach: Reach = EVERYTHING) -> dict[str, tuple[str, ...]]:
        """Units, paper types and reasons that occur among what waits, for the filters."""
        columns = {"unit": batches.c.unit, "paper_type": papers.c.paper_type, "reason": papers.c.reason_code}
        query = WorklistQuery(reach=reach)
        return {
            name: tuple(self._work.connection.execute(self._from(query, column).distinct().order_by(column)).scalars())
            for name, column in columns.items()
        }

    def _from(self, query: WorklistQuery, *columns: Any) -> Select[Any]:
        live = and_(leases.c.paper_id == papers.c.id, leases.c.ends_at > self._work.now())
        return (
            select(*columns)
            .select_from(papers)
            .join(batches, batches.c.id == papers.c.batch_id)
            .join(files, files.c.id == papers.c.file_id)
            .outerjoin(rounds, rounds.c.paper_id == papers.c.id)
            .outerjoin(leases, live)
            .where(papers.c.state == str(PaperState.REVIEW), func.coalesce(rounds.c.state, "") != str(RoundState.HELD))
            .where(*_conditions(query))
        )


_ORDER = (case((batches.c.priority == str(Priority.COUNTER), 0), else_=1), papers.c.seq)


def _decided_by(who: str) -> ColumnElement[bool]:
    """The paper is in its second round and `who` had a word in the first: it is not theirs to check."""
    return and_(_round == 2, exists().where(decisions.c.paper_id == papers.c.id, decisions.c.by == who))


def _conditions(query: WorklistQuery) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = [within(batches.c.unit, query.reach)]
    if query.unit:
        wanted.append(batches.c.unit == query.unit)
    if query.paper_type:
        wanted.append(papers.c.paper_type == query.paper_type)
    if query.dossier:
        part = query.dossier
        wanted.append(or_(papers.c.dossier.contains(part, autoescape=True), batches.c.dossier.contains(part, autoescape=True)))
    if query.reason:
        wanted.append(papers.c.reason_code == ("" if query.reason == "-" else query.reason))
    if query.round:
        wanted.append(_round.in_([query.round]))
    return wanted


def _waiting(row: Any) -> Waiting:
    lease = lease_of(row) if row.holder is not None else None
    return Waiting(paper_of(row), row.file_name, row.unit, Priority(row.priority), row.round, lease, bool(row.mine_first))
