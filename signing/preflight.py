"""What the raw bytes say before any parser is trusted (rules P1–P5 of signing.md §5).

Readers disagree about bytes after the last `%%EOF`: pyHanko ignores them, viewers show them. So the outline of the file is
measured here, byte by byte, and compared later with what the parser believes. Does not parse PDF objects.
"""

from __future__ import annotations

import mmap
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from signing.model import Finding, Severity, Topic

_EOF = re.compile(rb"%%EOF")
_STARTXREF = re.compile(rb"startxref[\s\x00]+(\d{1,12})[\s\x00]+%%EOF")
_BYTE_RANGE = re.compile(rb"/ByteRange\b")
_SECTION = re.compile(rb"xref\b|\d{1,10}\s+\d{1,5}\s+obj\b")
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


def scan(path: Path) -> Layout:
    """The outline of the file at `path`; it is mapped, not read into memory.

    Raises:
        OSError: the file cannot be read.
    """
    if path.stat().st_size == 0:
        return Layout(0, -1, (), b"", trailing_is_padding=True, startxref=-1, startxref_is_section=False, byte_ranges=0)
    with path.open("rb") as handle, mmap.mmap(handle.fileno(), 0, access=mmap.ACCESS_READ) as data:
        ends = tuple(found.end() for found in _EOF.finditer(data))
        last = ends[-1] if ends else 0
        starts = [int(found.group(1)) for found in _STARTXREF.finditer(data, max(0, last - 128), last)] if ends else []
        at = starts[-1] if starts else -1
        tail = data[last:]
        return Layout(
            size=len(data),
            header_at=data.find(b"%PDF-", 0, 1024),
            eof_ends=ends,
            trailing=tail[:64],
            trailing_is_padding=not tail.strip(_PADDING),
            startxref=at,
            startxref_is_section=0 <= at < len(data) and _SECTION.match(data, at) is not None,
            byte_ranges=sum(1 for _ in _BYTE_RANGE.finditer(data)),
        )


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
    if layout.header_at == 0:
        return None
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
