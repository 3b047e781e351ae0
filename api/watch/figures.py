"""The figures that the database knows, looked up together in one reading and believed for some seconds."""

from __future__ import annotations

import shutil
import socket
import threading
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic

from api.wiring import Sohoa
from storage.lasting import JobRow
from storage.preservation import Place, Tally
from storage.watching import DiskSample, Failed, Waiting, WorkerRow, days_left

WEEK = timedelta(days=7)
HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Figures:
    """How it goes, at one moment."""

    now: datetime
    queue: tuple[Waiting, ...]
    failed: tuple[Failed, ...]
    """In the last hour."""
    workers: tuple[WorkerRow, ...]
    jobs: tuple[JobRow, ...]
    outbox: int
    outbox_since: datetime | None
    anchored_at: datetime | None
    objects: Tally
    copies: Tally | None
    """None: no second copy is kept."""
    disk: DiskSample
    days_left: float | None

    def alive(self, seconds: float) -> tuple[WorkerRow, ...]:
        """Workers that proved within so many seconds that they can work."""
        return tuple(row for row in self.workers if row.fresh(self.now, seconds))


def look(sohoa: Sohoa) -> Figures:
    """All figures, looked up now; raises what the database raises."""
    with sohoa.database.read() as uow:
        now = uow.now()
        usage = shutil.disk_usage(sohoa.settings.data_dir)
        disk = DiskSample(now, usage.free, usage.total)
        count, since = uow.watching.outbox()
        return Figures(
            now=now,
            queue=uow.watching.queue(),
            failed=uow.watching.failed_since(now - HOUR),
            workers=uow.watching.workers(),
            jobs=uow.jobs.all(),
            outbox=count,
            outbox_since=since,
            anchored_at=uow.watching.anchored_at(),
            objects=uow.objects.tally(Place.MAIN),
            copies=uow.objects.tally(Place.COPY) if sohoa.replica else None,
            disk=disk,
            days_left=days_left(uow.watching.disk_before(socket.gethostname(), now - WEEK), disk),
        )


class Believed:
    """The figures, looked up anew when they are too old; however many ask, one looks."""

    def __init__(self, sohoa: Sohoa) -> None:
        self._sohoa, self._seconds = sohoa, sohoa.settings.watch.believed_seconds
        self._lock = threading.Lock()
        self._seen: tuple[float, Figures] | None = None

    def figures(self) -> Figures:
        """As `look`."""
        with self._lock:
            if self._seen is None or monotonic() - self._seen[0] > self._seconds:
                self._seen = (monotonic(), look(self._sohoa))
            return self._seen[1]


def sample_disk(sohoa: Sohoa) -> dict[str, object]:
    """Remember how much is free now, for the days that are left."""
    usage = shutil.disk_usage(sohoa.settings.data_dir)
    with sohoa.database.transaction() as uow:
        uow.watching.sample_disk(socket.gethostname(), usage.free, usage.total)
    return {"free": usage.free, "total": usage.total}
