"""Looks at the hot folder: takes files in, waits for what the machine says of them, puts them where a person finds them."""

from __future__ import annotations

import contextlib
import hashlib
import logging
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from uuid import uuid4

from api.hot import mapping
from api.hot.claims import Claim, Claims
from api.hot.errors import HotFolderAway, HotReadBack
from api.hot.options import HotOptions
from api.intake.receiving import CHUNK_BYTES, Intake
from api.refusals import EmptyFile
from api.wiring import Sohoa
from ingest.errors import CodedError, error_from
from storage.model import FileRow, FileState

log = logging.getLogger(__name__)

_NOTHING = frozenset({FileState.REFUSED, FileState.GIVEN_UP, FileState.REPLACED})


@dataclass(frozen=True, slots=True)
class Moved:
    """What became of one file."""

    name: str
    place: Path
    batch: str
    reason: str = ""
    """Why it was refused; empty for one that was taken in."""


class Watcher:
    """One watcher of one folder. `look` may be killed anywhere; looking again goes on."""

    def __init__(self, sohoa: Sohoa, folder: Path, options: HotOptions, told: Callable[[Moved], None] = lambda _: None) -> None:
        """`told` hears of every file that came to its end. Raises HotMapWrong."""
        self._sohoa, self._folder, self._options, self._told = sohoa, folder, options, told
        self._map = mapping.read(options.map_file)
        self._claims = Claims(folder, options)
        self._sittings: dict[str, tuple[str, float]] = {}
        """The batch of each sub-folder and when it was last added to."""
        self._waits: frozenset[str] = frozenset()
        """What files waited for at the last look, as codes."""

    def look(self) -> int:
        """One look; returns how many files are still on their way by themselves. Raises HotFolderAway."""
        try:
            self._claims.live()
            self._claims.take_over()
            for path in self._claims.stable():
                self._claims.take(path, self._batch_for(path))
            return self._each() + self._claims.unsettled
        except OSError as error:
            raise HotFolderAway(folder=str(self._folder), why=error.strerror or type(error).__name__) from error

    def _each(self) -> int:
        """Bring every claim on; one that the disk refuses keeps no other back, and is told when the others are done."""
        coming, trouble, waits = 0, None, Counter[str]()
        for claim in self._claims.own():
            try:
                coming += self._go_on(claim)
            except OSError as error:
                trouble = trouble or error
            except CodedError as error:  # may pass
                waits[error.code] += 1
        self._tell(waits)
        if trouble is not None:
            raise trouble
        return coming + waits.total()

    def _tell(self, waits: Counter[str]) -> None:
        """Once when files begin to wait for something and once when none does any more, not at every look."""
        for code in sorted(waits.keys() - self._waits):
            log.warning("hot folder: %d files wait: %s", waits[code], code)
        for code in sorted(self._waits - waits.keys()):
            log.info("hot folder: no file waits any more: %s", code)
        self._waits = frozenset(waits)

    def close(self) -> None:
        """Leave; what is claimed and not finished is for others."""
        self._claims.close()

    def _batch_for(self, path: Path) -> str:
        """The batch of the sitting; a new one after a pause. It is opened when its first file comes."""
        below, now = str(path.parent), time.monotonic()
        batch, last = self._sittings.get(below, ("", 0.0))
        if not batch or now - last > self._options.sitting_minutes * 60:
            batch = uuid4().hex
        self._sittings[below] = (batch, now)
        return batch

    def _go_on(self, claim: Claim) -> bool:
        """Bring one claim as far as it goes now; whether it will go on by itself. Raises what may pass until the next look."""
        self._claims.live()
        try:
            if (
                not claim.file.exists()
            ):  # killed between the note and the file, or between the file's last move and the note's end
                self._claims.drop(claim)
                return False
            row = self._row(claim) or self._receive(claim)
            if row.state is FileState.ATTENTION:
                return False  # a person's turn
            if row.state is FileState.RECEIVED:
                return True
            refused = row.state in _NOTHING
            self._end(claim, self._options.refused if refused else self._options.received, _reason(row) if refused else "")
        except CodedError as error:
            if error.retryable:
                raise
            self._end(claim, self._options.refused, f"{error.message('vi')} [{error.code}]")
        return False

    def _row(self, claim: Claim) -> FileRow | None:
        if not claim.file_id:
            return None
        with self._sohoa.database.read() as uow:
            return uow.files.get(claim.file_id)

    def _receive(self, claim: Claim) -> FileRow:
        """Take the file in, and compare what was stored with what lies in the folder; raises what `Intake` raises."""
        if not claim.file.stat().st_size:
            raise EmptyFile  # before a batch is opened for it
        about = self._map.of(PurePosixPath(claim.below))
        intake = Intake(self._sohoa)
        intake.create_batch(
            actor=about.actor,
            unit=about.unit,
            dossier=about.dossier,
            owner=about.owner,
            priority=about.priority,
            automatic=about.automatic,
            hold=about.hold,
            batch_id=claim.batch,
        )
        before = _hash(claim.file)  # told to the intake: a file that somebody still writes to is not taken half
        with claim.file.open("rb") as stream:
            row = intake.receive(claim.batch, claim.name, stream, actor=about.actor, expect_sha256=before)
        if self._read_back(row) != before or _hash(claim.file) != before:
            raise HotReadBack
        with contextlib.suppress(FileNotFoundError):  # taken over meanwhile: the other one finds the same row
            replace(claim, file_id=row.id, sha256=row.object.sha256).write()
        return row

    def _read_back(self, row: FileRow) -> str:
        digest = hashlib.sha256()
        with self._sohoa.objects.open_range(row.object.sha256) as stored:
            while chunk := stored.read(CHUNK_BYTES):
                digest.update(chunk)
        return digest.hexdigest()

    def _end(self, claim: Claim, to: str, reason: str) -> None:
        place = self._claims.finish(claim, to, reason)
        if place is not None:
            self._told(Moved(claim.name, place, claim.batch, reason))


def _hash(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _reason(row: FileRow) -> str:
    error = error_from(row.reason_code, row.reason_params) if row.reason_code else None
    return f"{error.message('vi')} [{row.reason_code}]" if error else row.reason_code or row.state.value
