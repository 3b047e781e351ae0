"""Dictionaries, and the objects they are, that are written plainly: read in one go instead of byte by byte.

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
from collections.abc import Callable
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
_HEAD = re.compile(rb"(\d{1,9}) (\d{1,5}) obj[ \n\r\t\x0c\x00]*(?=<<)")
_STREAM = re.compile(rb"[ \n\r\t\x0c\x00]*stream\r?\n")
_TAIL = 64
_END = re.compile(rb"[ \n\r\t\x0c\x00]*endobj[ \n\r\t\x0c\x00]+[0-9xst]")
"""The end of an object, before another one, a table of references or its end: pyHanko wants to see something there."""
_STREAM_END = re.compile(rb"[ \n\r\t\x0c\x00]*endstream" + _END.pattern)
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


def indirect(stream: IO[bytes], at: int, ref: generic.Reference, most: int, distant: Callable[[Any], Any]) -> Any:
    """The object `ref` that stands at `at`, or None where it is no plain dictionary or stream and must be read byte by byte.

    The bytes of streams longer than `most` are not read: `distant` makes the object of its entries.
    """
    stream.seek(at)
    data = stream.read(_WINDOW)
    head = _HEAD.match(data)
    if head is None or (int(head[1]), int(head[2])) != (ref.idnum, ref.generation):
        return None
    holder = generic.Reference(ref.idnum, ref.generation, ref.pdf)
    try:
        entries, end = _Plain(data, holder, ref.pdf).whole(head.end())
    except _Odd:
        return None
    begin = _STREAM.match(data, end)
    if begin is not None:
        found = _stream(stream, at + begin.end(), entries, most, distant)
    else:
        found = _made(entries) if _END.match(data, end) else None
    if found is not None:
        found.container_ref = holder
    return found


def _stream(stream: IO[bytes], start: int, entries: dict[Any, Any], most: int, distant: Callable[[Any], Any]) -> Any:
    """The stream object whose bytes begin at `start`; None unless it ends where it says."""
    length = entries.get("/Length")
    if type(length) is not generic.NumberObject or length < 0:
        return None
    far = length > most
    stream.seek(start + length if far else start)
    data = stream.read(_TAIL if far else length + _TAIL)
    if _STREAM_END.match(data, 0 if far else length) is None:
        return None
    return distant(entries) if far else generic.StreamObject(entries, encoded_data=data[:length])


def _made(entries: dict[Any, Any]) -> generic.DictionaryObject:
    made = generic.DictionaryObject()
    dict.update(made, entries)  # its keys are names already
    return made


class _Plain:
    """One window of the file."""

    def __init__(self, data: bytes, container: Any, handler: Any) -> None:
        self._data, self._container, self._handler = data, container, handler
        self._at, self._match = 0, _TOKEN.match

    def whole(self, start: int = 0) -> tuple[dict[Any, Any], int]:
        """The entries of the dictionary that begins at `start` of the window, and where it ends."""
        if self._data[start : start + 2] != b"<<":
            raise _Odd
        self._at = start + 2
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
