"""Sends what committed transactions left in the outbox."""

from __future__ import annotations

from collections.abc import Callable

from storage.records.database import Database


def relay(database: Database, publish: Callable[[str, dict[str, object]], None]) -> int:
    """Send every pending message and return how many went out.

    At least once: a crash between sending and forgetting sends again. What `publish` raises comes out unchanged, after the
    messages that did go out are forgotten; the others stay for the next time.
    """
    total = 0
    while True:
        with database.read() as unit:
            rows = unit.outbox.pending()
        if not rows:
            return total
        sent: list[int] = []
        try:
            for row in rows:
                publish(row.topic, row.payload)
                sent.append(row.id)
        finally:
            if sent:
                with database.transaction() as unit:
                    unit.outbox.sent(sent)
        total += len(sent)
