"""What runs inside a boxed child: its limits, and a guard that turns every outcome into something that pickles.

Imported by the fork server once, so it imports nothing heavy.
"""

from __future__ import annotations

import multiprocessing
import os
import resource
import signal
import tempfile
import threading
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import wait
from types import FrameType
from typing import TypeVar

from ingest.errors import CodedError

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a call did not return: its CodedError, want of memory, or the name and traceback of anything else."""

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
        return Failure(memory=short, kind=type(error).__name__, trace=traceback.format_exc())


def prepare(memory_bytes: int, scratch: str = "") -> None:
    """Set up a fresh child: limits, own process group, death with its parent, one thread, no chatter."""
    os.setpgid(0, 0)
    if scratch:  # pages of citizens never lie about in the system's own temporary folder
        tempfile.tempdir = scratch
        os.environ["TMPDIR"] = scratch
    signal.signal(signal.SIGTERM, _end_group)
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # parallelism comes from children, not from threads inside them; tesseract, numpy and OpenCV look here
    for name in ("OMP_THREAD_LIMIT", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ[name] = "1"
    threading.Thread(target=_end_with_parent, name="parent-watch", daemon=True).start()
    # libtiff, libjpeg and pdfium write their complaints to stderr, between the user's progress bars
    silence = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silence, 1)
    os.dup2(silence, 2)
    os.close(silence)


def _end_group(_number: int, _frame: FrameType | None) -> None:
    """Die together with the programs this child started (tesseract), which would otherwise run on."""
    os.killpg(os.getpgrp(), signal.SIGKILL)


def _end_with_parent() -> None:
    """Wait until the parent is gone, however it went, and follow it."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os.killpg(os.getpgrp(), signal.SIGKILL)
