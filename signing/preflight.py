"""What the raw bytes say before any parser is trusted (rules P1–P5 of signing.md §5).

Readers disagree about bytes after the last `%%EOF`: pyHanko ignores them, viewers show them. So the outline of the file is
measured here, byte by byte, and compared later with what the parser believes. Does not parse PDF objects.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from signing.model import Finding, Severity, Topic
from signing.sweep import Swept, sweep

_STARTXREF = re.compile(rb"startxref[\s\x00]+(\d{1,12})[\s\x00]+%%EOF")
_SECTION = re.compile(rb"xref\b|\d{1,10}\s+\d{1,5}\s+obj\b")
_BLOCK = 1 << 20
_PADDING = b" \t\r\n\x0c\x00"


@dataclass(frozen=True)
class Layout:
    """The outline of a file. Offsets count bytes from the start of the file."""

    size: int
    header_at: int
    """Where `%PDF-` stands; -1 when it is not in the first 1024 bytes."""
    eof_ends: tuple[int, ...]
    """Offsets just behind each `%%EOF`."""
    trailing: bytes
    """What stands behind the last `%%EOF`, at most 64 bytes of it."""
    trailing_is_padding: bool
    startxref: int
    """The last `startxref` value; -1 when there is none before the last `%%EOF`."""
    startxref_is_section: bool
    """Whether a cross-reference table or stream begins there."""
    byte_ranges: int
    """How often `/ByteRange` is written in the file."""
    uncounted: int = 0
    """Bytes before the header that offsets do not count, so that no signature covers them."""


def scan(path: Path) -> Layout:
    """The outline of the file at `path`, read in blocks: a large scan costs no memory.

    Raises:
        OSError: the file cannot be read.
    """
    with path.open("rb") as handle:
        return outline(handle, sweep(handle))


def outline(handle: IO[bytes], swept: Swept) -> Layout:
    """The outline, from what was seen on the way through and a few small reads at the places it names."""
    last = swept.eof_ends[-1] if swept.eof_ends else 0
    before = _at(handle, max(0, last - 128), min(128, last))
    starts = _STARTXREF.findall(before)
    at = int(starts[-1]) if starts else -1
    return Layout(
        size=swept.size,
        header_at=header_at(handle),
        eof_ends=swept.eof_ends,
        trailing=_at(handle, last, 64),
        trailing_is_padding=_only_padding(handle, last),
        startxref=at,
        startxref_is_section=at >= 0 and _SECTION.match(_at(handle, at, 32)) is not None,
        byte_ranges=swept.byte_ranges,
    )


def header_at(handle: IO[bytes]) -> int:
    """Where `%PDF-` stands in the first 1024 bytes; -1 when nowhere."""
    return _at(handle, 0, 1024).find(b"%PDF-")


def _at(handle: IO[bytes], offset: int, length: int) -> bytes:
    handle.seek(offset)
    return handle.read(length)


def _only_padding(handle: IO[bytes], offset: int) -> bool:
    handle.seek(offset)
    while block := handle.read(_BLOCK):
        if block.strip(_PADDING):
            return False
    return True


@dataclass(frozen=True)
class Seen:
    """What the parser believes, to be held against the bytes."""

    signatures: int
    """Signatures and document time-stamps reachable from the form."""
    covered_until: int
    """Where the furthest byte range of an intact signature ends."""
    revisions_after: int
    """Revisions the parser sees behind that signature."""
    strict: bool
    """Profile `agency`: our own files, no tolerance of style."""


def p1_header(layout: Layout, seen: Seen) -> Finding | None:
    """P1: the file begins with its header, so that no second document hides before it."""
    if layout.header_at == 0 and not layout.uncounted:
        return None
    if layout.uncounted and not seen.strict:
        return Finding(Topic.INTEGRITY, "HEADER_NOT_AT_START", Severity.DOUBT)
    return _finding("HEADER_NOT_AT_START", seen, covered=True)


def p2_trailing(layout: Layout, seen: Seen) -> Finding | None:
    """P2: at most one line end behind the last `%%EOF`; a body appended there is shown by viewers, not by parsers."""
    if layout.trailing in {b"", b"\n", b"\r", b"\r\n"}:
        return None
    covered = layout.trailing_is_padding or seen.covered_until >= layout.size
    return _finding("BYTES_AFTER_END", seen, covered=covered, count=layout.size - layout.eof_ends[-1] if layout.eof_ends else 0)


def p3_startxref(layout: Layout, seen: Seen) -> Finding | None:
    """P3: the last `startxref` points to a cross-reference section of the last revision, not back into an older one."""
    tail = layout.eof_ends[-2] if len(layout.eof_ends) > 1 else 0
    if layout.startxref_is_section and layout.startxref >= tail:
        return None
    return _finding("STARTXREF_ASTRAY", seen, covered=seen.covered_until >= layout.size)


def p4_revisions(layout: Layout, seen: Seen) -> Finding | None:
    """P4: behind the last signature there are as many `%%EOF` as the parser sees revisions."""
    written = sum(1 for end in layout.eof_ends if end > seen.covered_until)
    if written == seen.revisions_after:
        return None
    return _finding("HIDDEN_REVISION", seen, covered=False, written=written, parsed=seen.revisions_after)


def p5_byte_ranges(layout: Layout, seen: Seen) -> Finding | None:
    """P5: every `/ByteRange` written in the file belongs to a signature that can be reached."""
    if layout.byte_ranges == seen.signatures:
        return None
    return Finding(
        Topic.INTEGRITY,
        "SIGNATURE_HIDDEN",
        Severity.FAILURE if seen.strict else Severity.DOUBT,
        {"written": layout.byte_ranges, "reachable": seen.signatures},
    )


RULES: tuple[Callable[[Layout, Seen], Finding | None], ...] = (p1_header, p2_trailing, p3_startxref, p4_revisions, p5_byte_ranges)


def findings(layout: Layout, seen: Seen) -> list[Finding]:
    """What the byte rules object to."""
    return [found for rule in RULES if (found := rule(layout, seen)) is not None]


def _finding(code: str, seen: Seen, *, covered: bool, **params: int) -> Finding:
    """Our own files fail; in a foreign file, bytes that its signature covers or that are mere padding are style."""
    tolerated = Severity.WARNING if covered else Severity.FAILURE
    return Finding(Topic.INTEGRITY, code, Severity.FAILURE if seen.strict else tolerated, dict(params))
