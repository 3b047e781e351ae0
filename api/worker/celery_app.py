"""The Celery side of a worker: its one task and the controller that runs it in threads.

Threads suffice: reading and parsing happen in child processes (`ingest.sandbox`), so a step's thread mostly waits.
"""

from __future__ import annotations

import logging
import time
from contextlib import suppress

from celery import Celery
from celery.worker import WorkController

from api.pipeline.engine import Pipeline
from api.settings import Settings
from api.worker.messages import QUEUES, WORK, publisher
from ingest.capacity import at_once
from ingest.errors import CodedError

log = logging.getLogger(__name__)

STRETCH_S = 30.0
"""A message is held no longer than this beyond its step (brokers give unacknowledged messages to others)."""


def add_task(app: Celery, pipeline: Pipeline) -> None:
    """Register the one task: a message says that there is work, the database says which."""
    away, publish = "", publisher(app)

    def work() -> None:
        # One message may wake a worker for many steps: lost messages are made up for, surplus ones cost a look.
        nonlocal away
        until, more = time.monotonic() + STRETCH_S, True
        try:
            while more and time.monotonic() < until:
                more = pipeline.work()
                away = ""
        except CodedError as error:  # the database is away; the sweeper sends the hint again
            if error.code != away:  # told once: the queue may hold thousands of messages
                log.warning("no step could be taken: %s", error.code)
            away, more = error.code, False
        if more:  # steps that their worker was to take next have left no message
            with suppress(Exception):  # kombu raises whatever its transport raises; the sweeper sends it then
                publish("work", {})

    # A worker that was stopped and started again in this process brings a new pipeline; the old one is closed.
    app.tasks.pop(WORK, None)
    # Not shared: Celery would hand the first app's task, with its closed pipeline, to every later app of this process.
    app.task(name=WORK, shared=False)(work)


def concurrency_of(settings: Settings) -> int:
    """How many steps one worker process does at once."""
    return settings.pipeline.concurrency or at_once(settings.box.child_bytes)


def make_worker(app: Celery, concurrency: int, controller: type[WorkController] = WorkController) -> WorkController:
    """A worker on both queues, counter work first; `controller` decides whether it handles signals."""
    # The pool's threads look the task up in the process's default app.
    app.set_default()
    return controller(
        app=app,
        pool_cls="threads",
        concurrency=concurrency,
        queues=",".join(QUEUES.values()),
        without_heartbeat=True,
        without_mingle=True,
        without_gossip=True,
        optimization="fair",
    )
