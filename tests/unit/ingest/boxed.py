"""Functions that tests run inside a box."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

from ingest.errors import IngestError


def double(value: int) -> int:
    return 2 * value


def pid() -> int:
    return os.getpid()


def modules() -> list[str]:
    return sorted(sys.modules)


def coded() -> None:
    raise IngestError(page=3)


def odd() -> None:
    class Local(Exception):
        """Cannot be pickled."""

    raise Local


def eat() -> int:
    return len(bytearray(8 * 1024**3))


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def segv() -> None:
    os.kill(os.getpid(), signal.SIGSEGV)


def hang() -> None:
    while True:
        signal.pause()


def hang_with_grandchild(told: str) -> None:
    with subprocess.Popen(["sleep", "3600"]) as child:
        Path(told).write_text(f"{os.getpid()} {child.pid}", encoding="ascii")
        child.wait()
