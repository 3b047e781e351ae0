"""Boxes for untrusted work: a pure function runs in a child process that may hang, burst or die without harm.

Invariants: a call ends within its seconds; a child never has more address space than its limit, writes no core file and no
larger file than its limit, opens no socket (where the kernel has seccomp) and keeps its temporary files to itself; children
(and programs they started) end with their parent; only CodedErrors leave. Does not: know what the function does.
"""

from __future__ import annotations

import atexit
import logging
import pickle
import shutil
import signal
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError
from concurrent.futures import TimeoutError as FutureTimeout
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.context import ForkServerContext, ForkServerProcess
from multiprocessing.popen_forkserver import Popen
from pathlib import Path
from types import ModuleType, TracebackType
from typing import Self, TypeVar

from pebble import CONSTS, ProcessExpired, ProcessPool

from ingest.capacity import at_once
from ingest.errors import BoxCrash, BoxMemory, BoxTimeout, CodedError
from ingest.options import BoxOptions
from ingest.sandbox_child import Failure, guarded, prepare, whence
from ingest.scratch import sweep

T = TypeVar("T")
_LOG = logging.getLogger(__name__)

_KILL_AFTER_S = 0.5
"""A child that ignores SIGTERM is killed after so long; Pebble's 3 s would keep all other calls waiting."""

_MAIN_LOCK = threading.Lock()
_PRELOADED: dict[str, None] = {}
"""What any box of this process asks for, in that order: all children are forked from one process, which the first call starts."""


@contextmanager
def _no_main() -> Iterator[None]:
    """Hide the main module while a child is described: children would run the console script's imports again."""
    with _MAIN_LOCK:
        main = sys.modules["__main__"]
        sys.modules["__main__"] = ModuleType("__main__")
        try:
            yield
        finally:
            sys.modules["__main__"] = main


class _Child(ForkServerProcess):
    """A child that imports only what its function needs."""

    @staticmethod
    def _Popen(process_obj: object) -> Popen:  # noqa: N802 - the name multiprocessing calls
        with _no_main():
            return Popen(process_obj)  # type: ignore[arg-type]


class _Context(ForkServerContext):
    Process = _Child


class ProcessBox:
    """Long-lived child processes on Pebble, one call each at a time; safe to use from many threads.

    Children start with the first call. `preload` names modules which children share from the start (imported once): what nearly
    every child uses. What few use, they import themselves.
    """

    def __init__(self, options: BoxOptions, preload: tuple[str, ...] = (), scratch: str = "") -> None:
        """`scratch` holds the children's temporary folders (default: one of this box in the system's)."""
        self.options = options
        _PRELOADED.update(dict.fromkeys(preload))
        self._lock = threading.Lock()
        self._pool: ProcessPool | None = None
        self._closed = False
        self._scratch = Path(scratch) if scratch else None
        self._made: Path | None = None
        atexit.register(self.close)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def run(self, function: Callable[..., T], *args: object, seconds: int | None = None) -> T:
        """What `function(*args)` returns in a child; `seconds` overrides the option for this call.

        `function` must be importable by name, arguments and result must pickle. Raises its CodedError, or BoxTimeout,
        BoxMemory, BoxCrash (also for an exception that is no CodedError: it is logged with its places in the code).
        """
        limit = seconds or self.options.seconds
        for last in (False, True):
            try:
                return self._once(function, args, limit)
            except BrokenProcessPool as error:
                # an idle child was killed from outside: the function is pure, so it may start anew once
                if last:
                    raise BoxCrash(reason="pool") from error
        raise BoxCrash(reason="pool")

    def close(self) -> None:
        """Kill the children and refuse further calls; waits until they are gone. Idempotent."""
        with self._lock:
            self._closed = True
            pool, self._pool = self._pool, None
        atexit.unregister(self.close)
        if pool is not None:
            _end(pool)
            self._tidy()
        if self._made is not None:
            shutil.rmtree(self._made, ignore_errors=True)

    def _tidy(self) -> None:
        """Remove what children left that did not end in order."""
        if folder := self._scratch or self._made:
            sweep(folder)

    def _once(self, function: Callable[..., T], args: tuple[object, ...], seconds: int) -> T:
        try:
            future = self._running().schedule(guarded, args=(function, args), timeout=seconds)
        except RuntimeError as error:
            raise BrokenProcessPool(str(error)) from error
        try:
            outcome = future.result()
        except FutureTimeout as error:
            self._tidy()
            raise BoxTimeout(seconds=seconds) from error
        except CancelledError as error:
            raise BoxCrash(reason="closed") from error
        except ProcessExpired as error:
            self._tidy()
            raise BoxCrash(reason=_exit_name(error.exitcode)) from error
        except (pickle.PicklingError, AttributeError, TypeError) as error:
            raise BoxCrash(reason=type(error).__name__) from error
        except KeyboardInterrupt:
            future.cancel()  # type: ignore[no-untyped-call]
            raise
        if isinstance(outcome, Failure):
            raise _as_error(outcome)
        value: T = outcome
        return value

    def _running(self) -> ProcessPool:
        """The pool, started or restarted when it broke."""
        with self._lock:
            if self._closed:
                raise BoxCrash(reason="closed")
            if self._pool is not None and not self._pool.active:
                _end(self._pool)  # a child left in it would keep this process from ending
                self._pool = None
            if self._pool is None:
                self._pool = self._start()
            return self._pool

    def _start(self) -> ProcessPool:
        CONSTS.term_timeout = _KILL_AFTER_S
        if self._scratch is None and self._made is None:
            self._made = Path(tempfile.mkdtemp(prefix="sohoa-box-"))
        context = _Context()
        context.set_forkserver_preload(
            ["ingest.one_thread", "ingest.preload_begins", "ingest.sandbox_child", *_PRELOADED, "ingest.preload_ends"]
        )
        return ProcessPool(
            max_workers=self.options.workers or at_once(self.options.child_bytes),
            max_tasks=self.options.calls_per_child,
            initializer=prepare,
            initargs=(self.options, self._scratch or self._made),
            context=context,
        )


def _end(pool: ProcessPool) -> None:
    """Kill its children; waits until they are gone."""
    pool.stop()  # type: ignore[no-untyped-call]
    pool.join()


def _exit_name(code: int) -> str:
    """`SIGSEGV` for a death by signal, `exit 3` otherwise."""
    if code < 0:
        return signal.Signals(-code).name if -code in set(signal.Signals) else f"signal {-code}"
    return f"exit {code}"


def _as_error(failure: Failure) -> CodedError:
    if failure.coded is not None:
        return failure.coded
    if failure.memory:
        return BoxMemory()
    _LOG.error("a boxed call failed unexpectedly: %s", failure.trace)
    return BoxCrash(reason=failure.kind)


@dataclass(frozen=True, slots=True)
class InlineBox:
    """The same port in this process, for trusted use and tests: no limits on time and memory."""

    def run(self, function: Callable[..., T], *args: object, seconds: int | None = None) -> T:  # noqa: ARG002 - the port's
        """What `function(*args)` returns; raises its CodedError, or BoxMemory, BoxCrash."""
        try:
            return function(*args)
        except CodedError:
            raise
        except MemoryError as error:
            raise BoxMemory from error
        except Exception as error:
            _LOG.error("an inline call failed unexpectedly: %s", whence(error))
            raise BoxCrash(reason=type(error).__name__) from error

    def close(self) -> None:
        """Nothing to release."""
