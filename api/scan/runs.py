"""Scans that run on the server, in threads of this process: begun, followed and stopped from the pages.

What is scanned lies on disk page by page (`api.scan.stack`); a run that died with its process is taken in at the next start. Only
how far a run has come is kept here, and that is gone with the process.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic

from api.errors import BadRequest
from api.scan.errors import ScannerBusy, ScannerStopped
from api.scan.options import ScanProfile
from api.scan.stack import Device, ScanDesk, choices, devices, installed
from api.wiring import Sohoa
from ingest.errors import CodedError
from storage.model import Batch

log = logging.getLogger(__name__)

LISTED_S = 60.0
"""How long a list of scanners is good for: asking takes seconds with real ones."""
NONE_LISTED_S = 5.0
"""The same where there was none: it may just be plugged in, but one click does not ask twice."""
_PATIENCE_S = 20.0
_MOST_KEPT = 200


@dataclass(slots=True)
class ScanRun:
    """How far one run has come."""

    batch_id: str
    device: Device
    actor: str
    pages: int = 0
    finished: bool = False
    stopping: bool = False
    problem: CodedError | None = None


@dataclass(frozen=True, slots=True)
class Order:
    """What a person chose: each part comes from what the server offers."""

    device: str
    profile: str = "chuan"
    mode: str = ""
    source: str = ""


class ScanRuns:
    """The runs of one process; may be used from many threads."""

    def __init__(self, sohoa: Sohoa) -> None:
        self._sohoa = sohoa
        self._desk = ScanDesk(sohoa)
        self._lock = threading.Lock()
        self._runs: dict[str, ScanRun] = {}
        self._threads: list[threading.Thread] = []
        self._listed: tuple[float, tuple[Device, ...]] = (float("-inf"), ())

    @property
    def offered(self) -> bool:
        """Whether there is a page for scanning: the setting allows it and the program is there."""
        return self._sohoa.settings.scan.page and installed()

    def devices(self, *, again: bool = False) -> tuple[Device, ...]:
        """The scanners of this server, asked once a minute or `again`. Raises ScannerMissing without the program."""
        when, found = self._listed
        if again or monotonic() - when > (LISTED_S if found else NONE_LISTED_S):
            found = devices()
            self._listed = (monotonic(), found)
        return found

    def find(self, batch_id: str) -> ScanRun | None:
        """The latest run into a batch, if this process had one."""
        return self._runs.get(batch_id)

    def start(self, order: Order, actor: str, into: Callable[[], Batch]) -> ScanRun:
        """Begin a run into the batch that `into` opens, once everything else is right.

        Raises BadRequest for what is not offered, ScannerBusy, ScannerMissing, and what `into` raises.
        """
        device, profile = self._chosen(order)
        with self._lock:
            with self._desk.alone(device.name):
                batch = into()
            live = [run for run in self._runs.values() if not run.finished]
            if any(run.device.name == device.name or run.batch_id == batch.id for run in live):
                raise ScannerBusy(device=device.label)
            run = ScanRun(batch.id, device, actor)
            while len(self._runs) >= _MOST_KEPT and (old := next((one for one in self._runs.values() if one.finished), None)):
                del self._runs[old.batch_id]
            self._runs[batch.id] = run
            thread = threading.Thread(target=self._work, args=(run, profile, order.source), name=f"scan-{batch.id[:8]}")
            self._threads = [*(one for one in self._threads if one.is_alive()), thread]
            thread.start()
        return run

    def stop(self, batch_id: str) -> None:
        """End a run after the page in hand; nothing happens without one."""
        if run := self._runs.get(batch_id):
            run.stopping = True

    def recover(self) -> None:
        """Take in what a process that died left behind; to be called when a server starts."""
        self._desk.recover("scanner")

    def close(self) -> None:
        """End every run after its page; what is scanned is taken in, or lies there for the next start."""
        for run in self._runs.values():
            run.stopping = True
        for thread in self._threads:
            thread.join(_PATIENCE_S)

    def _chosen(self, order: Order) -> tuple[Device, ScanProfile]:
        listed = {one.name for one in self._listed[1]}
        known = {one.name: one for one in self.devices(again=order.device not in listed)}
        device, profile = known.get(order.device), self._sohoa.settings.scan.profiles.get(order.profile)
        if device is None or profile is None:
            raise BadRequest(where="device" if device is None else "profile")
        offered = choices(device.name)
        for name, wanted in (("mode", order.mode), ("source", order.source)):
            if wanted and wanted not in offered.get(name, ()):
                raise BadRequest(where=name)
        return device, profile.model_copy(update={"mode": order.mode}) if order.mode else profile

    def _work(self, run: ScanRun, profile: ScanProfile, source: str) -> None:
        def count(number: int) -> None:
            run.pages = number

        try:
            self._desk.scan(run.batch_id, run.device.name, profile, source, run.actor, count, stop=lambda: run.stopping)
        except CodedError as error:
            run.problem = error
        except Exception as error:
            log.exception("a scan broke off")
            run.problem = ScannerStopped(pages=run.pages, why=type(error).__name__)
        finally:
            run.finished = True
