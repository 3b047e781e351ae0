"""Signs of life of a pipeline: did a thread look for work, did one take a step, how many are in hand."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from time import monotonic


@dataclass(frozen=True, slots=True)
class Seen:
    """What happened since the last time somebody asked."""

    polled: bool
    took: bool
    busy: int
    newest_s: float
    """Seconds since the newest step in hand was taken; 0 without one."""


class Signs:
    """May be used from many threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._polled = self._took = False
        self._in_hand: dict[int, float] = {}
        self._ended = threading.Event()

    def polled(self) -> None:
        """A thread looked for work, and the database answered."""
        with self._lock:
            self._polled = True

    @contextmanager
    def taking(self) -> Iterator[None]:
        """A step is in the hand of this thread."""
        with self._lock:
            self._took = True
            self._in_hand[threading.get_ident()] = monotonic()
        try:
            yield
        finally:
            with self._lock:
                self._in_hand.pop(threading.get_ident(), None)
            self._ended.set()

    def step_ended(self, seconds: float) -> bool:
        """Whether a step has ended since the last call; waits for one at most so long. For one waiting thread."""
        ended = self._ended.wait(seconds)
        self._ended.clear()
        return ended

    def take(self) -> Seen:
        """The signs since the last call."""
        with self._lock:
            newest = monotonic() - max(self._in_hand.values()) if self._in_hand else 0.0
            seen = Seen(self._polled, self._took, len(self._in_hand), newest)
            self._polled = self._took = False
            return seen
