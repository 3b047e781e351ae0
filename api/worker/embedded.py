"""The worker inside the process: the embedded default, and the command line's way of doing its own work."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import Self

from celery.worker import state

from api.pipeline.engine import Pipeline
from api.wiring import Sohoa
from api.worker.celery_app import add_task, concurrency_of, make_worker
from api.worker.heart import Ear, Heart, through
from api.worker.hot import HotFolder
from api.worker.schedule import Job, Scheduler
from api.worker.sweeper import Sweeper
from storage.errors import StorageError
from storage.model import BatchProgress

log = logging.getLogger(__name__)

POLL_SECONDS, IDLE_POLL_SECONDS = 0.2, 1.0
"""How often progress is asked for; it costs as much as a step's own writing, so less often where no step of ours has ended."""
STOP_SECONDS = 60
AWAY_SECONDS = 300
"""How long the database may be away before waiting is given up."""


class EmbeddedWorker:
    """A Celery worker in threads of this process, with its sweeper. At most one a process (Celery keeps its stop flag global)."""

    def __init__(self, sohoa: Sohoa, jobs: tuple[Job, ...] = ()) -> None:
        """`jobs`: recurring work this process takes its turn at; with it, it watches the hot folder and shows a heartbeat."""
        self._sohoa = sohoa
        self._scheduler = Scheduler(sohoa, jobs)
        self._pipeline = Pipeline(sohoa)
        add_task(sohoa.celery, self._pipeline)
        self._sweeper = Sweeper(sohoa, self._pipeline.work)
        self._hot = HotFolder(sohoa) if jobs else None
        concurrency = concurrency_of(sohoa.settings)
        self._controller = make_worker(sohoa.celery, concurrency)
        hears, submit = Ear(self._controller).hears, through(self._controller)
        self._heart = Heart(sohoa, self._pipeline, concurrency, submit, hears) if jobs else None
        self._thread = threading.Thread(target=self._controller.start, name="worker", daemon=True)

    def start(self) -> None:
        """Begin to work; returns at once."""
        state.should_stop = None
        self._thread.start()
        self._sweeper.start()
        self._scheduler.start()
        if self._heart is not None:
            self._heart.start()
        if self._hot is not None:
            self._hot.start()

    def stop(self) -> None:
        """Finish the steps in hand and stop; what is still ready stays in the database."""
        if self._heart is not None:
            self._heart.stop()
        if self._hot is not None:
            self._hot.stop()
        self._pipeline.stop()
        self._scheduler.stop()
        self._sweeper.stop()
        state.should_stop = 0
        self._thread.join(timeout=STOP_SECONDS)
        if self._thread.is_alive():  # it ends with the process; its leases run out
            log.warning("the worker did not end within %s s", STOP_SECONDS)
            return
        state.should_stop = None
        self._pipeline.close()

    @property
    def alive(self) -> bool:
        """Whether the worker thread runs."""
        return self._thread.is_alive()

    def wait_for(self, batch_id: str, on_progress: Callable[[BatchProgress], None] | None = None) -> BatchProgress:
        """Block until no machine has anything left to do for the batch; returns the last progress."""
        return wait_for(self._sohoa, batch_id, on_progress, self._pipeline.signs.step_ended)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()


def wait_for(
    sohoa: Sohoa,
    batch_id: str,
    on_progress: Callable[[BatchProgress], None] | None = None,
    step_ended: Callable[[float], bool] | None = None,
) -> BatchProgress:
    """Ask the database until the batch is finished, whoever works on it; an absence of the database is waited out.

    `step_ended` waits for the end of a step, so many seconds at most: before it nothing can have changed.
    """
    patience = time.monotonic() + AWAY_SECONDS
    while True:
        try:
            with sohoa.database.read() as uow:
                progress = uow.batches.progress(batch_id)
        except StorageError as error:
            if not error.retryable or time.monotonic() > patience:
                raise
            time.sleep(1)
            continue
        patience = time.monotonic() + AWAY_SECONDS
        if on_progress is not None:
            on_progress(progress)
        if progress.finished:
            return progress
        time.sleep(POLL_SECONDS)
        if step_ended is not None:
            step_ended(IDLE_POLL_SECONDS)
