"""Drives again whatever is old: unsent hints, ready steps nobody took, leases that ran out.

With it the queue may lose every message, or be deleted, and no paper is lost (design §3.2).
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

from api.wiring import Sohoa
from ingest.errors import CodedError

log = logging.getLogger(__name__)

HINTS_A_SWEEP = 4
"""A few suffice: one message keeps a worker busy for a stretch, and more would only fill the queue."""
WITHOUT_QUEUE_S = 30.0
"""How long the sweeper works itself, each sweep, while no message can be sent."""


class Sweeper:
    """One thread in each worker process. Sweeping twice is harmless."""

    def __init__(self, sohoa: Sohoa, work: Callable[[], bool]) -> None:
        """`work` does one piece of work, for the time when the queue cannot be reached."""
        self._sohoa = sohoa
        self._work = work
        self._seconds = sohoa.settings.pipeline.sweep_seconds
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="sweeper", daemon=True)

    def start(self) -> None:
        """Sweep once now, then every so often."""
        self._thread.start()

    def stop(self) -> None:
        """Stop sweeping."""
        self._stop.set()
        self._thread.join(timeout=10)

    def sweep(self) -> int:
        """Send what is in the outbox and a hint for each overdue step; returns how many steps were overdue."""
        self._sohoa.wake_workers()
        self._sohoa.send_messages()
        with self._sohoa.database.read() as uow:
            overdue = uow.steps.overdue(self._seconds, HINTS_A_SWEEP)
        try:
            for step in overdue:
                self._sohoa.publish("work", {"priority": step.priority})
        except Exception as error:  # noqa: BLE001 - kombu raises whatever its transport raises
            log.warning("queue not reached, going on without it: %s", type(error).__name__)
            self._work_on()
        return len(overdue)

    def _work_on(self) -> None:
        until = time.monotonic() + WITHOUT_QUEUE_S
        while not self._stop.is_set() and time.monotonic() < until and self._work():
            pass

    def _run(self) -> None:
        while True:
            try:
                self.sweep()
            except CodedError as error:
                log.warning("sweep failed: %s", error.code)
            if self._stop.wait(self._seconds):
                return
