"""The queue as a hint: one kind of message, "there is work", whose loss or repetition harms nothing.

The database says what is to be done (`storage.records.steps`); a message only wakes a worker early. Without a broker URL the
messages travel inside the process (kombu's memory transport).
"""

from __future__ import annotations

from collections.abc import Callable

from celery import Celery

from storage.model import Priority

WORK = "sohoa.work"
"""Name of the one Celery task."""
QUEUES = {Priority.COUNTER: "sohoa.counter", Priority.BULK: "sohoa.bulk"}

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
        worker_hijack_root_logger=False,
        worker_enable_remote_control=False,
        worker_send_task_events=False,
        broker_connection_retry_on_startup=True,
        # A dead broker must not hold up the person at the counter: the sweeper sends the hint again.
        broker_connection_timeout=3,
        task_publish_retry=False,
        broker_transport_options={"polling_interval": 0.05}
        if not broker_url
        else {"socket_timeout": 5, "socket_connect_timeout": 3},
    )
    return app


def publisher(app: Celery) -> Publish:
    """A function that sends one hint; it raises what the broker's client raises."""

    def publish(topic: str, payload: dict[str, object]) -> None:
        if topic == "work":
            priority = Priority(str(payload.get("priority", Priority.COUNTER)))
            app.send_task(WORK, queue=QUEUES[priority])

    return publish
