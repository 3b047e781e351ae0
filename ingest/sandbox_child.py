"""What runs inside a boxed child: its limits, and a guard that turns every outcome into something that pickles.

Imported by the fork server once, so it imports nothing heavy. A child has no network and no sockets at all (`ingest.cut_off`), a
temporary folder of its own, and limits of address space, of the size of a file it writes and of open files.
"""

from __future__ import annotations

import multiprocessing
import os
import resource
import shutil
import signal
import tempfile
import threading
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import wait
from multiprocessing.util import Finalize
from pathlib import Path
from traceback import extract_tb
from types import FrameType
from typing import TypeVar

from ingest.cut_off import cut_off
from ingest.errors import CodedError
from ingest.options import BoxOptions
from ingest.scratch import held

T = TypeVar("T")
_FRAMES = 12


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a call did not return: its CodedError, want of memory, or the name of anything else and where it happened."""

    coded: CodedError | None = None
    memory: bool = False
    kind: str = ""
    trace: str = ""


def guarded(function: Callable[..., T], args: tuple[object, ...]) -> T | Failure:
    """The result of the call, or a Failure: third-party exceptions often cannot be unpickled and would break the pool."""
    try:
        return function(*args)
    except CodedError as error:
        return Failure(coded=error)
    except MemoryError:
        return Failure(memory=True)
    except Exception as error:  # noqa: BLE001 - everything becomes a line someone can act on
        # OpenCV and C++ libraries report want of memory in their own words
        short = "Insufficient memory" in str(error) or "bad_alloc" in str(error)
        return Failure(memory=short, kind=type(error).__name__, trace=whence(error))


def whence(error: BaseException) -> str:
    """The kind of an exception and the places in the code, innermost first, for logs.

    What it says of itself is left out: that may be a path, a row, a field of somebody's paper.
    """
    frames = reversed(extract_tb(error.__traceback__)[-_FRAMES:])
    places = " < ".join(f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames)
    return f"{type(error).__name__} at {places}"


def prepare(options: BoxOptions, scratch: Path) -> None:
    """Set up a fresh child: limits, own process group and folder, no network, death with its parent, no chatter."""
    os.setpgid(0, 0)
    _own_folder(scratch)
    signal.signal(signal.SIGTERM, _end_group)
    for limit, most in (
        (resource.RLIMIT_AS, options.memory_bytes),
        (resource.RLIMIT_FSIZE, options.file_bytes),
        (resource.RLIMIT_NOFILE, options.open_files),
        (resource.RLIMIT_CORE, 0),
    ):
        _, hard = resource.getrlimit(limit)
        least = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(limit, (least, least))
    cut_off()  # before any thread starts: the filter holds for this one and all that follow
    threading.Thread(target=_end_with_parent, name="parent-watch", daemon=True).start()
    # libtiff, libjpeg and pdfium write their complaints to stderr, between the user's progress bars
    silence = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silence, 1)
    os.dup2(silence, 2)
    os.close(silence)


def _own_folder(scratch: Path) -> None:
    """A temporary folder that no other child uses; gone with an orderly end, swept after any other (`ingest.scratch`)."""
    folder, lock = held(scratch)
    tempfile.tempdir = os.environ["TMPDIR"] = str(folder)

    def leave() -> None:
        shutil.rmtree(folder, ignore_errors=True)
        lock.close()

    Finalize(None, leave, exitpriority=0)


def _end_group(_number: int, _frame: FrameType | None) -> None:
    """Die together with the programs this child started (tesseract), which would otherwise run on."""
    os.killpg(os.getpgrp(), signal.SIGKILL)


def _end_with_parent() -> None:
    """Wait until the parent is gone, however it went, and follow it."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os.killpg(os.getpgrp(), signal.SIGKILL)
