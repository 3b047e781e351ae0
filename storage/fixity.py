"""Is an object still what was stored: read it, hash it, say how it is. Knows no database."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable

from ingest.model import ObjectRef
from ingest.ports import ObjectStore
from storage.errors import ObjectMissing
from storage.preservation import Health

_CHUNK = 1 << 20
_LEAST_WAIT_S = 0.02


class Pace:
    """How fast and how long bytes are read: a budget shared by one run."""

    def __init__(self, bytes_per_second: int, seconds: float, *, wait: Callable[[float], object] = time.sleep) -> None:
        """`bytes_per_second` 0 sets no limit."""
        self._limit, self._wait = bytes_per_second, wait
        self._start = time.monotonic()
        self._end = self._start + seconds
        self.read_bytes = 0

    def took(self, count: int) -> None:
        """So many bytes were read; waits when that was faster than allowed."""
        self.read_bytes += count
        if not self._limit:
            return
        ahead = self.read_bytes / self._limit - (time.monotonic() - self._start)
        if ahead > _LEAST_WAIT_S:
            self._wait(ahead)

    @property
    def over(self) -> bool:
        """Whether the time is used up."""
        return time.monotonic() >= self._end


def examine(store: ObjectStore, ref: ObjectRef, pace: Pace | None = None) -> Health:
    """Read the whole object and compare its hash and length with its name.

    Raises:
        StoreUnavailable: the store does not answer; nothing is known of the object.
    """
    digest, size = hashlib.sha256(), 0
    try:
        with store.open_range(ref.sha256) as stream:
            while chunk := stream.read(_CHUNK):
                digest.update(chunk)
                size += len(chunk)
                if pace is not None:
                    pace.took(len(chunk))
    except ObjectMissing:
        return Health.MISSING
    return Health.GOOD if digest.hexdigest() == ref.sha256 and size == ref.size else Health.CORRUPT
