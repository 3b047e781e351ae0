"""Claims on files of the hot folder: every move is one rename within the folder, so exactly one watcher gets a file.

    .sohoa/WATCHER/alive            touched at every look: a sign of life, in the time of the file server
    .sohoa/WATCHER/CLAIM/claim.json where the file came from, into which batch it goes, its row once received
    .sohoa/WATCHER/CLAIM/file       the file itself

A watcher whose sign of life is old is dead: its claims are renamed to a living one, which goes on with them.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import stat
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from itertools import count
from pathlib import Path, PurePosixPath
from uuid import uuid4

from api.hot.options import HotOptions

HIDDEN = ".sohoa"
FILE, NOTE, ALIVE = "file", "claim.json", "alive"
UNFINISHED = (".part", ".tmp", ".crdownload", ".filepart", ".partial")
"""Endings under which programs write files that are not whole yet."""
REASON = ".ly-do.txt"
"""Ending of the file that says why the one beside it was refused."""
NAME_BYTES, SUFFIX_BYTES = 255, 40
"""What file systems take of a name (NAME_MAX; a Vietnamese letter has up to three bytes); what may count as its suffix."""
NO_LINKS = frozenset({errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK})
"""How file systems say that they make no second name for this file."""
JUNK = frozenset({"thumbs.db", "ehthumbs.db", "desktop.ini", ".ds_store"})


@dataclass(frozen=True, slots=True)
class Claim:
    """One file that this watcher works on."""

    folder: Path
    below: str
    """The sub-folder it lay in, relative to the hot folder."""
    name: str
    batch: str
    """Id of the batch it goes into, chosen before the batch is opened."""
    file_id: str = ""
    """Its row, once it is received."""
    sha256: str = ""

    @property
    def file(self) -> Path:
        """The file itself."""
        return self.folder / FILE

    def write(self) -> None:
        """Make the note durable; the old one stays whole until then."""
        part = self.folder / f".{NOTE}"
        with part.open("w", encoding="utf-8") as out:
            json.dump({key: value for key, value in asdict(self).items() if key != "folder"}, out)
            out.flush()
            os.fsync(out.fileno())
        part.replace(self.folder / NOTE)


class Claims:
    """The files of one hot folder, as one watcher sees them. Raises OSError when the folder is away."""

    def __init__(self, root: Path, options: HotOptions) -> None:
        self._root, self._options = root, options
        self._own = root / HIDDEN / uuid4().hex
        self._seen: dict[Path, tuple[int, int, float]] = {}
        """Size, time, and since when both stood still."""

    def live(self) -> None:
        """Give a sign of life."""
        self._own.mkdir(parents=True, exist_ok=True)
        alive = self._own / ALIVE
        alive.write_bytes(b"")  # a write, not only a touch: file servers then set their own time

    def stable(self) -> tuple[Path, ...]:
        """Files that stood still for long enough, by name."""
        now, found, seen = time.monotonic(), [], {}
        for path, size, changed in self._waiting():
            before = self._seen.get(path)
            since = before[2] if before is not None and before[:2] == (size, changed) else now
            seen[path] = (size, changed, since)
            if now - since >= self._options.stable_seconds:
                found.append(path)
        self._seen = seen
        return tuple(found)

    @property
    def unsettled(self) -> int:
        """How many files wait until they stood still, as of the last look."""
        return len(self._seen)

    def _waiting(self) -> Iterator[tuple[Path, int, int]]:
        kept = {HIDDEN, self._options.received, self._options.refused}
        for folder, folders, names in os.walk(self._root):
            folders[:] = sorted(
                one for one in folders if not one.startswith(".") and not (Path(folder) == self._root and one in kept)
            )
            for name in sorted(names):
                path = Path(folder) / name
                with contextlib.suppress(FileNotFoundError):  # another watcher was faster
                    told = path.lstat()
                    if stat.S_ISREG(told.st_mode) and not _passed_over(name):
                        yield path, told.st_size, told.st_mtime_ns

    def take(self, path: Path, batch: str) -> Claim | None:
        """Claim a file; None if another watcher was faster."""
        folder = self._own / uuid4().hex
        folder.mkdir(parents=True)
        below = PurePosixPath(path.parent.relative_to(self._root).as_posix())
        claim = Claim(folder, str(below), path.name, batch)
        claim.write()  # first: a file that is claimed is never without its note
        try:
            path.rename(claim.file)
        except FileNotFoundError:
            self.drop(claim)
            return None
        self._seen.pop(path, None)
        return claim

    def own(self) -> tuple[Claim, ...]:
        """The claims of this watcher, taken over ones too."""
        return tuple(self._read(folder) for folder in sorted(self._own.iterdir()) if folder.is_dir())

    def take_over(self) -> int:
        """Make the claims of dead watchers ours; returns how many came."""
        now, came = (self._own / ALIVE).stat().st_mtime, 0
        for other in (self._root / HIDDEN).iterdir():
            with contextlib.suppress(FileNotFoundError):  # somebody else takes over, too
                if other == self._own or now - _last_sign(other) < self._options.dead_seconds:
                    continue
                for folder in [one for one in other.iterdir() if one.is_dir()]:
                    folder.rename(self._own / folder.name)
                    came += 1
                (other / ALIVE).unlink(missing_ok=True)
                with contextlib.suppress(OSError):
                    other.rmdir()
        return came

    @staticmethod
    def _read(folder: Path) -> Claim:
        note = folder / NOTE
        values = (
            json.loads(note.read_text(encoding="utf-8")) if note.exists() else {"below": ".", "name": FILE, "batch": uuid4().hex}
        )
        return Claim(folder, **values)

    def finish(self, claim: Claim, to: str, reason: str = "") -> Path | None:
        """Put the file into the sub-folder `to`, a refused one with its reason beside it; None if the claim was taken over."""
        target = self._root / to / claim.below
        target.mkdir(parents=True, exist_ok=True)
        try:
            place, linked = _place_for(claim.file, target, claim.name)
        except FileNotFoundError:
            return None
        told = place.with_name(f"{place.name}{REASON}")
        if reason:
            told.write_text(f"{claim.name}\n{reason}\n", encoding="utf-8")
        try:
            claim.file.rename(place)  # of two names of one file both stay
            claim.file.unlink(missing_ok=True)
        except FileNotFoundError:
            for made in () if linked else (told, place):
                made.unlink(missing_ok=True)
            return None
        self.drop(claim)
        return place

    @staticmethod
    def drop(claim: Claim) -> None:
        """Forget a claim that has no file any more."""
        for name in (NOTE, f".{NOTE}"):
            (claim.folder / name).unlink(missing_ok=True)
        with contextlib.suppress(OSError):
            claim.folder.rmdir()

    def close(self) -> None:
        """Leave; claims that are not finished stay for others."""
        with contextlib.suppress(OSError):
            os.utime(self._own / ALIVE, (0, 0))  # dead at once
            if not self.own():
                (self._own / ALIVE).unlink()
                self._own.rmdir()


def _last_sign(watcher: Path) -> float:
    alive = watcher / ALIVE
    return alive.stat().st_mtime if alive.exists() else 0.0


def _passed_over(name: str) -> bool:
    plain = name.lower()
    return name.startswith((".", "~$")) or plain in JUNK or plain.endswith(UNFINISHED)


def _place_for(file: Path, folder: Path, name: str) -> tuple[Path, bool]:
    """A place that nobody else gets, and whether `file` is there already, under a second name.

    Where there are no hard links (some network shares), an empty file keeps the place; a death at this very moment leaves it.
    Raises FileNotFoundError when `file` was taken over.
    """
    for place in _places(folder, name):
        try:
            place.hardlink_to(file)
        except FileExistsError:
            if place.samefile(file):  # placed before a death
                return place, True
        except OSError as error:
            if error.errno not in NO_LINKS:
                raise
            with contextlib.suppress(FileExistsError):
                place.open("xb").close()
                return place, False
        else:
            return place, True
    raise AssertionError("places never end")


def _places(folder: Path, name: str) -> Iterator[Path]:
    """The place with that name, then those that say they are a further one; the name leaves room for its reason."""
    stem, suffix = Path(name).stem, Path(name).suffix
    if len(os.fsencode(suffix)) > SUFFIX_BYTES:
        stem, suffix = name, ""
    yield folder / _joined(stem, suffix)
    for number in count(2):
        yield folder / _joined(stem, f" ({number}){suffix}")


def _joined(stem: str, ending: str) -> str:
    """Both in one name with room for `REASON`; the stem gives way, by whole letters."""
    room = NAME_BYTES - len(REASON) - len(os.fsencode(ending))
    while len(os.fsencode(stem)) > room:
        stem = stem[:-1]
    return f"{stem}{ending}"
