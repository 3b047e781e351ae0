"""Use case: a stack straight from a SANE scanner. Each page is put on disk as it comes; a jam or a dead process loses none.

Pages are spooled below the data folder, then taken in as one file (lossless TIFF). What a dead run left behind is taken in by the
next one, into its own batch. The only module that runs `scanimage`.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import logging
import os
import re
import selectors
import shutil
import subprocess
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from PIL import Image
from PIL.TiffImagePlugin import AppendingTiffWriter

from api.intake.receiving import Intake
from api.scan.errors import EMPTY, ScannerBusy, ScannerMissing, ScannerSilent, told
from api.scan.options import ScanProfile
from api.wiring import Sohoa
from ingest.errors import CodedError
from storage.model import FileRow

log = logging.getLogger(__name__)

PROGRAM = "scanimage"
_SPOOL, _LOCK, _ALONE = "scans", ".lock", "scanners"
_SILENT = "!silent"
_CHOICES = re.compile(r"^\s+--(mode|source)\s+(\S.*?)(?:\s\[[^\]]*\])?\s*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Device:
    """A scanner."""

    name: str
    label: str


def installed() -> bool:
    """Whether this machine has SANE's program."""
    return shutil.which(PROGRAM) is not None


def devices() -> tuple[Device, ...]:
    """The scanners SANE finds. Raises ScannerMissing without the program."""
    listed = _run("-f", "%d\t%v %m%n")
    return tuple(Device(*line.split("\t", 1)) for line in listed.splitlines() if "\t" in line)


def choices(device: str) -> dict[str, tuple[str, ...]]:
    """The modes and sources a scanner offers. Raises ScannerMissing."""
    return {name: tuple(values.split("|")) for name, values in _CHOICES.findall(_run("-d", device, "-A"))}


def _run(*arguments: str) -> str:
    if not installed():
        raise ScannerMissing(why=PROGRAM)
    done = subprocess.run([PROGRAM, *arguments], capture_output=True, text=True, timeout=60, check=False)
    if done.returncode:
        raise ScannerMissing(why=(done.stderr.strip().splitlines() or [str(done.returncode)])[-1][:200])
    return done.stdout


