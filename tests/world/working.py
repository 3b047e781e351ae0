"""A worker that says of itself how it does, without one running."""

from __future__ import annotations

from datetime import timedelta

from api.wiring import Sohoa
from storage.watching import WorkerRow


def put_worker(sohoa: Sohoa, *, name: str = "scan-1/77", silent_seconds: float = 0.0) -> WorkerRow:
    """The row of a worker that proved so many seconds ago that it can work."""
    with sohoa.database.transaction() as uow:
        alive = uow.now() - timedelta(seconds=silent_seconds)
        host, _, pid = name.partition("/")
        row = WorkerRow(name, host, int(pid), alive, 2, alive_at=alive, polled_at=alive)
        uow.watching.beat(row)
    return row
