"""The heartbeat of a worker: proof that it can work, not that its process is up.

Every few seconds a thread of the worker's own pool must look for work; only if one did (or all are busy with steps that are
not older than a step may take), and if the loop that hears messages comes round, is the row's `alive_at` moved on. A stopped,
hung, deaf or cut-off worker thus goes silent.
"""

from __future__ import annotations

import logging
import os
import socket
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from time import monotonic

from celery.worker import WorkController

from api.pipeline.engine import Pipeline
from api.wiring import Sohoa
from ingest.errors import CodedError
from storage.watching import WorkerRow

log = logging.getLogger(__name__)

DEAF_SECONDS = 30.0
"""A loop that hears messages comes round every second or two."""
_FIRST_SECONDS = 0.2
"""Between looks until the pool is there."""


class Heart:
    """One thread in each worker process."""

    def __init__(
        self,
        sohoa: Sohoa,
        pipeline: Pipeline,
        concurrency: int,
        submit: Callable[[Callable[[], None]], bool],
        hears: Callable[[], bool] = lambda: True,
    ) -> None:
        """`submit` gives something to a thread of the pool; False while there is no pool. `hears`: see `Ear`."""
        self._sohoa, self._pipeline, self._submit, self._hears = sohoa, pipeline, submit, hears
        self._options = sohoa.settings.watch
        with sohoa.database.read() as uow:
            now = uow.now()
        host, pid = socket.gethostname(), os.getpid()
        self._row = WorkerRow(f"{host}/{pid}", host, pid, now, concurrency)
        self._asked = threading.Event()
        """Set while a look is on its way through the pool."""
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="heart", daemon=True)

    def start(self) -> None:
        """Beat now, then every so often."""
        self._thread.start()

    def stop(self) -> None:
        """The worker ends in order: its row goes."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(timeout=10)
        try:
            with self._sohoa.database.transaction() as uow:
                uow.watching.leave(self._row.name)
        except CodedError as error:
            log.warning("worker's row not removed: %s", error.code)

    def beat(self) -> WorkerRow:
        """Write what was proved since the last time, and ask for the next proof. Raises what the database raises."""
        seen, hears = self._pipeline.signs.take(), self._hears()
        with self._sohoa.database.transaction() as uow:
            now = uow.now()
            row = replace(self._row, busy=seen.busy)
            if seen.polled:
                row = replace(row, polled_at=now)
            if seen.took:
                row = replace(row, took_at=now)
            engaged = (
                seen.busy >= row.concurrency and seen.newest_s < timedelta(minutes=self._options.step_minutes).total_seconds()
            )
            if hears and (seen.polled or seen.took or engaged):
                row = replace(row, alive_at=now)
            uow.watching.beat(row)
        self._row = row
        if not self._asked.is_set():
            self._asked.set()
            if not self._submit(self._look):
                self._asked.clear()
        return row

    def _look(self) -> None:
        """Runs in the pool."""
        try:
            self._pipeline.look()
        except CodedError as error:
            log.warning("no work could be looked for: %s", error.code)
        finally:
            self._asked.clear()

    def _run(self) -> None:
        while True:
            alive = False
            try:
                alive = self.beat().alive_at is not None
            except CodedError as error:
                log.warning("heartbeat not written: %s", error.code)
            if self._stop.wait(self._options.beat_seconds if alive else _FIRST_SECONDS):
                return


class Ear:
    """Whether a worker can hear messages: its consumer must do something small that it is asked for in its own loop."""

    def __init__(self, controller: WorkController) -> None:
        self._controller = controller
        self._asked: tuple[object, float] | None = None
        """Over which connection, and when; None once it was done."""

    def hears(self) -> bool:
        """False when nothing came back for long. Without a broker there is nothing to hear, and the sweeper works."""
        consumer = getattr(self._controller, "consumer", None)
        connection = getattr(consumer, "connection", None)
        if consumer is None or connection is None:
            self._asked = None
            return True
        asked = self._asked
        if asked is None or asked[0] is not connection:
            self._asked = (connection, monotonic())
            consumer.call_soon(self._answered)
            return True
        deaf = monotonic() - asked[1] > DEAF_SECONDS
        if deaf:
            log.warning("this worker hears no messages: its consumer has not come round for %d s", monotonic() - asked[1])
        return not deaf

    def _answered(self) -> None:
        self._asked = None


def through(controller: WorkController) -> Callable[[Callable[[], None]], bool]:
    """Gives work to the threads that also do the steps."""

    def submit(look: Callable[[], None]) -> bool:
        executor = getattr(getattr(controller, "pool", None), "executor", None)
        if executor is None:
            return False
        try:
            executor.submit(look)
        except RuntimeError:  # the pool is being shut down
            return False
        return True

    return submit