class ScanDesk:
    """Scans stacks into batches."""

    def __init__(self, sohoa: Sohoa) -> None:
        self._sohoa = sohoa
        self._root = sohoa.settings.data_dir / _SPOOL

    def recover(self, actor: str) -> tuple[FileRow, ...]:
        """Take in what dead runs left behind; what cannot be taken in just now stays for the next time."""
        rows: list[FileRow] = []
        for folder in sorted(self._root.glob("[!.]*")) if self._root.is_dir() else ():
            with _locked(folder / _LOCK, "r+") as ours:
                if ours:
                    try:
                        rows += self._take_in(folder, actor)
                    except CodedError as error:
                        log.warning("the pages of batch %s are not taken in yet: %s", folder.name, error.code)
        return tuple(rows)

    def scan(
        self, batch_id: str, device: str, profile: ScanProfile, source: str, actor: str, on_page: Callable[[int], None],
        more: Sequence[str] = (), stop: Callable[[], bool] = lambda: False,
    ) -> tuple[FileRow, ...]:  # fmt: skip
        """Scan until the feeder is empty (one page from a glass) or `stop` says so; `more` are further options of the device.

        A page is on disk before the next one is asked for. Raises ScannerMissing, ScannerBusy, and ScannerStopped or one of its
        kinds after a jam and the like, when the pages before it are taken in.
        """
        number, why = 0, ""
        wanted = ["-d", device, "--format=tiff", f"--resolution={profile.dpi}", f"--mode={profile.mode}", *more]
        wanted += [f"--source={source}"] if source else []
        wanted += [] if is_feeder(source) else ["--batch-count=1"]
        with self.alone(device), self._spool(batch_id) as folder:
            for line in self._pages(folder, wanted, stop):
                if line.startswith("!"):
                    why = line
                else:
                    _sync(Path(line))
                    number += 1
                    on_page(number)
            rows = self._take_in(folder, actor)
        if why == _SILENT:
            raise ScannerSilent(pages=number)
        if why and not (number and EMPTY in why.lower()):
            raise told(why[1:], number, device)
        return rows

    @contextlib.contextmanager
    def alone(self, device: str) -> Iterator[None]:
        """One run at a time on a scanner, whichever process scans. Raises ScannerBusy."""
        folder = self._sohoa.settings.data_dir / _ALONE
        folder.mkdir(parents=True, exist_ok=True)
        with _locked(folder / f"{hashlib.sha256(device.encode()).hexdigest()[:24]}.lock", "w") as ours:
            if not ours:
                raise ScannerBusy(device=device)
            yield

    @contextlib.contextmanager
    def _spool(self, batch_id: str) -> Iterator[Path]:
        name = f"{batch_id}-{uuid4().hex[:6]}"
        coming = self._root / f".{name}"
        coming.mkdir(parents=True)
        with _locked(coming / _LOCK, "w"):
            yield coming.rename(self._root / name)  # seen by others only when it is locked

    def _pages(self, folder: Path, arguments: list[str], stop: Callable[[], bool]) -> Iterator[str]:
        """Paths of finished pages as they come; at the end `!` and why the scanner stopped, if it did.

        The program waits for a line before each page (`--batch-prompt`); the end of its input ends the stack.
        """
        if not installed():
            raise ScannerMissing(why=PROGRAM)
        command = [PROGRAM, *arguments, f"--batch={folder}/%04d.tif", "--batch-print", "--batch-prompt"]
        with (folder / ".log").open("w+", encoding="utf-8", errors="replace") as heard:
            process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=heard, text=True)
            try:
                yield from self._lines(process, stop)
                status = process.wait(timeout=self._sohoa.settings.scan.page_seconds)
            except (subprocess.TimeoutExpired, TimeoutError):
                yield _SILENT
                return
            finally:
                process.kill()
                process.wait()
            heard.seek(0)
            said = [line.strip().removeprefix("scanimage: ") for line in heard if line.startswith("scanimage:")]
        if said or status:
            yield f"!{'; '.join(said)[:300] or status}"

    def _lines(self, process: subprocess.Popen[str], stop: Callable[[], bool]) -> Iterator[str]:
        asked, out = process.stdin, process.stdout
        if asked is None or out is None:
            raise RuntimeError("pipes were asked for")
        with selectors.DefaultSelector() as waiting:
            waiting.register(out, selectors.EVENT_READ)
            while not stop():
                with contextlib.suppress(BrokenPipeError):  # it ended by itself: what it said tells why
                    asked.write("\n")
                    asked.flush()
                if not waiting.select(timeout=self._sohoa.settings.scan.page_seconds):
                    raise TimeoutError
                line = out.readline()
                if not line:
                    break
                yield line.strip()
        with contextlib.suppress(BrokenPipeError):
            asked.close()

    def _take_in(self, folder: Path, actor: str) -> tuple[FileRow, ...]:
        """The finished pages of a spool as files of its batch; the spool goes once they are durable."""
        whole = [page for page in sorted(folder.glob("????.tif")) if _is_whole(page)]
        rows = tuple(self._received(folder, whole, actor)) if whole else ()
        shutil.rmtree(folder, ignore_errors=True)
        return rows

    def _received(self, folder: Path, pages: Sequence[Path], actor: str) -> Iterator[FileRow]:
        """One file, or several where one would be larger than a file may be."""
        stack = folder / "stack.tiff"
        with AppendingTiffWriter(str(stack), new=True) as out:
            for page in pages:
                with Image.open(page) as image:
                    image.save(out, format="TIFF", compression="tiff_adobe_deflate", dpi=image.info["dpi"])
                out.newFrame()
        if stack.stat().st_size > self._sohoa.settings.intake.max_file_bytes and len(pages) > 1:
            half = len(pages) // 2
            yield from self._received(folder, pages[:half], actor)
            yield from self._received(folder, pages[half:], actor)
            return
        with stack.open("rb") as stream:
            name = f"quet-{folder.name[-6:]}-{pages[0].stem}.tif"
            yield Intake(self._sohoa).receive(folder.name.split("-")[0], name, stream, actor=actor)


def is_feeder(source: str) -> bool:
    """Whether a source takes a stack: its name says so."""
    return any(word in source.lower() for word in ("feeder", "adf"))


def _is_whole(page: Path) -> bool:
    """A page whose scan broke off is not one."""
    try:
        with Image.open(page) as image:
            image.load()
    except OSError:
        return False
    return True


def _sync(path: Path) -> None:
    for one, flags in ((path, os.O_RDONLY), (path.parent, os.O_RDONLY | os.O_DIRECTORY)):
        handle = os.open(one, flags)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


@contextlib.contextmanager
def _locked(path: Path, mode: str) -> Iterator[bool]:
    """Hold the lock file `path`, opened in `mode`; False when somebody else does, or there is none to read."""
    try:
        lock = path.open(mode)
    except OSError:
        yield False
        return
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            yield False
            return
        yield True
