"""Functions that tests run inside a box."""

from __future__ import annotations

import gc
import os
import resource
import signal
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

from ingest.cut_off import is_cut_off
from ingest.errors import ArchiveDamaged, IngestError
from ingest.guard import refusing


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


def call_out(port: int) -> str:
    """Try to reach a listening port of this machine, directly and from a program started for it."""
    with subprocess.Popen(["bash", "-c", f"exec 3<>/dev/tcp/127.0.0.1/{port}"], stderr=subprocess.DEVNULL) as program:
        reached = program.wait() == 0
    try:
        socket.create_connection(("127.0.0.1", port), 5).close()
    except PermissionError:
        return "both reached" if reached else f"refused, cut off {is_cut_off()}"
    return "reached"


def limits() -> tuple[int, ...]:
    names = (resource.RLIMIT_AS, resource.RLIMIT_FSIZE, resource.RLIMIT_NOFILE, resource.RLIMIT_CORE)
    return tuple(number for name in names for number in resource.getrlimit(name))


def write(folder: str, size: int) -> None:
    with refusing(ArchiveDamaged), Path(folder, "big").open("wb") as out:
        out.truncate(size)


def temporary(leave: str = "") -> str:
    """Where temporary files go; a program started here would put them there, too."""
    folder = tempfile.gettempdir()
    if leave:
        Path(folder, leave).touch()
    assert os.environ["TMPDIR"] == folder
    return folder


def die_leaving() -> None:
    temporary("something")
    os.kill(os.getpid(), signal.SIGKILL)


def shared(name: str) -> tuple[bool, bool, bool]:
    """Whether the module was there before the child began, whether garbage is looked for, whether what was there is left out."""
    return name in sys.modules, gc.isenabled(), gc.get_freeze_count() > 1000
