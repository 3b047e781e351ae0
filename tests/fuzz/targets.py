"""What is fuzzed. Each target takes bytes and does with them what the product does in a child process.

The contract: only a CodedError may leave. Want of memory (MemoryError) is the box's business, as are time and a child that
dies; `verify` may raise nothing at all, a bad file is a verdict.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

from PIL import Image

from ingest import separator_codes, separators
from ingest.errors import CodedError
from ingest.identify import identify
from ingest.model import ColourMode, DpiSource, FileKind, Identified, PageImage, PageOrigin, Quality
from ingest.options import IntakeOptions
from ingest.split import page_images, papers
from ocr.fields.classify import classify
from ocr.fields.dossier import check_owner_id, parse_dossier_code
from ocr.fields.extract import extract
from ocr.fields.types import catalogue
from ocr.model import Box, Code2D, Line, PageText, TextSource, Word
from signing.trust import TrustStore
from signing.verify import verify

LIMITS = IntakeOptions(max_file_bytes=1024**2, max_pages=50, max_page_pixels=4_000_000, max_archive_bytes=4 * 1024**2)
NAMES = ("a.pdf", "a.tif", "a.jpg", "a.zip", "Số 1.png", "")
DAY = date(2026, 3, 1)
NOW = datetime(2026, 3, 1, tzinfo=UTC)
ALLOWED = (CodedError, MemoryError)
_PAGE = (1654, 2339)


def _identified(data: bytes, folder: Path) -> tuple[Path, Identified]:
    path = folder / "file"
    path.write_bytes(data)
    return path, identify(str(path), NAMES[len(data) % len(NAMES)], LIMITS)


def try_identify(data: bytes) -> None:
    """Magic, page count, encryption, active content, archives."""
    with tempfile.TemporaryDirectory() as name, suppress(*ALLOWED):
        _identified(data, Path(name))


def try_split(data: bytes) -> None:
    """The first two pages as images with their quality and separator, then papers."""
    with tempfile.TemporaryDirectory() as name, suppress(*ALLOWED):
        folder = Path(name)
        path, known = _identified(data, folder)
        if known.kind is not FileKind.ZIP and known.pages:
            papers(page_images(str(path), known, str(folder), 0, min(known.pages, 2) - 1, LIMITS))


def try_separators(data: bytes) -> None:
    """Texts of codes, stacks of sheets in any order, and codes looked for in noise."""
    with suppress(*ALLOWED):
        read = [separators.parse(text) for text in data.decode("utf-8", "replace").split("\n")]
        pages = [_page(index, facts, blank=index % 5 == 4) for index, facts in enumerate(read)]
        for span in separators.papers(pages):
            if not 0 <= span.first <= span.last < len(pages):
                raise AssertionError("a paper of pages that are none")
        for facts in read:
            if facts is not None and separators.parse(separators.payload(facts)) != facts:
                raise AssertionError("a sheet that says another thing when it is printed again")
        side = int(len(data) ** 0.5)
        if side:
            separator_codes.read(Image.frombytes("L", (side, side), data[: side * side]))


def _page(index: int, facts: dict[str, str] | None, *, blank: bool) -> PageImage:
    made = PageImage(index, "", "image/png", *_PAGE, 200.0, DpiSource.TAG, ColourMode.GREY, PageOrigin.IMAGE)
    return replace(made, quality=Quality(blank=blank), separator=facts)


def try_fields(data: bytes) -> None:
    """Pages as a reader could give them: classified, and the fields of each type looked for. See `_pages` for the form."""
    pages = _pages(data)
    with suppress(*ALLOWED):
        types = tuple(catalogue())
        extract(classify(pages).paper_type, pages, today=DAY)
        extract(types[len(data) % len(types)], pages, today=DAY)
    for judge in (parse_dossier_code, check_owner_id):
        with suppress(*ALLOWED):
            judge(data[:40].decode("utf-8", "replace"))


def _pages(data: bytes) -> tuple[PageText, ...]:
    """Form feeds part pages, newlines lines; the first three bytes of a line are left edge, pitch and confidence.

    A line that begins with a NUL byte is what a 2D code says.
    """
    return tuple(_page_text(part) for part in data.split(b"\f")[:4])


def _page_text(data: bytes) -> PageText:
    lines, codes, top = list[Line](), list[Code2D](), 40
    for raw in data.split(b"\n")[:200]:
        if raw.startswith(b"\0"):
            codes.append(Code2D(raw[1:].decode("utf-8", "replace"), Box(40, top, 240, top + 200)))
            continue
        left, pitch, sure = (*raw[:3], 0, 0, 0)[:3]
        top += pitch // 2
        words, x = list[Word](), left * 6
        for text in raw[3:].decode("utf-8", "replace").split():
            width = 14 * len(text)
            words.append(Word(text, Box(x, top, x + width, top + 10 + pitch % 60), sure / 255))
            x += width + 12
        if words:
            box = Box(words[0].box.x0, words[0].box.y0, words[-1].box.x1, words[-1].box.y1)
            lines.append(Line(tuple(words), box))
    return PageText(*_PAGE, 200.0, tuple(lines), TextSource.OCR, "fuzz", 90 * (len(data) % 4), codes=tuple(codes))


def try_verify(data: bytes) -> None:
    """The verdict on any bytes; nothing may be raised."""
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "file.pdf"
        path.write_bytes(data)
        with suppress(MemoryError):
            verify(path, TrustStore(), now=NOW)


TARGETS: dict[str, Callable[[bytes], None]] = {
    "identify": try_identify,
    "split": try_split,
    "separators": try_separators,
    "fields": try_fields,
    "verify": try_verify,
}
