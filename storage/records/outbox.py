"""Messages written in the transaction of what they tell about, and sent after it (`storage.relay`).

A hint that there is work is no message: the table of steps says so, too, and is swept. It is sent from memory, and comes here
only when the queue did not take it.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from storage.records.tables import outbox
from storage.records.work import Work
from storage.trail import OutboxRow


class Outbox:
    """Unsent messages."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self.hints: list[dict[str, object]] = []
        """Sent when this transaction is committed."""

    def hint(self, payload: dict[str, object]) -> None:
        """There will be work when the transaction commits; the payload is for routing only."""
        self.hints.append(payload)

    def add(self, topic: str, payload: dict[str, object]) -> None:
        """Leave a message; it exists only if the transaction commits."""
        self._work.connection.execute(outbox.insert(), {"topic": topic, "payload": payload, "created_at": self._work.now()})

    def pending(self, limit: int = 500) -> tuple[OutboxRow, ...]:
        """Unsent messages, oldest first."""
        rows = self._work.connection.execute(select(outbox).order_by(outbox.c.seq).limit(limit))
        return tuple(OutboxRow(row.seq, row.topic, row.payload, row.created_at) for row in rows)

    def sent(self, ids: Sequence[int]) -> None:
        """These were sent and are forgotten."""
        if ids:
            self._work.connection.execute(outbox.delete().where(outbox.c.seq.in_(ids)))
