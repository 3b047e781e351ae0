"""The journal of an audit: one line of JSON a subject, appended as it is judged, so that a killed run goes on where it was.

Invariants: a line is whole or cut off at the next opening; only one run writes at a time; memory holds a few numbers for
each subject, never its report.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from pydantic import ValidationError

from api.audit.errors import AuditFolderUnusable, AuditRunning
from api.audit.model import AuditLine, Outcome

NAME = "results.jsonl"
_KEPT = timedelta(hours=24)
"""A judgement older than this is made anew: revocation lists have moved on."""
_SYNC_EVERY = 64


@dataclass(frozen=True, slots=True)
class Entry:
    """What is remembered of a line."""

    offset: int
    outcome: Outcome
    size: int
    mtime_ns: int
    sha256: str
    reusable: bool


class Journal:
    """The journal in a folder, open for one run."""

    def __init__(self, folder: Path, basis: str, now: datetime | None = None) -> None:
        """Open or begin the journal in `folder`.

        Args:
            folder: where the results go; made if it is not there.
            basis: judgements that rest on another basis are made anew.
            now: aware time; the present if absent.

        Raises:
            AuditRunning: another run writes there.
            AuditFolderUnusable: the folder cannot be written, or its journal was not made by us.
        """
        self.folder, self._basis, self._unsynced = folder, basis, 0
        self._oldest = (now or datetime.now(UTC)) - _KEPT
        self.entries: dict[str, Entry] = {}
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._file: BinaryIO = (folder / NAME).open("a+b")
        except OSError as error:
            raise AuditFolderUnusable(folder=folder.name, why=error.strerror or "?") from error
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            self._file.close()
            raise AuditRunning(folder=folder.name) from error
        self._read()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._file.close()

    def append(self, line: AuditLine) -> None:
        """Add a line; an earlier one of the same subject no longer counts. Raises AuditFolderUnusable for a full disk."""
        data = line.model_dump_json().encode() + b"\n"
        try:
            offset = self._file.seek(0, os.SEEK_END)
            self._file.write(data)
            self._file.flush()
            self._unsynced += 1
            if self._unsynced >= _SYNC_EVERY:
                self.sync()
        except OSError as error:
            raise AuditFolderUnusable(folder=self.folder.name, why=error.strerror or "?") from error
        self._remember(line, offset)

    def sync(self) -> None:
        """Everything appended so far survives a power cut."""
        os.fsync(self._file.fileno())
        self._unsynced = 0

    def keep_only(self, keys: set[str]) -> int:
        """Forget subjects that are no longer there; returns how many."""
        gone = [key for key in self.entries if key not in keys]
        for key in gone:
            del self.entries[key]
        return len(gone)

    def lines(self) -> Iterator[AuditLine]:
        """The line that counts of each subject, the worst outcomes first, then by name."""
        for _, key in sorted((entry.outcome, key) for key, entry in self.entries.items()):
            self._file.seek(self.entries[key].offset)
            yield AuditLine.model_validate_json(self._file.readline())

    def _read(self) -> None:
        """Take in what an earlier run left; a line that was cut off by its end is cut off for good."""
        self._file.seek(0)
        offset = 0
        for data in iter(self._file.readline, b""):
            if not data.endswith(b"\n"):
                self._file.truncate(offset)
                return
            try:
                self._remember(AuditLine.model_validate_json(data), offset)
            except ValidationError as error:
                self._file.close()
                raise AuditFolderUnusable(folder=self.folder.name, why=NAME) from error
            offset += len(data)

    def _remember(self, line: AuditLine, offset: int) -> None:
        fresh = line.basis == self._basis and line.judged_at >= self._oldest
        reusable = fresh and line.report is not None
        self.entries[line.key] = Entry(offset, line.outcome, line.size, line.mtime_ns, line.sha256, reusable)
