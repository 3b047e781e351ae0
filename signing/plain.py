"""Dictionaries that are written plainly, read in one go instead of byte by byte.

A scan of 30 pages has a hundred objects, and every verification reads them: byte by byte that is a third of its time. Only
what is beyond doubt is read here: names, numbers, references and simple strings with a delimiter behind each, keys that stand
once. Anything else (comments, escapes, keys twice, a dictionary longer than a window) is left to pyHanko from the dictionary's
first byte on, so that what is read, and what is refused, stays the same (`tests/unit/signing/test_plain.py` compares both).
"""

# mypy: allow-untyped-calls
# (pyHanko is typed in parts)
from __future__ import annotations

import binascii
import re
from typing import IO, Any

from pyhanko.pdf_utils import generic

_WINDOW = 2048
_DEEPEST = 16
_TOKEN = re.compile(
    rb"""[ \n\r\t\x0c\x00]*(?:
      /([A-Za-z0-9!"$&'*+,\-.:;=?@\\^_`|~]{1,63})(?=[ \n\r\t\x0c\x00()<>\[\]{}/%])
    | ([1-9]\d{0,8})\ (\d{1,5})\ R(?=[ \n\r\t/>\]])
    | ([+-]?\d{1,12})(?=[ \n\r\t/<>(\[\]])
    | ([+-]?(?:\d{1,12}\.\d{0,12}|\.\d{1,12}))(?=[ \n\r\t/<>(\[\]])
    | (<<) | (>>) | (\[) | (\])
    | <((?:[0-9A-Fa-f]{2})*)>
    | \(([ !"#$%&'*+,\-./0-9:;<=>?@A-Z\[\]^_`a-z{|}~]*)\)
    | (true|false)(?=[ \n\r\t/>\]])
    )""",
    re.VERBOSE,
)
_NAME, _NUMBER, _GENERATION, _INTEGER, _REAL, _OPEN, _CLOSE, _ARRAY, _ARRAY_END, _HEX, _TEXT, _TRUTH = range(1, 13)


class _Odd(Exception):
    """Not written plainly."""


def dictionary(
    stream: IO[bytes],
    container_ref: Any,
    as_metadata_stream: bool = False,
    in_content_stream: Any = generic.ContentOpReading.NO,
) -> Any:
    """As `DictionaryObject.read_from_stream`: the dictionary at the stream's place, or the stream object it begins."""
    start = stream.tell()
    if not as_metadata_stream and not in_content_stream:
        handler = container_ref.get_pdf_handler()
        try:
            entries, length = _Plain(stream.read(_WINDOW), container_ref, handler).whole()
        except _Odd:
            stream.seek(start)
        else:
            stream.seek(start + length)
            payload = generic._maybe_read_stream_payload(stream, entries, handler)  # noqa: SLF001
            return _made(entries) if payload is None else generic.StreamObject(entries, encoded_data=payload)
    return by_byte(stream, container_ref, as_metadata_stream=as_metadata_stream, in_content_stream=in_content_stream)


def _made(entries: dict[Any, Any]) -> generic.DictionaryObject:
    made = generic.DictionaryObject()
    dict.update(made, entries)  # its keys are names already
    return made


class _Plain:
    """One window of the file."""

    def __init__(self, data: bytes, container: Any, handler: Any) -> None:
        self._data, self._container, self._handler = data, container, handler
        self._at, self._match = 0, _TOKEN.match

    def whole(self) -> tuple[dict[Any, Any], int]:
        """The entries of the dictionary at the window's start, and how many bytes it takes."""
        if self._data[:2] != b"<<":
            raise _Odd
        self._at = 2
        return self._entries(0), self._at

    def _next(self) -> Any:
        found = self._match(self._data, self._at)
        if found is None:
            raise _Odd
        self._at = found.end()
        return found

    def _entries(self, depth: int) -> dict[Any, Any]:
        entries: dict[Any, Any] = {}
        while (found := self._next()).lastindex != _CLOSE:
            if found.lastindex != _NAME:
                raise _Odd
            key = generic.NameObject("/" + found[_NAME].decode("ascii"))
            if key in entries:
                raise _Odd
            entries[key] = self._value(self._next(), depth)
        return entries

    def _items(self, depth: int) -> Any:
        items = generic.ArrayObject()
        while (found := self._next()).lastindex != _ARRAY_END:
            items.append(self._value(found, depth))
        return items

    def _value(self, found: Any, depth: int) -> Any:
        kind = found.lastindex
        value: Any
        if kind == _NAME:
            value = generic.NameObject("/" + found[_NAME].decode("ascii"))
        elif kind == _GENERATION:
            value = generic.IndirectObject(int(found[_NUMBER]), int(found[_GENERATION]), self._handler)
        elif kind == _INTEGER:
            value = generic.NumberObject(found[_INTEGER])
        elif kind in {_OPEN, _ARRAY}:
            if depth == _DEEPEST:
                raise _Odd
            value = self._items(depth + 1) if kind == _ARRAY else _made(self._entries(depth + 1))
        else:
            value = _simple(found, kind)
        value.container_ref = self._container
        return value


def _simple(found: Any, kind: int) -> Any:
    if kind == _REAL:
        return generic.FloatObject(found[_REAL].decode("ascii"))
    if kind == _HEX:
        return generic.pdf_string(binascii.unhexlify(found[_HEX]))
    if kind == _TEXT:
        return generic.pdf_string(found[_TEXT])
    if kind == _TRUTH:
        return generic.BooleanObject(found[_TRUTH] == b"true")
    raise _Odd


by_byte = generic.DictionaryObject.read_from_stream
