"""One way through the file: its fingerprint, the digest of every signed range, and the marks that rules P1-P5 need.

Every signature of a file signs it from the first byte on, so their digests share one running digest up to the gap of the
first, and so on: a scan of 160 MB with three signatures is read and digested once, not four times.
"""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import IO

_BLOCK = 1 << 20
_OVERLAP = 16
_EOF = b"%%EOF"
_BYTE_RANGE = b"/ByteRange"
_WORD = frozenset(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_")
_MOST_ENDS = 1 << 16
"""More ends of revisions are not remembered: a file made of nothing else would fill the memory."""
DIGESTS = frozenset({"md5", "sha1", "sha224", "sha256", "sha384", "sha512"})
"""Digests that are taken along; others are left to whoever needs them."""


@dataclass(frozen=True, slots=True)
class SignedRange:
    """`[0, first)` and `[second, end)`, digested with `algorithm`. Offsets in bytes."""

    algorithm: str
    first: int
    second: int
    end: int


@dataclass(frozen=True, slots=True)
class Swept:
    """What was seen on the way."""

    size: int
    sha256: str
    """Lower-case hex, of everything."""
    digests: dict[SignedRange, bytes]
    eof_ends: tuple[int, ...]
    """Offsets just behind each `%%EOF`; the last 65,536 of them."""
    byte_ranges: int
    """How often `/ByteRange` is written."""


def sweep(handle: IO[bytes], ranges: Iterable[SignedRange] = ()) -> Swept:
    """Read `handle` from its first byte to its last.

    Raises:
        OSError: it cannot be read.
    """
    digests, marks = _Digests(sorted(set(ranges), key=lambda one: one.first)), _Marks()
    handle.seek(0)
    while block := handle.read(_BLOCK):
        digests.feed(block)
        marks.feed(block)
    marks.close()
    return Swept(digests.at, digests.of_all(), digests.found(), tuple(marks.eof_ends), marks.byte_ranges)


class _Digests:
    """Running digests of the file from its start, one for each algorithm, and what forked off at each gap."""

    def __init__(self, waiting: Sequence[SignedRange]) -> None:
        self._waiting = deque(waiting)
        self._running = {name: hashlib.new(name) for name in {"sha256", *(one.algorithm for one in waiting)}}
        self._forks: list[tuple[SignedRange, hashlib._Hash]] = []
        self.at = 0

    def feed(self, block: bytes) -> None:
        """The next bytes of the file."""
        view, start, end = memoryview(block), self.at, self.at + len(block)
        while self._waiting and self._waiting[0].first <= end:
            one = self._waiting.popleft()
            self._go(view[self.at - start : one.first - start])
            self._forks.append((one, self._running[one.algorithm].copy()))
        self._go(view[self.at - start :])
        for one, fork in self._forks:
            lower, upper = max(start, one.second), min(end, one.end)
            if lower < upper:
                fork.update(view[lower - start : upper - start])

    def _go(self, part: memoryview) -> None:
        for running in self._running.values():
            running.update(part)
        self.at += len(part)

    def of_all(self) -> str:
        """SHA-256 of everything fed."""
        return self._running["sha256"].hexdigest()

    def found(self) -> dict[SignedRange, bytes]:
        """The digests of the ranges that lie in the file."""
        return {one: fork.digest() for one, fork in self._forks if one.end <= self.at}


class _Marks:
    """Counts marks block by block; what may go on in the next block is looked at with it."""

    def __init__(self) -> None:
        self.eof_ends: deque[int] = deque(maxlen=_MOST_ENDS)
        self.byte_ranges = 0
        self._rest, self._start = b"", 0

    def feed(self, block: bytes) -> None:
        """The next bytes of the file."""
        data = self._rest + block
        self._count(data, len(data) - _OVERLAP)
        kept = min(_OVERLAP, len(data))
        self._start += len(data) - kept
        self._rest = data[len(data) - kept :]

    def close(self) -> None:
        """There is no further block."""
        self._count(self._rest, len(self._rest))

    def _count(self, data: bytes, limit: int) -> None:
        """Marks that begin before `limit`."""
        at = data.find(_EOF)
        while 0 <= at < limit:
            self.eof_ends.append(self._start + at + len(_EOF))
            at = data.find(_EOF, at + 1)
        at = data.find(_BYTE_RANGE)
        while 0 <= at < limit:
            behind = at + len(_BYTE_RANGE)
            self.byte_ranges += behind >= len(data) or data[behind] not in _WORD
            at = data.find(_BYTE_RANGE, at + 1)
