"""The queue as a hint: one kind of message, "there is work", whose loss or repetition harms nothing.

The database says what is to be done (`storage.records.steps`); a message only wakes a worker early. Without a broker URL the
messages travel inside the process (kombu's memory transport).
"""

from __future__ import annotations

import time
from collections.abc import Callable

from celery import Celery

from storage.model import Priority

WORK = "sohoa.work"
"""Name of the one Celery task."""
QUEUES = {Priority.COUNTER: "sohoa.counter", Priority.BULK: "sohoa.bulk"}

AWAY_SECONDS = 5.0
"""Without this pause every finished step would wait for the connection timeout while the broker is away."""

Publish = Callable[[str, dict[str, object]], None]


def make_celery(broker_url: str) -> Celery:
    """A Celery app that can send and receive; it knows no task yet (see `api.worker.celery_app`)."""
    app = Celery("sohoa", broker=broker_url or "memory://localhost/", set_as_current=False)
    app.conf.update(
        task_ignore_result=True,
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        task_default_queue=QUEUES[Priority.COUNTER],
        task_serializer="json",
        accept_content=["json"],
        worker_prefetch_multiplier=1,
        # After a reconnection Celery would raise the count again from the pool's threads, each waiting for an answer on the
        # socket that the main thread reads: one takes the other's bytes, and the worker hears no message and no SIGTERM.
        worker_enable_prefetch_count_reduction=False,
        worker_hijack_root_logger=False,
        worker_enable_remote_control=False,
        worker_send_task_events=False,
        broker_connection_retry_on_startup=True,
        # A dead broker must not hold up the person at the counter: the sweeper sends the hint again.
        broker_connection_timeout=3,
        broker_connection_max_retries=None,  # however long it is away: a worker waits for it
        task_publish_retry=False,
        broker_transport_options={"polling_interval": 0.05}
        if not broker_url
        else {"socket_timeout": 5, "socket_connect_timeout": 3},
    )
    return app


class QueueAway(Exception):
    """The broker did not answer a moment ago; it is not asked again just yet."""


def publisher(app: Celery) -> Publish:
    """A function that sends one hint; it raises what the broker's client raises, or QueueAway shortly after that."""
    away_until = 0.0

    def publish(topic: str, payload: dict[str, object]) -> None:
        nonlocal away_until
        if topic != "work":
            return
        if time.monotonic() < away_until:
            raise QueueAway
        priority = Priority(str(payload.get("priority", Priority.COUNTER)))
        try:
            app.send_task(WORK, queue=QUEUES[priority])
        except Exception:
            away_until = time.monotonic() + AWAY_SECONDS
            raise

    return publish
