"""ZIP archives: judged whole from their directory before a single byte is unpacked, then unpacked under counted limits.

An archive with a hostile member is refused whole: whoever packed it meant harm or made a mistake. System clutter
(`__MACOSX/`, `Thumbs.db`, …) is left out silently. Invariant: nothing is ever written outside `into`, and files on disk
carry numbers, not the names of members.
"""

from __future__ import annotations

import stat
import zipfile
from pathlib import Path, PurePosixPath

from ingest.errors import (
    ArchiveBomb,
    ArchiveDamaged,
    ArchiveDuplicate,
    ArchiveEmpty,
    ArchiveEncrypted,
    ArchiveLink,
    ArchiveNested,
    ArchiveTooLarge,
    ArchiveTooMany,
    ArchiveUnsafeName,
    IngestError,
)
from ingest.guard import refusing
from ingest.magic import kind_of
from ingest.model import FileKind, Member
from ingest.names import safe_name, suffix_of
from ingest.options import IntakeOptions

_MB = 1024**2
_CHUNK = 1024 * 1024
_SMALL = 10 * _MB
"""A ratio alone makes no bomb: blank bitonal pages pack 1000 : 1. Below this a member harms nobody."""
_CLUTTER = {"thumbs.db", "desktop.ini", ".ds_store"}
_ARCHIVES = {"zip", "rar", "7z", "gz", "tgz", "bz2", "xz", "tar", "zst", "cab", "iso"}
_UTF8_FLAG = 0x800
_ENCRYPTED_FLAG = 0x1
_LOCAL_HEADER = 30


def survey(path: str, options: IntakeOptions) -> tuple[zipfile.ZipInfo, ...]:
    """The members that are files worth taking, in the order of the archive; nothing is unpacked.

    Raises ArchiveDamaged, ArchiveEmpty, ArchiveEncrypted, ArchiveNested, ArchiveBomb, ArchiveTooLarge, ArchiveTooMany,
    ArchiveUnsafeName, ArchiveLink, ArchiveDuplicate.
    """
    with refusing(ArchiveDamaged), zipfile.ZipFile(path) as archive:
        infos = archive.infolist()
    if len(infos) > options.max_archive_members:
        raise ArchiveTooMany(members=len(infos), limit=options.max_archive_members)
    seen: set[str] = set()
    for number, info in enumerate(infos, 1):
        _harmless(number, info, options)
        if _display(info).casefold() in seen:
            raise ArchiveDuplicate(member=number)
        seen.add(_display(info).casefold())
    _no_overlap(infos)
    files = tuple(info for info in infos if not info.is_dir() and not _clutter(info))
    if not files:
        raise ArchiveEmpty
    unpacked = sum(info.file_size for info in files)
    if unpacked > options.max_archive_bytes:
        raise ArchiveTooLarge(size_mb=unpacked // _MB, limit_mb=options.max_archive_bytes // _MB)
    return files


def expand(path: str, into: str, options: IntakeOptions) -> tuple[Member, ...]:
    """Unpack the members into the folder `into` as `00001.pdf`, `00002.jpg`, …; their names stay beside them.

    Raises what `survey` raises, and ArchiveDamaged when bytes and checksum disagree.
    """
    files = survey(path, options)
    members = []
    with refusing(ArchiveDamaged), zipfile.ZipFile(path) as archive:
        for number, info in enumerate(files, 1):
            name = safe_name(_display(info))
            suffix = suffix_of(name)
            target = Path(into) / (f"{number:05d}.{suffix}" if suffix.isascii() and suffix.isalnum() else f"{number:05d}")
            _unpack(archive, info, target, number)
            if _is_archive(target):
                raise ArchiveNested(member=number)
            members.append(Member(name=name, path=str(target), size=info.file_size))
    return tuple(members)


def _is_archive(path: Path) -> bool:
    """Whether an unpacked member is an archive under another name; whatever else it is, `identify` says."""
    try:
        return kind_of(path)[0] is FileKind.ZIP
    except IngestError:
        return False


def _unpack(archive: zipfile.ZipFile, info: zipfile.ZipInfo, target: Path, number: int) -> None:
    """Write one member, counting: the directory may lie about the size."""
    written = 0
    with archive.open(info) as source, target.open("wb") as out:
        while chunk := source.read(_CHUNK):
            written += len(chunk)
            if written > info.file_size:
                raise ArchiveBomb(member=number)
            out.write(chunk)
    if written != info.file_size:
        raise ArchiveDamaged


def _display(info: zipfile.ZipInfo) -> str:
    """The member's name as its packer meant it.

    Without the UTF-8 flag a name is cp437 by the standard (APPNOTE D.1), but most packers wrote UTF-8 all the same.
    """
    if info.flag_bits & _UTF8_FLAG:
        return info.filename
    try:
        return info.filename.encode("cp437").decode("utf-8")
    except UnicodeError:
        return info.filename


def _clutter(info: zipfile.ZipInfo) -> bool:
    parts = PurePosixPath(_display(info)).parts
    return "__MACOSX" in parts or parts[-1].lower() in _CLUTTER or parts[-1].startswith("._")


def _harmless(number: int, info: zipfile.ZipInfo, options: IntakeOptions) -> None:
    """Raise the reason why this member makes the archive unfit."""
    raw = info.orig_filename.replace("\\", "/")
    parts = raw.split("/")
    if raw.startswith("/") or ".." in parts or (len(raw) > 1 and raw[1] == ":") or "\x00" in info.orig_filename:
        raise ArchiveUnsafeName(member=number)
    mode = info.external_attr >> 16
    if stat.S_IFMT(mode) not in {0, stat.S_IFREG, stat.S_IFDIR}:
        raise ArchiveLink(member=number)
    if info.flag_bits & _ENCRYPTED_FLAG:
        raise ArchiveEncrypted(member=number)
    if info.file_size > _SMALL and info.file_size > options.max_archive_ratio * max(info.compress_size, 1):
        raise ArchiveBomb(member=number)
    if not info.is_dir() and not _clutter(info) and suffix_of(_display(info)) in _ARCHIVES:
        raise ArchiveNested(member=number)


def _no_overlap(infos: list[zipfile.ZipInfo]) -> None:
    """Members that share packed bytes make a bomb without a high ratio (Fifield 2019, "A better zip bomb")."""
    by_place = sorted(enumerate(infos, 1), key=lambda pair: pair[1].header_offset)
    end = 0
    for number, info in by_place:
        if info.header_offset < end:
            raise ArchiveBomb(member=number)
        end = info.header_offset + _LOCAL_HEADER + len(info.orig_filename) + info.compress_size
