"""The append-only audit trail. Entries are chained just before the commit, so its one lock is held for a moment only."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Select, bindparam, or_, select

from ingest.model import Sha256
from storage.errors import LedgerBroken, LedgerHeadLost
from storage.ledger import LedgerHead, link, mark, walk
from storage.model import LedgerEntry
from storage.records.columns import canonical_json
from storage.records.tables import ledger, ledger_head
from storage.records.work import Work
from storage.trail import LedgerFault, LedgerQuery, LedgerVerdict, Witness
from storage.witnessed import Seen, believed_until, contradicted, judge, stretch

# Made once: putting a statement together costs more than running it.
_HEAD = select(ledger_head.c.entries, ledger_head.c.hash).where(ledger_head.c.id == 1)
_HEAD_LOCKED = _HEAD.with_for_update()
_MOVED = ledger_head.update().where(ledger_head.c.id == 1).values(entries=bindparam("head_entries"), hash=bindparam("head_hash"))
_ADDED = ledger.insert()
_ADDED_AND_MOVED = ledger.insert().add_cte(_MOVED.cte("moved"))
"""Both at once, where the database can."""
_OF_SUBJECTS = select(ledger).where(ledger.c.subject.in_(bindparam("subjects", expanding=True))).order_by(ledger.c.seq)
_WALKED_AT_ONCE = 1000
_LOOKED_BEYOND = 1000
"""How far behind the anchored entries a moved one is looked for."""


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


def _counted(entries: Iterable[LedgerEntry], watch: Callable[[int], None]) -> Iterator[LedgerEntry]:
    for place, entry in enumerate(entries, start=1):
        if not place % _WALKED_AT_ONCE:
            watch(place)
        yield entry


def _wanted(query: LedgerQuery) -> Select[Any]:
    statement = select(ledger).order_by(ledger.c.seq.desc()).limit(query.limit)
    if query.first is not None:
        statement = statement.where(ledger.c.at >= query.first)
    if query.before is not None:
        statement = statement.where(ledger.c.at < query.before)
    if query.event:
        whole = not query.event.endswith(".")
        named = ledger.c.event == query.event if whole else ledger.c.event.startswith(query.event, autoescape=True)
        statement = statement.where(named)
    if query.endings:
        statement = statement.where(or_(*(ledger.c.event.endswith(one, autoescape=True) for one in query.endings)))
    if query.actor:
        statement = statement.where(ledger.c.actor == query.actor)
    if query.subjects is not None:
        statement = statement.where(ledger.c.subject.in_(query.subjects))
    return statement.where(ledger.c.seq < query.below) if query.below else statement


@dataclass(frozen=True, slots=True)
class Grown:
    """How the ledger went on after a known head."""

    head: LedgerHead
    marks: bytes
    """One for each entry added (see `storage.ledger.mark`)."""
    head_at: datetime | None
    """Time of the last one; None when nothing was added."""


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
            raise LedgerHeadLost
        seq, last = head.entries, head.hash
        rows: list[dict[str, object]] = []
        for at, actor, event, subject, details in self._waiting:
            seq += 1
            previous, last = last, link(last, at, actor, event, subject, details)
            row = {"seq": seq, "at": at, "actor": actor, "event": event, "subject": subject, "details": details}
            rows.append(row | {"previous": previous, "hash": last})
        moved: dict[str, object] = {"head_entries": seq, "head_hash": last}
        if self._work.postgres and len(rows) == 1:
            self._work.connection.execute(_ADDED_AND_MOVED, rows[0] | moved)
        else:
            self._work.connection.execute(_ADDED, rows)
            self._work.connection.execute(_MOVED, moved)
        self._waiting.clear()

    def entries(self, *, subject: str = "", after: int = 0, limit: int = 200) -> tuple[LedgerEntry, ...]:
        """Committed entries with a number above `after`, oldest first; of one subject if named."""
        statement = select(ledger).where(ledger.c.seq > after).order_by(ledger.c.seq).limit(limit)
        return self._all(statement.where(ledger.c.subject == subject) if subject else statement)

    def find(self, query: LedgerQuery) -> tuple[LedgerEntry, ...]:
        """Committed entries that the query takes, newest first."""
        return self._all(_wanted(query))

    def stream(self, query: LedgerQuery) -> Iterator[LedgerEntry]:
        """The same one by one, so that a long stretch needs no memory."""
        return self._walked(_wanted(query))

    def of_subjects(self, subjects: Sequence[str]) -> tuple[LedgerEntry, ...]:
        """Committed entries about any of `subjects`, oldest first."""
        return tuple(_entry(row) for row in self._work.connection.execute(_OF_SUBJECTS, {"subjects": list(subjects)}))

    def head(self) -> LedgerHead:
        """How many entries there are, and the hash of the last. Raises LedgerHeadLost."""
        found = self._head(lock=False)
        if found is None:
            raise LedgerHeadLost
        return found

    def since(self, start: LedgerHead) -> Grown:
        """What was added after `start`, walked and described. Raises LedgerBroken when it does not follow from there."""
        marks, last = bytearray(), None
        statement = select(ledger).where(ledger.c.seq > start.entries).order_by(ledger.c.seq)

        def described() -> Iterator[LedgerEntry]:
            nonlocal last
            for entry in self._walked(statement):
                marks.extend(mark(entry))
                last = entry
                yield entry

        head = self.head()
        verdict = walk(described(), head, start=start).verdict
        if not verdict.ok:
            raise LedgerBroken(seq=verdict.bad_seq or 0, fault=str(verdict.fault))
        return Grown(head, bytes(marks), None if last is None else last.at)

    def of_event(self, event: str) -> tuple[LedgerEntry, ...]:
        """Committed entries of one kind, oldest first; reads the whole ledger."""
        return self._all(select(ledger).where(ledger.c.event == event).order_by(ledger.c.seq))

    def verify(self, witnesses: Sequence[Witness] = (), watch: Callable[[int], None] | None = None) -> LedgerVerdict:
        """Walk the whole chain, and ask the witnesses. Use it in `Database.read`, whose snapshot keeps new entries out.

        `watch` is told now and then how many entries were walked.
        """
        head = self._head(lock=self._work.writable)
        whole = select(ledger).order_by(ledger.c.seq)
        entries = self._walked(whole) if watch is None else _counted(self._walked(whole), watch)
        found = walk(entries, head, (one.entries for one in witnesses))
        verdict = found.verdict
        # Behind a broken link a hash proves nothing: it may be a copy of what stood there.
        sound = {place: one for place, one in found.hashes.items() if verdict.bad_seq is None or place < verdict.bad_seq}
        liar = contradicted(witnesses, sound)
        if liar is None:
            return verdict
        of = stretch(witnesses, liar)
        believed = believed_until(witnesses, sound, liar.entries)
        rows = self._walked(whole.offset(of.since).limit(len(of.marks) + _LOOKED_BEYOND))
        now = [Seen(mark(entry), entry.at) for entry in rows]
        known = max([0 if head is None else head.entries, *(one.entries for one in witnesses if one.ours)])
        told = judge(verdict, of, now, believed, older=known <= verdict.entries)
        if told is not None or not verdict.ok:
            return told or verdict
        # Every entry described says what it said: what was changed lies before them.
        changed = LedgerVerdict(ok=False, entries=verdict.entries, bad_seq=believed + 1, fault=LedgerFault.CHANGED)
        return replace(changed, last_seq=of.since)

    def _walked(self, statement: Select[Any]) -> Iterator[LedgerEntry]:
        streamed = statement.execution_options(yield_per=_WALKED_AT_ONCE)
        return (_entry(row) for row in self._work.connection.execute(streamed))

    def _head(self, *, lock: bool) -> LedgerHead | None:
        row = self._work.connection.execute(_HEAD_LOCKED if lock else _HEAD).one_or_none()
        return LedgerHead(row.entries, Sha256(row.hash)) if row is not None else None

    def _all(self, statement: Select[Any]) -> tuple[LedgerEntry, ...]:
        return tuple(_entry(row) for row in self._work.connection.execute(statement))
