"""Use case: a stack straight from a SANE scanner. Each page is put on disk as it comes; a jam or a dead process loses none.

Pages are spooled below the data folder, then taken in as one file (lossless TIFF). What a dead run left behind is taken in by the
next one, into its own batch. The only module that runs `scanimage`.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
import selectors
import shutil
import subprocess
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from api.errors import ApiError
from api.intake import Intake
from api.scan_options import ScanProfile
from api.wiring import Sohoa
from ingest.errors import NextStep
from storage.model import FileRow

PROGRAM = "scanimage"
_SPOOL, _LOCK = "scans", ".lock"
_EMPTY = "out of documents"
_CHOICES = re.compile(r"^\s+--(mode|source)\s+(\S.*?)(?:\s\[[^\]]*\])?\s*$", re.MULTILINE)


class ScannerMissing(ApiError):
    """No `scanimage` program, or no scanner that answers."""

    code = "api.scanner_missing"
    next_step = NextStep.ADMIN
    vi = "Không tìm thấy máy quét ({why}). Cài gói sane-utils, bật máy quét rồi thử lại."
    en = "No scanner was found ({why}). Install sane-utils, switch the scanner on and try again."


class ScannerStopped(ApiError):
    """The scanner stopped before the stack was through: a jam, an open cover; the pages before it are taken in."""

    code = "api.scanner_stopped"
    retryable = True
    next_step = NextStep.RETRY
    vi = "Máy quét dừng sau {pages} trang ({why}). Các trang đã quét được giữ lại; gỡ giấy rồi quét tiếp vào cùng lô."
    en = "The scanner stopped after {pages} pages ({why}). They are kept; clear the paper and scan the rest into the same batch."


@dataclass(frozen=True, slots=True)
class Device:
    """A scanner."""

    name: str
    label: str


def devices() -> tuple[Device, ...]:
    """The scanners SANE finds. Raises ScannerMissing without the program."""
    told = _run("-f", "%d\t%v %m%n")
    return tuple(Device(*line.split("\t", 1)) for line in told.splitlines() if "\t" in line)


def choices(device: str) -> dict[str, tuple[str, ...]]:
    """The modes and sources a scanner offers. Raises ScannerMissing."""
    return {name: tuple(values.split("|")) for name, values in _CHOICES.findall(_run("-d", device, "-A"))}


def _run(*arguments: str) -> str:
    if shutil.which(PROGRAM) is None:
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
        """Take in what dead runs left behind."""
        found = sorted(self._root.iterdir()) if self._root.is_dir() else []
        return tuple(row for folder in found if _left_behind(folder) and (row := self._take_in(folder, actor)) is not None)

    def scan(
        self, batch_id: str, device: str, profile: ScanProfile, source: str, actor: str, on_page: Callable[[int], None],
        more: Sequence[str] = (),
    ) -> FileRow:  # fmt: skip
        """Scan until the feeder is empty (one page from a glass); `more` are further options of the device.

        Raises ScannerMissing when nothing was scanned, ScannerStopped after a jam, when the pages before it are taken in.
        """
        number = 0
        with self._spool(batch_id) as folder:
            why = ""
            wanted = ["-d", device, "--format=tiff", f"--resolution={profile.dpi}", f"--mode={profile.mode}", *more]
            wanted += [f"--source={source}"] if source else []
            once = [] if "feeder" in source.lower() or "adf" in source.lower() else ["--batch-count=1"]
            for line in self._pages(folder, [*wanted, *once]):
                if line.startswith("!"):
                    why = line[1:]
                else:
                    _sync(Path(line))
                    number += 1
                    on_page(number)
            row = self._take_in(folder, actor)
        if row is None:
            raise ScannerMissing(why=why or "0")
        if why and _EMPTY not in why:
            raise ScannerStopped(pages=number, why=why)
        return row

    @contextlib.contextmanager
    def _spool(self, batch_id: str) -> Iterator[Path]:
        folder = self._root / f"{batch_id}-{os.getpid()}"
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / _LOCK).open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield folder

    def _pages(self, folder: Path, arguments: list[str]) -> Iterator[str]:
        """Paths of finished pages as they come; at the end `!` and why the scanner stopped."""
        if shutil.which(PROGRAM) is None:
            raise ScannerMissing(why=PROGRAM)
        command = [PROGRAM, *arguments, f"--batch={folder}/%04d.tif", "--batch-print"]
        with (folder / ".log").open("w+", encoding="utf-8", errors="replace") as log:
            process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True)
            try:
                yield from self._lines(process)
            finally:
                process.kill()
                process.wait()
            log.seek(0)
            told = [line.strip() for line in log if line.startswith("scanimage:")]
        yield f"!{told[-1].removeprefix('scanimage: ')[:200]}" if told else "!"

    def _lines(self, process: subprocess.Popen[str]) -> Iterator[str]:
        out = process.stdout
        if out is None:
            raise RuntimeError("a pipe was asked for")
        with selectors.DefaultSelector() as waiting:
            waiting.register(out, selectors.EVENT_READ)
            while waiting.select(timeout=self._sohoa.settings.scan.page_seconds):
                line = out.readline()
                if not line:
                    return
                yield line.strip()

    def _take_in(self, folder: Path, actor: str) -> FileRow | None:
        """The finished pages of a spool as one file of its batch; the spool goes once they are durable."""
        pages = sorted(folder.glob("????.tif"))
        whole = [page for page in pages if _is_whole(page)]
        row = None
        if whole:
            stack = folder / "stack.tiff"
            first, *rest = (Image.open(page) for page in whole)
            first.save(
                stack, format="TIFF", save_all=True, append_images=rest, compression="tiff_adobe_deflate", dpi=first.info["dpi"]
            )
            with stack.open("rb") as stream:
                name = f"quet-{folder.name[-6:]}.tif"
                row = Intake(self._sohoa).receive(folder.name.split("-")[0], name, stream, actor=actor)
        shutil.rmtree(folder, ignore_errors=True)
        return row


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


def _left_behind(folder: Path) -> bool:
    try:
        with (folder / _LOCK).open("r+") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
    except OSError:
        return False
