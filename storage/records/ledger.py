"""The append-only audit trail. Entries are chained just before the commit, so its one lock is held for a moment only."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select

from ingest.model import Sha256
from storage.ledger import LedgerHead, link, walk
from storage.model import LedgerEntry
from storage.records.columns import canonical_json
from storage.records.tables import ledger, ledger_head
from storage.records.work import Work
from storage.trail import LedgerVerdict

_WALKED_AT_ONCE = 1000


def _entry(row: Any) -> LedgerEntry:
    return LedgerEntry(
        seq=row.seq,
        at=row.at,
        actor=row.actor,
        event=row.event,
        subject=row.subject,
        details=row.details,
        previous=Sha256(row.previous),
        hash=Sha256(row.hash),
    )


class Ledger:
    """Entries of the ledger."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self._waiting: list[tuple[datetime, str, str, str, dict[str, object]]] = []

    def append(self, event: str, subject: str, actor: str, details: dict[str, object] | None = None) -> None:
        """Note an event of this transaction; it is chained when the transaction commits and gone if it does not."""
        canonical_json(details or {})  # refuses here, not at the commit, what JSON cannot hold
        self._waiting.append((self._work.now(), actor, event, subject, dict(details or {})))

    def seal(self) -> None:
        """Chain what was appended; called by the database just before the commit."""
        if not self._waiting:
            return
        head = self._head(lock=True)
        if head is None:
            raise RuntimeError("the ledger has lost its head row")
        seq, last = head.entries, head.hash
        rows: list[dict[str, object]] = []
        for at, actor, event, subject, details in self._waiting:
            seq += 1
            previous, last = last, link(last, at, actor, event, subject, details)
            row = {"seq": seq, "at": at, "actor": actor, "event": event, "subject": subject, "details": details}
            rows.append(row | {"previous": previous, "hash": last})
        self._work.connection.execute(ledger.insert(), rows)
        self._work.connection.execute(ledger_head.update().where(ledger_head.c.id == 1).values(entries=seq, hash=last))
        self._waiting.clear()

    def entries(self, *, subject: str = "", after: int = 0, limit: int = 200) -> tuple[LedgerEntry, ...]:
        """Committed entries with a number above `after`, oldest first; of one subject if named."""
        statement = select(ledger).where(ledger.c.seq > after).order_by(ledger.c.seq).limit(limit)
        return self._all(statement.where(ledger.c.subject == subject) if subject else statement)

    def of_subjects(self, subjects: Sequence[str]) -> tuple[LedgerEntry, ...]:
        """Committed entries about any of `subjects`, oldest first."""
        return self._all(select(ledger).where(ledger.c.subject.in_(subjects)).order_by(ledger.c.seq))

    def verify(self) -> LedgerVerdict:
        """Walk the whole chain. Use it in `Database.read`, whose snapshot keeps new entries out."""
        head = self._head(lock=self._work.writable)
        statement = select(ledger).order_by(ledger.c.seq).execution_options(yield_per=_WALKED_AT_ONCE)
        return walk((_entry(row) for row in self._work.connection.execute(statement)), head)

    def _head(self, *, lock: bool) -> LedgerHead | None:
        statement = select(ledger_head.c.entries, ledger_head.c.hash).where(ledger_head.c.id == 1)
        row = self._work.connection.execute(statement.with_for_update() if lock else statement).one_or_none()
        return LedgerHead(row.entries, Sha256(row.hash)) if row is not None else None

    def _all(self, statement: Select[Any]) -> tuple[LedgerEntry, ...]:
        return tuple(_entry(row) for row in self._work.connection.execute(statement))
