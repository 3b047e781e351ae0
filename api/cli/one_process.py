"""A box without child processes, for one quick command on files its user chose: limits of memory and time on ourselves.

Weaker than `ingest.sandbox.ProcessBox`: a crash of native code ends the command, and native code that hangs is stopped only
when it comes back to Python. Servers and workers never use it.
"""

from __future__ import annotations

import os
import resource
import signal
from collections.abc import Callable
from types import FrameType
from typing import Never, TypeVar

from ingest.errors import BoxCrash, BoxMemory, BoxTimeout, CodedError
from ingest.options import BoxOptions

T = TypeVar("T")


class OneProcessBox:
    """Runs functions in this process (main thread only) under the limits of `options`."""

    def __init__(self, options: BoxOptions) -> None:
        self._seconds = options.seconds
        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        most = options.memory_bytes if hard == resource.RLIM_INFINITY else min(options.memory_bytes, hard)
        resource.setrlimit(resource.RLIMIT_AS, (most, hard))
        # One page at a time gains nothing from threads inside the engine; they only burn more CPU seconds.
        os.environ["OMP_THREAD_LIMIT"] = "1"

    def run(self, function: Callable[..., T], *args: object, seconds: int | None = None) -> T:
        """What `function(*args)` returns; raises its CodedError, or BoxTimeout, BoxMemory, BoxCrash."""
        limit = seconds or self._seconds

        def expired(_signal: int, _frame: FrameType | None) -> Never:
            raise BoxTimeout(seconds=limit)

        before = signal.signal(signal.SIGALRM, expired)
        signal.setitimer(signal.ITIMER_REAL, limit)
        try:
            return function(*args)
        except (CodedError, OSError):
            raise
        except MemoryError as error:
            raise BoxMemory from error
        except Exception as error:
            raise BoxCrash(reason=type(error).__name__) from error
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, before)
