"""How each fault is done, and undone. Whatever lasts is undone by a timer, and at the end of the run at the latest."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from scripts.soak import proxy, time_stamps
from scripts.soak.plan import Fault, Kind
from scripts.soak.processes import Service, libfaketime
from scripts.soak.servers import Broker, Postgres
from scripts.soak.time_stamps import MoodyAuthority

FILLER = "filler"
RECEIPT_SECONDS = 10.0
"""How long a kill waits for the worst moment."""


class Bell:
    """Rings when a receipt was given: the worst moment for whoever gave it to die."""

    def __init__(self) -> None:
        self._rung = threading.Condition()
        self._port, self._count = 0, 0

    def ring(self, port: int) -> None:
        """A receipt came from the process on this port."""
        with self._rung:
            self._port, self._count = port, self._count + 1
            self._rung.notify_all()

    def wait(self, seconds: float) -> int:
        """The port of the next receipt's giver, or 0 if none comes in time."""
        with self._rung:
            before = self._count
            return self._port if self._rung.wait_for(lambda: self._count > before, seconds) else 0


class World:
    """What faults befall."""

    def __init__(
        self, *, web: tuple[Service, ...], workers: tuple[Service, ...], database: Postgres, broker: Broker,
        store: proxy.Proxy, authority: MoodyAuthority, disk: Path | None, clock_file: Path,
    ) -> None:  # fmt: skip
        """`disk` is a file system of its own that may be filled, or None where none could be mounted."""
        self.web, self.workers, self.database, self.broker = web, workers, database, broker
        self.store, self.authority, self.disk, self.clock_file = store, authority, disk, clock_file
        self.receipts = Bell()
        self.done: Counter[str] = Counter()
        self.not_done: Counter[str] = Counter()
        """Faults that could not be done here, with the reason."""
        self.told: list[str] = []
        self._undo: dict[int, tuple[threading.Timer, Callable[[], None]]] = {}
        self._lock = threading.Lock()
        self._servers = threading.Lock()
        """Stopping and starting a server is one thing: a restart within a restart would find half of one."""

    def strike(self, fault: Fault) -> None:
        """Do the fault. Faults that wait for a server do so in a thread of their own."""
        threading.Thread(target=self._strike, args=(fault,), name=f"fault-{fault.kind}", daemon=True).start()

    def heal(self) -> None:
        """Undo everything at once."""
        with self._lock:
            waiting, self._undo = list(self._undo.values()), {}
        for timer, undo in waiting:
            timer.cancel()
            undo()
        with self._servers:
            self.store.set_mood(proxy.GOOD)
            self.authority.set_mood(time_stamps.GOOD)
        for service in (*self.web, *self.workers):
            service.go_on()

    def _strike(self, fault: Fault) -> None:
        try:
            reason = _HOW[fault.kind](self, fault)
        except Exception as error:  # noqa: BLE001 - whatever a server's client raises while the server is down
            reason = f"{type(error).__name__}: {error}"
        name = f"{fault.kind} {fault.how}" if fault.kind in {Kind.STORE_FAULT, Kind.TSA_FAULT} else str(fault.kind)
        if reason:
            self.not_done[f"{name} ({reason.strip().splitlines()[0]})"] += 1
        else:
            self.done[name] += 1

    def _later(self, fault: Fault, undo: Callable[[], None]) -> None:
        def run() -> None:
            with self._lock:
                if self._undo.pop(key, None) is None:
                    return
            undo()

        timer = threading.Timer(fault.lasts_s, run)
        key = id(timer)
        with self._lock:
            self._undo[key] = (timer, undo)
        timer.daemon = True
        timer.start()

    def kill_worker(self, fault: Fault) -> str:
        _one(self.workers, fault).kill()
        return ""

    def kill_web(self, fault: Fault) -> str:
        """The one that has just given a receipt, where one comes soon."""
        port = str(self.receipts.wait(RECEIPT_SECONDS))
        giver = next((service for service in self.web if port in service.arguments), None)
        (giver or _one(self.web, fault)).kill()
        return ""

    def kill_child(self, fault: Fault) -> str:
        return "" if _one(self.workers, fault).kill_child(fault.which) else "no child at work"

    def end_worker(self, fault: Fault) -> str:
        _one(self.workers, fault).end()
        return ""

    def end_web(self, fault: Fault) -> str:
        _one(self.web, fault).end()
        return ""

    def stop(self, services: tuple[Service, ...], fault: Fault) -> str:
        service = _one(services, fault)
        service.pause()
        self._later(fault, service.go_on)
        return ""

    def restart_broker(self, fault: Fault) -> str:
        with self._servers:
            self.broker.stop()
            time.sleep(fault.lasts_s)
            self.broker.start()
        return ""

    def wipe_broker(self, _: Fault) -> str:
        with self._servers:
            lost = self.broker.wipe()
        self.told.append(f"{lost} messages wiped")
        return ""

    def restart_database(self, fault: Fault) -> str:
        with self._servers:
            if fault.kind is Kind.DATABASE_CRASH:
                self.database.crash()
            else:
                self.database.stop()
            time.sleep(fault.lasts_s)
            self.database.start()
        return ""

    def cut_database(self, _: Fault) -> str:
        with self._servers:
            self.database.cut()
        return ""

    def spoil_store(self, fault: Fault) -> str:
        self.store.set_mood(fault.how)
        self._later(fault, lambda: self.store.set_mood(proxy.GOOD) if self.store.mood == fault.how else None)
        return ""

    def spoil_time(self, fault: Fault) -> str:
        self.authority.set_mood(fault.how)
        self._later(fault, lambda: self.authority.set_mood(time_stamps.GOOD) if self.authority.mood == fault.how else None)
        return ""

    def fill_disk(self, fault: Fault) -> str:
        if self.disk is None:
            return "no file system of its own could be mounted"
        filler = self.disk / FILLER
        with suppress(OSError), filler.open("wb", buffering=0) as out:
            while True:
                out.write(bytes(1024 * 1024))
        self._later(fault, lambda: filler.unlink(missing_ok=True))
        return ""

    def step_clock(self, fault: Fault) -> str:
        """One process gets another clock at a new start, steps it once while it works, and is killed at the end."""
        if libfaketime() is None:
            return "libfaketime is not installed"
        service = _one((*self.workers, *self.web), fault)
        self.clock_file.write_text("+0\n", encoding="ascii")
        service.clock_file = self.clock_file
        service.kill()
        halfway = threading.Timer(fault.lasts_s / 2, lambda: self.clock_file.write_text(f"{fault.how}\n", encoding="ascii"))
        halfway.daemon = True
        halfway.start()

        def right_again() -> None:
            halfway.cancel()
            service.clock_file = None
            service.kill()

        self._later(fault, right_again)
        return ""


def _one(services: tuple[Service, ...], fault: Fault) -> Service:
    return services[fault.which % len(services)]


_HOW: dict[Kind, Callable[[World, Fault], str]] = {
    Kind.KILL_WORKER: World.kill_worker,
    Kind.KILL_WEB: World.kill_web,
    Kind.KILL_CHILD: World.kill_child,
    Kind.STOP_WORKER: lambda world, fault: world.stop(world.workers, fault),
    Kind.STOP_WEB: lambda world, fault: world.stop(world.web, fault),
    Kind.END_WORKER: World.end_worker,
    Kind.END_WEB: World.end_web,
    Kind.BROKER_RESTART: World.restart_broker,
    Kind.BROKER_WIPE: World.wipe_broker,
    Kind.DATABASE_RESTART: World.restart_database,
    Kind.DATABASE_CRASH: World.restart_database,
    Kind.DATABASE_CUT: World.cut_database,
    Kind.STORE_FAULT: World.spoil_store,
    Kind.DISK_FULL: World.fill_disk,
    Kind.CLOCK_STEP: World.step_clock,
    Kind.TSA_FAULT: World.spoil_time,
}
