"""The chain of image directories in a TIFF, walked before any decoder sees it (TIFF 6.0, section 2; BigTIFF).

Decoders follow directory offsets blindly: a loop hangs or hides pages, a lying header points out of the file.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from ingest.errors import ImageDamaged, TooManyPages

_SUBFILE = 254
_REDUCED = 1
"""NewSubfileType bit 0: a thumbnail of another image in the file, no page of its own."""


@dataclass(frozen=True, slots=True)
class _Layout:
    """How numbers are written: byte order, and classic (32-bit) or BigTIFF (64-bit) offsets."""

    order: str
    big: bool

    @property
    def offset(self) -> struct.Struct:
        return struct.Struct(self.order + ("Q" if self.big else "I"))

    @property
    def count(self) -> struct.Struct:
        return struct.Struct(self.order + ("Q" if self.big else "H"))

    @property
    def entry_bytes(self) -> int:
        return 20 if self.big else 12


def page_frames(path: Path, max_pages: int) -> tuple[int, ...]:
    """The numbers of the frames that are pages (thumbnails left out), in file order.

    Raises ImageDamaged for a loop or a directory outside the file, TooManyPages.
    """
    size = path.stat().st_size
    with path.open("rb") as stream:
        layout, offset = _header(stream)
        seen: set[int] = set()
        pages: list[int] = []
        while offset:
            if offset in seen or offset >= size:
                raise ImageDamaged(page=len(seen) + 1)
            seen.add(offset)
            reduced, offset = _directory(stream, layout, offset, size, len(seen))
            if not reduced:
                pages.append(len(seen) - 1)
            if len(pages) > max_pages:
                raise TooManyPages(pages=len(pages), limit=max_pages)
    if not pages:
        raise ImageDamaged(page=1)
    return tuple(pages)


def _header(stream: BinaryIO) -> tuple[_Layout, int]:
    head = stream.read(16)
    if len(head) < 8:
        raise ImageDamaged(page=1)
    layout = _Layout("<" if head[:2] == b"II" else ">", big=head[2] == 0x2B or head[3] == 0x2B)
    at = 8 if layout.big else 4
    if len(head) < at + layout.offset.size:
        raise ImageDamaged(page=1)
    first: int = layout.offset.unpack_from(head, at)[0]
    return layout, first


def _directory(stream: BinaryIO, layout: _Layout, offset: int, size: int, page: int) -> tuple[bool, int]:
    """Whether the directory is a thumbnail's, and where the next one starts (0 = none)."""
    stream.seek(offset)
    raw = stream.read(layout.count.size)
    if len(raw) < layout.count.size:
        raise ImageDamaged(page=page)
    count: int = layout.count.unpack(raw)[0]
    if not 0 < count * layout.entry_bytes <= size - offset:
        raise ImageDamaged(page=page)
    entries = stream.read(count * layout.entry_bytes)
    following = stream.read(layout.offset.size)
    if len(entries) < count * layout.entry_bytes or len(following) < layout.offset.size:
        raise ImageDamaged(page=page)
    reduced = False
    for at in range(0, len(entries), layout.entry_bytes):
        tag = struct.unpack_from(layout.order + "H", entries, at)[0]
        if tag == _SUBFILE:
            value: int = layout.offset.unpack_from(entries, at + layout.entry_bytes - layout.offset.size)[0]
            reduced = bool(value & _REDUCED)
    return reduced, int(layout.offset.unpack(following)[0])
