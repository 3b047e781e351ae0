"""How PDFs are read with pyHanko: the same objects, without the pages of a large scan in memory.

pyHanko reads every stream it meets into memory and keeps it, and reads hexadecimal strings byte by byte. Walking a scan of
160 MB to see what a revision overrides then costs 400 MB, and the space reserved for a signature a tenth of its verification.
Here the bytes of a stream stay in the file until somebody asks for them, and strings are read by blocks. What is read is the
same: `tests/unit/signing/test_reading.py` compares both ways.
"""

# mypy: allow-untyped-calls
# (pyHanko is typed in parts)
from __future__ import annotations

import binascii
from collections.abc import Callable
from typing import IO, Any

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import HistoricalResolver, PdfFileReader

_LARGE = 1 << 14
"""Streams of fewer bytes are kept as they are."""
_BLOCK = 1 << 13
_WHITE = b"\x00\t\n\x0c\r "
_HEX = b"0123456789abcdefABCDEF" + _WHITE
_by_byte = generic.read_hex_string_from_stream


class Reader(PdfFileReader):
    """A reader that leaves large streams in the file."""

    def _read_object(self, ref: generic.Reference, marker: Any, *args: Any, **kwargs: Any) -> Any:
        found = super()._read_object(ref, marker, *args, **kwargs)
        # Exactly this type: XMP has its own, and encrypted objects come wrapped.
        if type(found) is not generic.StreamObject or len(found.encoded_data) < _LARGE:
            return found
        again = super()._read_object
        distant = DistantStream(dict(found), lambda: bytes(again(ref, marker, *args, **kwargs).encoded_data))
        distant.container_ref = found.container_ref
        return distant

    def get_historical_resolver(self, revision: int) -> HistoricalResolver:
        """The file as it was in a revision."""
        known = self._historical_resolver_cache
        if revision not in known:
            known[revision] = _Revision(self, revision)
        return known[revision]


class DistantStream(generic.StreamObject):
    """A stream whose bytes stay in the file until somebody asks for them."""

    def __init__(self, entries: dict[Any, Any], fetch: Callable[[], bytes]) -> None:
        """`fetch` reads the bytes as they are encoded in the file."""
        self.fetch = fetch
        self._own: bytes | None = None
        super().__init__(entries)

    @property
    def _encoded_data(self) -> bytes:
        return self.fetch() if self._own is None else self._own

    @_encoded_data.setter
    def _encoded_data(self, data: bytes | None) -> None:
        self._own = data


class _Revision(HistoricalResolver):
    """A revision that copies objects without fetching distant streams."""

    def _subsume_object(self, obj: Any) -> Any:
        if not isinstance(obj, DistantStream):
            return super()._subsume_object(obj)
        place: Any = obj.get_container_ref()
        copy = DistantStream({key: self._subsume_object(value) for key, value in obj.items()}, obj.fetch)
        copy.container_ref = generic.Reference(idnum=place.idnum, generation=place.generation, pdf=self)
        return copy


def hex_string(stream: IO[bytes]) -> Any:
    """A hexadecimal string read by blocks; whatever is odd about it is left to pyHanko's own way, byte by byte."""
    start = stream.tell()
    stream.read(1)
    parts: list[bytes] = []
    while block := stream.read(_BLOCK):
        end = block.find(b">")
        part = block if end < 0 else block[:end]
        if part.translate(None, _HEX):
            break
        parts.append(part)
        if end >= 0:
            written = b"".join(parts)
            stream.seek(start + len(written) + 2)
            digits = written.translate(None, _WHITE)
            return generic.pdf_string(binascii.unhexlify(digits + b"0" * (len(digits) % 2)))
    stream.seek(start)
    return _by_byte(stream)


generic.read_hex_string_from_stream = hex_string
