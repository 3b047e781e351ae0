"""Finished digitisation results."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import fields
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, select

from ingest.model import ObjectRef, Sha256
from storage.access_levels import AccessLevel, Audience
from storage.errors import NotFound
from storage.model import Record, RecordState
from storage.records.audience import readable
from storage.records.columns import ref_of, ref_values
from storage.records.search_tags import retag
from storage.records.tables import records
from storage.records.work import Work

_REFS = ("original", "sealed", "evidence")
_PLAIN = tuple(field.name for field in fields(Record) if field.name not in {*_REFS, "state", "access"})
_OF_PAPER = select(records).where(records.c.paper_id == bindparam("paper"))


def record_of(row: Any) -> Record:
    """The fact a row of `records` stands for."""
    return Record(
        state=RecordState(row.state),
        access=AccessLevel(row.access),
        original=ref_of(row, "original"),
        sealed=ref_of(row, "sealed"),
        evidence=ref_of(row, "evidence"),
        **{name: getattr(row, name) for name in _PLAIN},
    )


class Records:
    """Results."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def add(self, record: Record) -> bool:
        """Write a new record; False, with nothing changed, if its paper has one. Conflict if another paper has its code."""
        values: dict[str, Any] = {name: getattr(record, name) for name in _PLAIN}
        values |= {"state": str(record.state), "access": str(record.access)}
        for name in _REFS:
            values.update(ref_values(name, getattr(record, name)))
        return self._work.insert_once(records, values, ("paper_id",))

    def get(self, code: str) -> Record:
        """The record with this digitisation-result code, or NotFound."""
        row = self._work.connection.execute(select(records).where(records.c.code == code)).one_or_none()
        if row is None:
            raise NotFound(what="record", key=code)
        return record_of(row)

    def of_paper(self, paper_id: str) -> Record | None:
        """The record made of this paper, or None."""
        row = self._work.connection.execute(_OF_PAPER, {"paper": paper_id}).one_or_none()
        return record_of(row) if row is not None else None

    def lock(self, code: str) -> Record:
        """The record, with everybody who would change it waiting until this transaction ends; NotFound."""
        row = self._work.connection.execute(select(records).where(records.c.code == code).with_for_update(key_share=True))
        found = row.one_or_none()
        if found is None:
            raise NotFound(what="record", key=code)
        return record_of(found)

    def of_codes(self, codes: Collection[str]) -> dict[str, Record]:
        """The records with these codes, by code; unknown ones are left out."""
        rows = self._work.connection.execute(select(records).where(records.c.code.in_(sorted(codes)))) if codes else ()
        return {row.code: record_of(row) for row in rows}

    def of_owner(self, owner: str, limit: int = 200, *, audience: Audience | None = None) -> tuple[Record, ...]:
        """Records of one owner that `audience` may read, newest first; none for an empty owner."""
        if not owner:
            return ()
        rows = self._work.connection.execute(
            select(records).where(records.c.owner == owner, readable(audience)).order_by(records.c.seq.desc()).limit(limit)
        )
        return tuple(record_of(row) for row in rows)

    def set_state(self, code: str, state: RecordState) -> None:
        """Let a record lose its force; the caller holds its lock and writes why (`Lifecycle.end`)."""
        self._work.connection.execute(records.update().where(records.c.code == code).values(state=str(state)))
        retag(self._work, code)

    def set_access(self, code: str, access: AccessLevel) -> None:
        """Change how widely a record may be used; the caller holds its lock."""
        self._work.connection.execute(records.update().where(records.c.code == code).values(access=str(access)))
        retag(self._work, code)

    def replace_sealed(self, paper_id: str, old: Sha256, new: ObjectRef) -> bool:
        """Let the record of this paper point at a sealed copy with more evidence; False if it does not point at `old`."""
        where = (records.c.paper_id == paper_id, records.c.sealed_sha256 == old)
        changed = self._work.connection.execute(records.update().where(*where).values(ref_values("sealed", new)))
        return bool(changed.rowcount)

    def latest(self, limit: int = 50, offset: int = 0, *, audience: Audience | None = None) -> tuple[Record, ...]:
        """Newest first; only what `audience` may read."""
        statement = select(records).where(readable(audience)).order_by(records.c.seq.desc())
        rows = self._work.connection.execute(statement.limit(limit).offset(offset))
        return tuple(record_of(row) for row in rows)

    def stored(self, first: datetime, before: datetime, limit: int = 200, offset: int = 0) -> tuple[Record, ...]:
        """Those stored from `first` on and before `before`, oldest first; not what was disposed of."""
        there = records.c.state != str(RecordState.DISPOSED)
        statement = select(records).where(records.c.created_at >= first, records.c.created_at < before, there)
        rows = self._work.connection.execute(statement.order_by(records.c.seq).limit(limit).offset(offset))
        return tuple(record_of(row) for row in rows)

    def count_stored(self, first: datetime, before: datetime) -> int:
        """How many `stored` would give in all."""
        statement = select(func.count()).select_from(records).where(records.c.state != str(RecordState.DISPOSED))
        found = self._work.connection.execute(statement.where(records.c.created_at >= first, records.c.created_at < before))
        return int(found.scalar_one())

    def count(self) -> int:
        """How many there are."""
        return int(self._work.connection.execute(select(func.count()).select_from(records)).scalar_one())
