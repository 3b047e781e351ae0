"""A box without child processes, for one quick command on files its user chose: limits of memory and time on ourselves.

Weaker than `ingest.sandbox.ProcessBox`: a crash of native code ends the command, and native code that hangs is stopped only
when it comes back to Python. Servers and workers never use it.
"""

from __future__ import annotations

import resource
import signal
from collections.abc import Callable
from types import FrameType, TracebackType
from typing import Never, Self, TypeVar

import ingest.one_thread  # noqa: F401 - one page at a time gains nothing from threads inside libraries
from ingest.errors import BoxCrash, BoxMemory, BoxTimeout, CodedError
from ingest.options import BoxOptions

T = TypeVar("T")


class OneProcessBox:
    """Runs functions in this process (main thread only) under the limits of `options`, which hold inside the `with` block."""

    def __init__(self, options: BoxOptions) -> None:
        self._options = options
        self._before = resource.getrlimit(resource.RLIMIT_AS)

    def __enter__(self) -> Self:
        _, hard = self._before
        most = self._options.memory_bytes
        resource.setrlimit(resource.RLIMIT_AS, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        resource.setrlimit(resource.RLIMIT_AS, self._before)

    def run(self, function: Callable[..., T], *args: object, seconds: int | None = None) -> T:
        """What `function(*args)` returns; raises its CodedError, or BoxTimeout, BoxMemory, BoxCrash."""
        limit = seconds or self._options.seconds

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
