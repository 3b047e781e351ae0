"""Sends what committed transactions left: hints from memory, messages from the outbox."""

from __future__ import annotations

from collections.abc import Callable

from storage.records.database import Database

Publish = Callable[[str, dict[str, object]], None]
WORK_TOPIC = "work"
"""Topic of the hint that a step may be ready."""


def hint(database: Database, publish: Publish) -> None:
    """Send the hints of this process. What `publish` raises comes out unchanged, after the hint is in the outbox."""
    for payload in database.hints():
        try:
            publish(WORK_TOPIC, payload)
        except Exception:
            with database.transaction() as unit:
                unit.outbox.add(WORK_TOPIC, payload)
                for other in database.hints():
                    unit.outbox.add(WORK_TOPIC, other)
            raise


def relay(database: Database, publish: Publish) -> int:
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
