"""Keeps the leases of running steps alive, so that a lease can be short and a dead worker is noticed soon."""

from __future__ import annotations

import contextlib
import logging
import threading
from collections.abc import Iterator

from ingest.errors import CodedError
from storage.model import Step
from storage.records.database import Database

log = logging.getLogger(__name__)


class LeaseKeeper:
    """One thread a process extends whatever is being worked on, three times in each lease."""

    def __init__(self, database: Database, lease_seconds: int) -> None:
        self._database = database
        self._lease_seconds = lease_seconds
        self._held: dict[str, str] = {}
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="lease-keeper", daemon=True)
        self._thread.start()

    @contextlib.contextmanager
    def holding(self, step: Step) -> Iterator[None]:
        """Keep the step's lease alive during the block."""
        with self._lock:
            self._held[step.id] = step.lease
        try:
            yield
        finally:
            with self._lock:
                self._held.pop(step.id, None)

    def close(self) -> None:
        """Stop extending."""
        self._stop.set()
        self._thread.join(timeout=5)

    def _run(self) -> None:
        while not self._stop.wait(self._lease_seconds / 3):
            with self._lock:
                held = dict(self._held)
            if held:
                self._extend(held)

    def _extend(self, held: dict[str, str]) -> None:
        try:
            with self._database.transaction() as uow:
                for step_id, lease in held.items():
                    uow.steps.extend(step_id, lease, self._lease_seconds)
        except CodedError as error:
            log.warning("leases not extended: %s", error.code)
