"""PDFs with something before their header, as pyHanko can read them."""

from __future__ import annotations

import io
from typing import IO, Any

_HEADER = 20
"""As many bytes as pyHanko reads, one by one, for the header."""


class Shifted(io.RawIOBase):
    """A file from a later byte on, as if it began there; or with the header shown at its start until it was read once.

    pyHanko wants the header at the first byte, many files have something before it.
    """

    def __init__(self, handle: IO[bytes], start: int, header_at: int) -> None:
        """Offsets count from `start`; where `header_at` is not 0, the header is there and offsets count from the first byte."""
        super().__init__()
        self._handle, self._start, self._header_at = handle, start, header_at

    def readable(self) -> bool:
        """Always."""
        return True

    def seekable(self) -> bool:
        """Always."""
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Counted from the later byte."""
        moved = offset + self._start if whence == io.SEEK_SET else offset
        return self._handle.seek(moved, whence) - self._start

    def tell(self) -> int:
        """Counted from the later byte."""
        return self._handle.tell() - self._start

    def readinto(self, buffer: Any) -> int:
        """One byte after the other means that pyHanko looks for the header; everything else is read as it stands."""
        at = self._handle.tell()
        if self._header_at and len(buffer) == 1 and at < _HEADER:
            self._handle.seek(self._header_at + at)
            data = self._handle.read(1)
            self._handle.seek(at + 1)
        else:
            data = self._handle.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)
