"""What is this file really, and may it be taken in? Bytes decide; the name only earns a note when it lies.

Does: magic, page count, encryption, active content, existing signatures, sizes, wholeness. Does not: make pages (`split`).
Runs in the box: hostile bytes may crash a parser.
"""

from __future__ import annotations

from pathlib import Path

from ingest import archive, images, pdf_check
from ingest.errors import FileTooLarge, FileUnreadable
from ingest.magic import kind_of
from ingest.model import FileKind, Identified, Note
from ingest.names import suffix_of
from ingest.options import IntakeOptions

_MB = 1024**2
_SUFFIXES: dict[FileKind, frozenset[str]] = {
    FileKind.PDF: frozenset({"pdf"}),
    FileKind.TIFF: frozenset({"tif", "tiff"}),
    FileKind.JPEG: frozenset({"jpg", "jpeg", "jpe", "jfif"}),
    FileKind.PNG: frozenset({"png"}),
    FileKind.WEBP: frozenset({"webp"}),
    FileKind.HEIC: frozenset({"heic", "heif", "hif"}),
    FileKind.ZIP: frozenset({"zip"}),
}


def identify(path: str, name: str, options: IntakeOptions) -> Identified:
    """What the file is, how many pages and signatures it has, and notes about it.

    Raises an IngestError that says why it cannot be taken in.
    """
    try:
        size = Path(path).stat().st_size
        if size > options.max_file_bytes:
            raise FileTooLarge(size_mb=size // _MB, limit_mb=options.max_file_bytes // _MB)
        kind, header_at = kind_of(Path(path))
    except OSError as error:
        raise FileUnreadable from error
    notes: list[Note] = []
    if suffix_of(name) not in _SUFFIXES[kind]:
        notes.append(Note("wrong_extension", {"extension": suffix_of(name), "kind": kind.upper()}))
    if header_at:
        notes.append(Note("pdf_leading_bytes", {"bytes": header_at}))
    if kind is FileKind.ZIP:
        return Identified(kind, len(archive.survey(path, options)), notes=tuple(notes))
    if kind is FileKind.PDF:
        pages, signatures, more = pdf_check.examine(path, options)
        return Identified(kind, pages, signatures, (*notes, *more))
    pages, more = images.examine(path, kind, options)
    return Identified(kind, pages, notes=(*notes, *more))
