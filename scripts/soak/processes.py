"""Web and worker processes as a service manager keeps them: started again when they end, each a process group of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from scripts.soak.defects import beginning

ROOT = Path(__file__).resolve().parents[2]
AGAIN_SECONDS = 1.0
"""Pause before a process that ended is started again."""
END_SECONDS = 60.0
_LIBFAKETIME = ("/usr/lib/x86_64-linux-gnu/faketime", "/usr/lib/aarch64-linux-gnu/faketime", "/usr/lib/faketime")


@dataclass
class Service:
    """One process that is kept running."""

    name: str
    arguments: tuple[str, ...]
    environment: dict[str, str]
    log: Path
    planted: str = ""
    """A bug of `scripts.soak.planted` that it carries."""
    clock_file: Path | None = None
    """While set, the process's clock is off by what the file says (libfaketime)."""
    starts: int = 0
    unasked: int = 0
    """How often it ended although nobody told it to."""
    bad_ends: list[str] = field(default_factory=list)
    """How it ended otherwise than in order when it was told to end."""
    _process: subprocess.Popen[bytes] | None = None
    _wanted: bool = True
    _killed: bool = False
    _since: float = 0.0
    _lock: threading.RLock = field(default_factory=threading.RLock)

    def start(self) -> None:
        """Start it now."""
        with self._lock, self.log.open("ab") as log:
            clock = self._clock()
            log.write(beginning(stepped=bool(clock)).encode())
            log.flush()
            program = ["scripts.soak.planted", self.planted] if self.planted else ["api.cli.main"]
            self._process = subprocess.Popen(
                [sys.executable, "-m", *program, *self.arguments],
                env=self.environment | clock, cwd=ROOT, stdout=log, stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip
            self._killed = False
            self.starts += 1

    def look(self) -> None:
        """Start it again if it has ended; called every so often."""
        with self._lock:
            if not self._wanted or self._process is None or self._process.poll() is None:
                self._since = 0.0
                return
            if not self._since:
                self._since = time.monotonic()
                self.unasked += not self._killed
                self._signal(signal.SIGKILL)  # what its group left behind
            elif time.monotonic() - self._since >= AGAIN_SECONDS:
                self._since = 0.0
                self.start()

    def kill(self) -> None:
        """SIGKILL to the whole group, as a power cut."""
        with self._lock:
            self._killed = True
            self._signal(signal.SIGKILL)
            if self._process is not None:
                self._process.wait(timeout=20)

    def pause(self) -> None:
        """SIGSTOP to the whole group."""
        self._signal(signal.SIGSTOP)

    def go_on(self) -> None:
        """SIGCONT."""
        self._signal(signal.SIGCONT)

    def end(self) -> None:
        """SIGTERM, as a service manager does; it is started again by `look`."""
        with self._lock:
            self._killed = True
            process = self._process
            if process is None or process.poll() is not None:
                return
            process.terminate()
        self._ended(process)

    def close(self) -> None:
        """SIGTERM, and not started again; killed if that does not help."""
        with self._lock:
            self._wanted = False
        self.end()

    def kill_child(self, which: int) -> bool:
        """SIGKILL to one of its child processes; False if it has none."""
        with suppress(psutil.Error):
            children = psutil.Process(self._process.pid).children(recursive=True) if self._process else []
            if children:
                sorted(children, key=lambda child: child.pid)[which % len(children)].kill()
                return True
        return False

    def _ended(self, process: subprocess.Popen[bytes]) -> None:
        try:
            code = process.wait(timeout=END_SECONDS)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGABRT)  # its log then says where each thread stood (PYTHONFAULTHANDLER)
            process.wait(timeout=20)
            self._signal(signal.SIGKILL)
            self.bad_ends.append(f"not within {END_SECONDS:g} s")
            return
        # A kill meanwhile is ours, and so is a signal before the program listened to it.
        if code not in {0, -signal.SIGKILL, -signal.SIGTERM}:
            self.bad_ends.append(f"exit {code}")

    def _signal(self, number: int) -> None:
        process = self._process
        if process is not None:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, number)

    def _clock(self) -> dict[str, str]:
        library = libfaketime()
        if self.clock_file is None or library is None:
            return {}
        return {
            "LD_PRELOAD": str(library), "FAKETIME_TIMESTAMP_FILE": str(self.clock_file), "FAKETIME_CACHE_DURATION": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1", "FAKETIME_DONT_RESET": "1",
        }  # fmt: skip


def libfaketime() -> Path | None:
    """The library that gives a process another clock, or None where it is not installed."""
    found = (Path(folder, "libfaketimeMT.so.1") for folder in _LIBFAKETIME)
    return next((path for path in found if path.exists()), None)


class Keeper:
    """A thread that looks at every service."""

    def __init__(self, services: tuple[Service, ...]) -> None:
        self._services = services
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="keeper", daemon=True)

    def start(self) -> None:
        """Start every service, and keep it running."""
        for service in self._services:
            service.start()
        self._thread.start()

    def close(self) -> None:
        """End every service in order."""
        self._stop.set()
        self._thread.join(timeout=10)
        closing = [threading.Thread(target=service.close) for service in self._services]
        for one in closing:
            one.start()
        for one in closing:
            one.join()

    def _run(self) -> None:
        while not self._stop.wait(0.2):
            for service in self._services:
                service.look()
