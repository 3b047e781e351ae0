"""What the first (and last) bytes of a file say it is. The name has no say."""

from __future__ import annotations

import codecs
import re
import zipfile
from pathlib import Path

from ingest.errors import FileEmpty, TypeAmbiguous, TypeUnknown, TypeUnsupported
from ingest.model import FileKind

HEAD_BYTES = 4096
_PDF_WITHIN = 1024
"""Readers accept a PDF header within the first 1024 bytes (ISO 32000-1, Annex H.3, note 13)."""
_END_RECORD = b"PK\x05\x06"
_END_WITHIN = 22 + 65_535
"""A ZIP's end record and its longest comment (APPNOTE 4.3.16)."""

_TAKEN: tuple[tuple[bytes, FileKind], ...] = (
    (b"\xff\xd8\xff", FileKind.JPEG),
    (b"\x89PNG\r\n\x1a\n", FileKind.PNG),
    (b"II*\x00", FileKind.TIFF),
    (b"MM\x00*", FileKind.TIFF),
    (b"II+\x00", FileKind.TIFF),
    (b"MM\x00+", FileKind.TIFF),
    (b"PK\x03\x04", FileKind.ZIP),
    (_END_RECORD, FileKind.ZIP),
)
_HEIC_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}

_REFUSED: tuple[tuple[bytes, str], ...] = (
    (b"GIF8", "GIF"),
    (b"BM", "BMP"),
    (b"MZ", "Windows EXE"),
    (b"\x7fELF", "Linux ELF"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "Microsoft Office 97-2003 (DOC/XLS/PPT)"),
    (b"{\\rtf", "RTF"),
    (b"7z\xbc\xaf\x27\x1c", "7-Zip"),
    (b"Rar!\x1a\x07", "RAR"),
    (b"\x1f\x8b", "GZIP"),
    (b"BZh", "BZIP2"),
    (b"\xfd7zXZ\x00", "XZ"),
    (b"%!PS", "PostScript"),
    (b"\x00\x00\x00\x0cjP  \r\n\x87\n", "JPEG 2000"),
    (b"\xff\x4f\xff\x51", "JPEG 2000"),
    (b"\x00\x00\x00\x0cJXL \r\n\x87\n", "JPEG XL"),
    (b"\xff\x0a", "JPEG XL"),
    (b"AT&TFORM", "DjVu"),
    (b"\x00\x00\x01\x00", "ICO"),
    (b"SQLite format 3\x00", "SQLite"),
    (b"ID3", "MP3"),
)
_MARKUP = re.compile(rb"\s*(?:\xef\xbb\xbf)?\s*<(?:!doctype\s+html|html|head|body|script|svg|\?xml|!--)", re.IGNORECASE)


def kind_of(path: Path) -> tuple[FileKind, int]:
    """What the file is, and where its header starts (0, or up to 1023 for a PDF behind other bytes).

    Raises FileEmpty, TypeUnsupported, TypeUnknown, TypeAmbiguous.
    """
    with path.open("rb") as stream:
        head = stream.read(HEAD_BYTES)
    if not head:
        raise FileEmpty
    pdf_at = head[: _PDF_WITHIN + 5].find(b"%PDF-")
    first = _taken(head)
    if first is None and pdf_at != 0:
        refused = _refused(head)
        if pdf_at < 0:
            raise TypeUnsupported(found=refused) if refused else TypeUnknown()
        if refused and refused != "TXT":
            raise TypeAmbiguous(first=refused, second="PDF")
    if first is not None and pdf_at > 0 and first is not FileKind.ZIP:
        raise TypeAmbiguous(first=first.upper(), second="PDF")
    kind = first or FileKind.PDF
    if kind is FileKind.ZIP:
        _only_archive(path, pdf_at)
    elif _ends_as_archive(path):
        raise TypeAmbiguous(first=kind.upper(), second="ZIP")
    return kind, max(pdf_at, 0) if kind is FileKind.PDF else 0


def _taken(head: bytes) -> FileKind | None:
    for magic, kind in _TAKEN:
        if head.startswith(magic):
            return kind
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return FileKind.WEBP
    if head[4:8] == b"ftyp":
        size = min(int.from_bytes(head[:4], "big"), len(head))
        brands = {head[8:12], *(head[at : at + 4] for at in range(16, size - 3, 4))}
        if brands & _HEIC_BRANDS and not brands & {b"avif", b"avis"}:
            return FileKind.HEIC
    return None


def _refused(head: bytes) -> str:
    """The name of a known kind that is not taken, "" for an unknown one."""
    for magic, name in _REFUSED:
        if head.startswith(magic):
            return name
    if head[4:8] == b"ftyp":
        return "AVIF" if b"avif" in head[8:64] else "MP4"
    if head[:4] == b"RIFF":
        return {b"WAVE": "WAV", b"AVI ": "AVI"}.get(head[8:12], "RIFF")
    if _MARKUP.match(head):
        return "HTML" if re.search(rb"<(?:!doctype\s+)?html|<script|<body", head, re.IGNORECASE) else "XML"
    return "TXT" if _is_text(head) else ""


def _is_text(head: bytes) -> bool:
    """Whether the bytes are plain text in UTF-8 (a character cut at the end aside) or UTF-16 with a mark."""
    if head[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return True
    try:
        # an incremental decoder forgives a character cut at the end
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return False
    return not re.search(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]", head)


def _ends_as_archive(path: Path) -> bool:
    """Whether a readable ZIP with members hangs on the file's end."""
    size = path.stat().st_size
    with path.open("rb") as stream:
        stream.seek(max(0, size - _END_WITHIN))
        if _END_RECORD not in stream.read():
            return False
    try:
        with zipfile.ZipFile(path) as archive:
            return bool(archive.namelist())
    except (zipfile.BadZipFile, OSError, ValueError, RuntimeError):
        return False


def _only_archive(path: Path, pdf_at: int) -> None:
    """Refuse Office files and Java programs, which are ZIPs inside, and a PDF stored at the start of a ZIP."""
    if pdf_at > 0:
        # a stored (uncompressed) PDF as the first member is ordinary: its header follows the local file header
        with path.open("rb") as stream:
            local = stream.read(30)
        start = 30 + int.from_bytes(local[26:28], "little") + int.from_bytes(local[28:30], "little")
        if pdf_at != start:
            raise TypeAmbiguous(first="ZIP", second="PDF")
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist()[:1000])
    except (zipfile.BadZipFile, OSError, ValueError, RuntimeError):
        return  # `ingest.archive` says what is wrong with it
    for mark, found in _INSIDE.items():
        if any(name == mark or (mark.endswith("/") and name.startswith(mark)) for name in names):
            raise TypeUnsupported(found=found)


_INSIDE = {
    "word/": "Word (DOCX)",
    "xl/": "Excel (XLSX)",
    "ppt/": "PowerPoint (PPTX)",
    "[Content_Types].xml": "Microsoft Office",
    "content.xml": "OpenDocument",
    "META-INF/MANIFEST.MF": "Java (JAR)",
    "META-INF/container.xml": "EPUB",
    "AndroidManifest.xml": "Android (APK)",
}
