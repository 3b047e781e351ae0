"""Counts tries from network addresses, so that nobody tries without end. In memory, for this process."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict

MOST_ADDRESSES = 10_000
MINUTE_S = 60.0


class Turnstile:
    """May be used from many threads."""

    def __init__(self, most_a_minute: int) -> None:
        self._most = most_a_minute
        self._lock = threading.Lock()
        self._seen: OrderedDict[str, tuple[float, int]] = OrderedDict()

    def wait_s(self, address: str) -> int:
        """Count a try; 0 if it may go on, else after how many seconds to come again."""
        now = time.monotonic()
        with self._lock:
            since, count = self._seen.pop(address, (now, 0))
            if now - since >= MINUTE_S:
                since, count = now, 0
            self._seen[address] = (since, count + 1)
            while len(self._seen) > MOST_ADDRESSES:
                self._seen.popitem(last=False)
        return max(1, round(MINUTE_S - (now - since))) if count + 1 > self._most else 0
