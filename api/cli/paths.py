"""From the paths on a command line to files: folders are walked, hidden files and system junk skipped and said."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from api.cli.errors import PathMissing, PathUnreadable
from api.cli.language import say

JUNK = frozenset({"thumbs.db", "ehthumbs.db", "desktop.ini", "__macosx", "$recycle.bin", "system volume information"})
"""Files and folders that operating systems leave in folders of scans, in lower case."""

SCANS = frozenset({".pdf", ".tif", ".tiff", ".jpg", ".jpeg", ".jfif", ".png", ".webp", ".heic", ".heif", ".zip"})
"""Endings under which scans come. Never decides what a file is (`ingest.identify` does), only whether a person expects it
to be taken: a refused one of these, or one named on the command line, makes the exit code say so."""


class SkipReason(StrEnum):
    """Why something in a folder was not even looked at."""

    HIDDEN = "hidden"
    JUNK = "junk"
    SPECIAL = "special"
    UNREADABLE = "unreadable"

    def sentence(self) -> str:
        """The reason, in the language of this run."""
        return {
            SkipReason.HIDDEN: say("tệp ẩn", "hidden"),
            SkipReason.JUNK: say("tệp của hệ điều hành", "left by the operating system"),
            SkipReason.SPECIAL: say("không phải tệp thường", "not an ordinary file"),
            SkipReason.UNREADABLE: say("không có quyền đọc", "no permission to read"),
        }[self]


@dataclass(frozen=True, slots=True)
class Found:
    """A file to take in."""

    path: Path
    expected: bool
    """A person expects it to be taken: it was named itself, or is called like a scan."""


@dataclass(frozen=True, slots=True)
class Skipped:
    """Something in a folder that was passed over."""

    path: Path
    reason: SkipReason


def readable_file(path: Path) -> Path:
    """`path`, if it is a file that may be read; raises PathMissing or PathUnreadable."""
    if not path.exists():
        raise PathMissing(path=_shown(path))
    if not path.is_file():
        raise PathUnreadable(path=_shown(path), why=say("không phải tệp", "not a file"))
    if not os.access(path, os.R_OK):
        raise PathUnreadable(path=_shown(path), why=SkipReason.UNREADABLE.sentence())
    return path


def collect(paths: Sequence[Path]) -> tuple[tuple[Found, ...], tuple[Skipped, ...]]:
    """Every file under `paths`, each once, folders in the order of their names; and what was skipped.

    Raises PathMissing or PathUnreadable for a path that was named and is not there: most likely a slip of the keyboard, so
    nothing is begun.
    """
    found: dict[Path, Found] = {}
    skipped: list[Skipped] = []
    for path in paths:
        if path.is_dir():
            entries: Iterator[Found | Skipped] = _walk(path)
        else:
            entries = iter((Found(readable_file(path), expected=True),))
        for entry in entries:
            if isinstance(entry, Skipped):
                skipped.append(entry)
            else:
                found.setdefault(entry.path.resolve(), entry)
    return tuple(found.values()), tuple(skipped)


def _walk(folder: Path) -> Iterator[Found | Skipped]:
    try:
        entries = sorted(folder.iterdir(), key=lambda entry: entry.name)
    except OSError:
        yield Skipped(folder, SkipReason.UNREADABLE)
        return
    for entry in entries:
        reason = _why_not(entry)
        if reason is not None:
            yield Skipped(entry, reason)
        elif entry.is_dir():
            yield from _walk(entry)
        else:
            yield Found(entry, expected=entry.suffix.lower() in SCANS)


def _why_not(entry: Path) -> SkipReason | None:
    if entry.name.lower() in JUNK or entry.name == ".DS_Store":
        return SkipReason.JUNK
    if entry.name.startswith((".", "~$")):
        return SkipReason.HIDDEN
    if entry.is_dir():
        return SkipReason.SPECIAL if entry.is_symlink() else None  # a link to a folder above would never end
    if not entry.is_file():
        return SkipReason.SPECIAL
    return None if os.access(entry, os.R_OK) else SkipReason.UNREADABLE


def _shown(path: Path) -> str:
    """The path as it can be printed, whatever bytes the file system gave."""
    return os.fsencode(path).decode("utf-8", errors="backslashreplace")
