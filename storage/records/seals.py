"""Sealed objects: who signed them, and until when their evidence holds."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, or_, select

from signing.model import Level, Role, SealKind
from storage.errors import Conflict, NotFound
from storage.lasting import SealRow, SealState
from storage.records.columns import ref_of, ref_values
from storage.records.tables import seals
from storage.records.work import Work


def _seal(row: Any) -> SealRow:
    return SealRow(
        id=row.id,
        paper_id=row.paper_id,
        kind=SealKind(row.kind),
        object=ref_of(row, "object"),
        signer=row.signer,
        certificate_sha256=row.certificate_sha256,
        role=Role(row.role),
        level=Level(row.level),
        signed_at=row.signed_at,
        time_stamped=row.time_stamped,
        evidence_until=row.evidence_until,
        state=SealState(row.state),
        previous=row.previous,
        origin=row.origin,
    )


class Seals:
    """Seals."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def add(self, seal: SealRow) -> bool:
        """Write a new seal; False, with nothing changed, if its object is known."""
        values = {
            "id": seal.id,
            "paper_id": seal.paper_id,
            "kind": str(seal.kind),
            "signer": seal.signer,
            "certificate_sha256": seal.certificate_sha256,
            "role": str(seal.role),
            "level": str(seal.level),
            "signed_at": seal.signed_at,
            "time_stamped": seal.time_stamped,
            "evidence_until": seal.evidence_until,
            "state": str(seal.state),
            "previous": seal.previous,
            "origin": seal.origin or seal.id,
            "created_at": self._work.now(),
        }
        return self._work.insert_once(seals, values | ref_values("object", seal.object), ("object_sha256",))

    def withdraw(self, paper_id: str) -> None:
        """Seals of the paper made so far count no more: its pages are arranged anew."""
        current = (seals.c.paper_id == paper_id) & (seals.c.state == str(SealState.CURRENT))
        self._work.connection.execute(seals.update().where(current).values(state=str(SealState.WITHDRAWN)))

    def supersede(self, seal_id: str, by: SealRow) -> None:
        """`by` takes the place of a current seal, in its line; Conflict if another one has done so, or NotFound."""
        old = self.get(seal_id)
        moved = self._work.connection.execute(
            seals.update()
            .where(seals.c.id == seal_id, seals.c.state == str(SealState.CURRENT))
            .values(state=str(SealState.SUPERSEDED))
        )
        if not moved.rowcount or by.previous != seal_id or by.origin != old.origin or not self.add(by):
            raise Conflict

    def get(self, seal_id: str) -> SealRow:
        """The seal, or NotFound."""
        found = self._all(select(seals).where(seals.c.id == seal_id))
        if not found:
            raise NotFound(what="seal", key=seal_id)
        return found[0]

    def of_object(self, sha256: str) -> SealRow | None:
        """The seal of exactly these bytes, or None."""
        found = self._all(select(seals).where(seals.c.object_sha256 == sha256))
        return found[0] if found else None

    def newest(self, sha256: str) -> SealRow | None:
        """The seal in use today of the line these bytes belong to, or None when no line has them."""
        known = self.of_object(sha256)
        if known is None or known.state is SealState.CURRENT:
            return known
        line = self.line(known.origin)
        return next((one for one in reversed(line) if one.state is SealState.CURRENT), line[-1])

    def line(self, origin: str) -> tuple[SealRow, ...]:
        """A first seal and everything that took its place, in order."""
        return self._all(select(seals).where(seals.c.origin == origin).order_by(seals.c.seq))

    def of_paper(self, paper_id: str) -> tuple[SealRow, ...]:
        """All seals ever made of a paper, oldest first."""
        return self._all(select(seals).where(seals.c.paper_id == paper_id).order_by(seals.c.seq))

    def ending(self, before: datetime, *, after: str = "", limit: int = 500) -> tuple[SealRow, ...]:
        """Current seals whose evidence ends before this time, or was never looked at, by id; those after `after` only."""
        statement = select(seals).where(self._ends(before), seals.c.id > after).order_by(seals.c.id).limit(limit)
        return self._all(statement)

    def count_ending(self, before: datetime) -> int:
        """How many `ending` would give in all."""
        return int(self._work.connection.execute(select(func.count()).select_from(seals).where(self._ends(before))).scalar_one())

    def set_evidence_until(self, seal_id: str, until: datetime) -> None:
        """Note what was found out about a seal that nobody had looked at; NotFound."""
        changed = self._work.connection.execute(seals.update().where(seals.c.id == seal_id).values(evidence_until=until))
        if not changed.rowcount:
            raise NotFound(what="seal", key=seal_id)

    @staticmethod
    def _ends(before: datetime) -> Any:
        until = seals.c.evidence_until
        return (seals.c.state == str(SealState.CURRENT)) & or_(until.is_(None), until < before)

    def _all(self, statement: Select[Any]) -> tuple[SealRow, ...]:
        return tuple(_seal(row) for row in self._work.connection.execute(statement))

    def sample(self, most: int) -> tuple[SealRow, ...]:
        """Up to `most` current seals, spread evenly over all of them."""
        current = seals.c.state == str(SealState.CURRENT)
        count = int(self._work.connection.execute(select(func.count()).select_from(seals).where(current)).scalar_one())
        step = max(1, count // max(1, most))
        ranked = select(seals.c.id, func.row_number().over(order_by=seals.c.seq).label("place")).where(current).subquery()
        chosen = select(ranked.c.id).where(ranked.c.place % step == 0).limit(most)
        return tuple(_seal(row) for row in self._work.connection.execute(select(seals).where(seals.c.id.in_(chosen))))
