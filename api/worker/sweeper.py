"""Drives again whatever is old: unsent hints, ready steps nobody took, leases that ran out.

With it the queue may lose every message, or be deleted, and no paper is lost (design §3.2).
"""

from __future__ import annotations

import logging
import threading

from api.wiring import Sohoa
from ingest.errors import CodedError

log = logging.getLogger(__name__)

HINTS_A_SWEEP = 100
"""More hints at once would only fill the queue: a worker that finds work sends its own."""


class Sweeper:
    """One thread in each worker process. Sweeping twice is harmless."""

    def __init__(self, sohoa: Sohoa) -> None:
        self._sohoa = sohoa
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
        """Send the hints in the outbox and one for each overdue step; returns how many steps were overdue."""
        self._sohoa.wake_workers()
        with self._sohoa.database.read() as uow:
            overdue = uow.steps.overdue(self._seconds, HINTS_A_SWEEP)
        for step in overdue:
            self._sohoa.publish("work", {"priority": step.priority})
        return len(overdue)

    def _run(self) -> None:
        while True:
            try:
                self.sweep()
            except CodedError as error:
                log.warning("sweep failed: %s", error.code)
            except Exception as error:  # noqa: BLE001 - kombu raises whatever its transport raises; the next sweep tries again
                log.warning("sweep could not reach the queue: %s", type(error).__name__)
            if self._stop.wait(self._seconds):
                return
