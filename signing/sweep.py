"""One way through the file: its fingerprint, the digest of every signed range, and the marks that rules P1-P5 need.

Every signature of a file signs it from the first byte on, so their digests share one running digest up to the gap of the
first, and so on: a scan of 160 MB with three signatures is read and digested once, not four times. A file that was swept and
then only grew is read and digested again, but searched for marks from where the first sweep ended.
"""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import IO

_BLOCK = 1 << 18
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
class Begun:
    """What a file begins with."""

    running: hashlib._Hash
    """SHA-256 of it; to be copied, not fed."""
    size: int
    """Bytes."""


@dataclass(frozen=True, slots=True)
class Point:
    """Where a sweep stood at the end of its file, to go on from there when the file has grown."""

    begun: Begun
    eof_ends: tuple[int, ...]
    byte_ranges: int
    open_from: int
    """Marks were counted that begin before this place."""


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
    point: Point = field(compare=False, repr=False)
    grown: bool = False
    """Whether the file begins with the whole file that was swept before (by SHA-256)."""


def sweep(handle: IO[bytes], ranges: Iterable[SignedRange] = (), before: Point | None = None) -> Swept:
    """Read `handle` from its first byte to its last.

    Args:
        handle: of a file; every byte of it is read and digested, whatever was before.
        ranges: what is to be digested beside the whole.
        before: what a sweep saw of the file that this one should begin with. Its marks count here if the bytes are the same.

    Raises:
        OSError: it cannot be read.
    """
    wanted = set(ranges)
    if before is not None:
        beginning = SignedRange("sha256", *[before.begun.size] * 3)
        swept = _sweep(handle, wanted | {beginning}, before)
        if swept.digests.get(beginning) == before.begun.running.digest():
            return replace(swept, grown=True)
    return _sweep(handle, wanted, None)


def _sweep(handle: IO[bytes], ranges: Iterable[SignedRange], before: Point | None) -> Swept:
    digests, marks = _Digests(sorted(ranges, key=lambda one: one.first)), _Marks(before)
    # One piece of memory for all blocks, small enough for the processor's cache; in front, what may go on in the next block.
    window = bytearray(_OVERLAP + _BLOCK)
    view, kept = memoryview(window), 0
    handle.seek(0)
    while read := _filled(handle, view[_OVERLAP:]):
        digests.feed(view[_OVERLAP : _OVERLAP + read])
        known = min(max(0, marks.at - (digests.at - read - kept)), kept + read)
        marks.feed(window, _OVERLAP - kept + known, _OVERLAP + read)
        kept = min(_OVERLAP, kept + read)
        view[_OVERLAP - kept : _OVERLAP] = bytes(view[_OVERLAP + read - kept : _OVERLAP + read])
    point = Point(digests.whole(), tuple(marks.eof_ends), marks.byte_ranges, marks.at)
    marks.close(window, _OVERLAP - kept, _OVERLAP)
    return Swept(digests.at, point.begun.running.hexdigest(), digests.found(), tuple(marks.eof_ends), marks.byte_ranges, point)


def _filled(handle: IO[bytes], view: memoryview) -> int:
    """Read what fits; how many bytes came."""
    return handle.readinto(view) or 0  # type: ignore[attr-defined]  # binary streams have it


class _Digests:
    """Running digests of the file from its start, one for each algorithm, and what forked off at each gap."""

    def __init__(self, waiting: Sequence[SignedRange]) -> None:
        self._waiting = deque(waiting)
        self._running = {name: hashlib.new(name) for name in {"sha256", *(one.algorithm for one in waiting)}}
        self._forks: list[tuple[SignedRange, hashlib._Hash]] = []
        self.at = 0

    def feed(self, view: memoryview) -> None:
        """The next bytes of the file."""
        start, end = self.at, self.at + len(view)
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

    def whole(self) -> Begun:
        """Everything fed, to go on from."""
        return Begun(self._running["sha256"].copy(), self.at)

    def found(self) -> dict[SignedRange, bytes]:
        """The digests of the ranges that lie in the file."""
        return {one: fork.digest() for one, fork in self._forks if one.end <= self.at}


class _Marks:
    """Counts marks block by block; what may go on in the next block is looked at with it."""

    def __init__(self, before: Point | None) -> None:
        self.eof_ends: deque[int] = deque(before.eof_ends if before else (), maxlen=_MOST_ENDS)
        self.byte_ranges = before.byte_ranges if before else 0
        self.at = before.open_from if before else 0
        """Where in the file the next mark may begin."""

    def feed(self, window: bytearray, start: int, end: int) -> None:
        """The next bytes of the file, from `start` in the window: what the last block left open, then the block."""
        open_from = max(start, end - _OVERLAP)
        self._count(window, start, end, open_from)
        self.at += open_from - start

    def close(self, window: bytearray, start: int, end: int) -> None:
        """There is no further block."""
        self._count(window, start, end, end)

    def _count(self, window: bytearray, start: int, end: int, limit: int) -> None:
        """Marks that begin from `start` on, before `limit`."""
        ends = _places(window, _EOF, start, end, limit)
        self.eof_ends.extend(self.at + place - start + len(_EOF) for place in reversed(ends))
        for place in _places(window, _BYTE_RANGE, start, end, limit):
            behind = place + len(_BYTE_RANGE)
            self.byte_ranges += behind >= end or window[behind] not in _WORD


def _places(window: bytearray, mark: bytes, start: int, end: int, limit: int) -> list[int]:
    """Where a mark begins before `limit`, last first: searching backwards takes half as long as forwards."""
    found, last = [], min(end, limit + len(mark) - 1)
    while (place := window.rfind(mark, start, last)) >= 0:
        found.append(place)
        last = place + len(mark) - 1
    return found
