"""How PDFs are read with pyHanko: the same objects, without the pages of a large scan in memory.

pyHanko reads every stream it meets into memory and keeps it, and reads names and hexadecimal strings byte by byte. Walking a
scan of 160 MB to see what a revision overrides then costs 400 MB, and the space reserved for signatures a quarter of their
verification. Here the bytes of a stream stay in the file until somebody asks for them, and tokens are read by blocks, plainly
written dictionaries at once (`signing.plain`). What is read is the same: `tests/unit/signing/test_reading.py` compares both ways.
"""

# mypy: allow-untyped-calls
# (pyHanko is typed in parts)
from __future__ import annotations

import binascii
import os
import re
from collections.abc import Callable, Mapping
from typing import IO, Any

from pyhanko.pdf_utils import generic, misc
from pyhanko.pdf_utils.reader import HistoricalResolver, PdfFileReader, RawPdfPath

from signing import paths, plain

_LARGE = 1 << 14
"""Streams of fewer bytes are kept as they are."""
_BLOCK = 1 << 13
_WHITE = b"\x00\t\n\x0c\r "
_HEX = b"0123456789abcdefABCDEF" + _WHITE
_TOKEN = 64
_NEVER = 1 << 62
"""No revision says when an object changed: it is not taken for unchanged in any."""
_LEAVES = frozenset(
    {
        generic.NameObject, generic.NumberObject, generic.FloatObject, generic.BooleanObject, generic.NullObject,
        generic.TextStringObject, generic.ByteStringObject,
    }
)  # fmt: skip
_DELIMITER = re.compile(rb"[ \n\r\t\x0c\x00()<>\[\]{}/%]")
_PLAIN = re.compile(rb"[A-Za-z0-9!\"$&'*+,\-.:;=?@\\^_`|~]*")
_by_byte = generic.read_hex_string_from_stream
_token_by_byte = misc.read_until_delimiter
_name_by_byte = generic._decode_name  # noqa: SLF001


class Reader(PdfFileReader):
    """A reader that leaves large streams in the file."""

    def __init__(self, stream: Any, strict: bool = True) -> None:
        """As pyHanko's, with its default limits of decoding."""
        self.children: paths.Children = {}
        self._changed: dict[paths.Place, int] = {}
        self._plainly = False
        super().__init__(stream, strict)
        self._plainly = "/Encrypt" not in self.trailer.flatten()

    def as_of(self, ref: generic.Reference, revision: int) -> tuple[Any, bool]:
        """The object as it was in a revision, not copied, and whether it is so still."""
        place = (ref.idnum, ref.generation)
        if place not in self._changed:
            try:
                self._changed[place] = self.xrefs.get_last_change(ref)
            except KeyError:
                self._changed[place] = _NEVER
        unchanged = self._changed[place] <= revision
        return self.get_object(ref) if unchanged else self.get_object(ref, revision), unchanged

    def _read_object(self, ref: generic.Reference, marker: Any, *args: Any, **kwargs: Any) -> Any:
        slowly = super()._read_object

        def distant(entries: dict[Any, Any]) -> DistantStream:
            return DistantStream(entries, lambda: bytes(slowly(ref, marker, *args, **kwargs).encoded_data))

        # XMP is read in a way of its own, encrypted objects come wrapped, others stand in streams of objects.
        if type(marker) is int and self._plainly and not kwargs.get("as_metadata_stream"):
            plainly = plain.indirect(self.stream, marker, generic.Reference(ref.idnum, ref.generation, self), _LARGE, distant)
            if plainly is not None:
                return plainly
        found = slowly(ref, marker, *args, **kwargs)
        if type(found) is not generic.StreamObject or len(found.encoded_data) < _LARGE:
            return found
        far = distant(dict(found))
        far.container_ref = found.container_ref
        return far

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
    """A revision that copies objects without fetching distant streams, and walks the file without copying objects."""

    _usages: Mapping[paths.Place, set[paths.Path]] | None = None

    def _subsume_object(self, obj: Any) -> Any:
        """A copy whose references lead into this revision; what holds no references is not copied."""
        kind = type(obj)
        if kind in _LEAVES:
            return obj
        if kind is generic.IndirectObject:
            return generic.IndirectObject(obj.idnum, obj.generation, self)
        copy: Any
        if kind is DistantStream:
            copy = DistantStream({}, obj.fetch)
        elif kind is generic.DictionaryObject:
            copy = generic.DictionaryObject()
        elif kind is generic.ArrayObject:
            copy = generic.ArrayObject(map(self._subsume_object, obj))
        else:
            return super()._subsume_object(obj)
        if kind is not generic.ArrayObject:
            dict.update(copy, {key: self._subsume_object(value) for key, value in obj.items()})
        place: Any = obj.get_container_ref()
        copy.container_ref = generic.Reference(place.idnum, place.generation, self)
        return copy

    def _load_reverse_xref_cache(self) -> None:
        """By which paths every object is reached in this revision."""
        if self._indirect_object_access_cache is not None:
            return
        reader = self.reader
        if not isinstance(reader, Reader) or reader.encrypted or "/StructTreeRoot" in self.root:
            super()._load_reverse_xref_cache()
            return
        self._usages = paths.usages(self.trailer_view, lambda ref: reader.as_of(ref, self.revision), reader.children)
        self._indirect_object_access_cache = {}

    def _get_usages_of_ref(self, ref: generic.Reference) -> set[RawPdfPath]:
        if self._usages is None:
            return super()._get_usages_of_ref(ref)
        return {RawPdfPath(*path) for path in self._usages.get((ref.idnum, ref.generation), ())}


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


def token(stream: IO[bytes]) -> bytes:
    """The bytes up to the next delimiter, which is left to be read."""
    data = stream.read(_TOKEN)
    found = _DELIMITER.search(data)
    if found is None:
        stream.seek(-len(data), os.SEEK_CUR)
        return _token_by_byte(stream)
    stream.seek(found.start() - len(data), os.SEEK_CUR)
    return data[: found.start()]


def name(name_bytes: bytes) -> generic.NameObject:
    """The name written as `name_bytes`, without its slash."""
    regular = _PLAIN.fullmatch(name_bytes)
    return generic.NameObject("/" + name_bytes.decode("ascii")) if regular else _name_by_byte(name_bytes)


def _reference(self: Any, idnum: int, generation: int = 0, pdf: Any = None) -> None:
    """As the frozen dataclass does it for itself, in a quarter of the time: a verification makes a thousand."""
    self.__dict__.update(idnum=idnum, generation=generation, pdf=pdf)


generic.Reference.__init__ = _reference  # type: ignore[method-assign]
generic.read_hex_string_from_stream = hex_string
setattr(generic, "read_until_delimiter", token)  # noqa: B010  # imported there, not exported
generic._decode_name = name  # noqa: SLF001  # names are decoded nowhere else
generic.DictionaryObject.read_from_stream = staticmethod(plain.dictionary)  # type: ignore[method-assign]
