"""Scratch folders that tell whether somebody still uses them: the lock in each ends with its process, however that ends."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
import time
from pathlib import Path
from typing import IO

PREFIX = "work-"
LOCK = ".lock"
STALE_SECONDS = 24 * 3600
"""Other scratch entries (an upload, a page drawn for a browser) live for minutes; a day later nobody wants them."""


def held(folder: Path) -> tuple[Path, IO[str]]:
    """A new folder in `folder`, and the open lock that keeps `sweep` from it."""
    made = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-", dir=folder))
    lock = (made / LOCK).open("w")
    fcntl.flock(lock, fcntl.LOCK_EX)
    return made, lock


def sweep(folder: Path) -> int:
    """Remove what killed processes left in the scratch folder; returns how many entries went."""
    gone = 0
    for entry in folder.iterdir():
        if _left_behind(entry):
            shutil.rmtree(entry, ignore_errors=True) if entry.is_dir() else entry.unlink(missing_ok=True)
            gone += 1
    return gone


def _left_behind(entry: Path) -> bool:
    try:
        if not entry.name.startswith(PREFIX):
            return time.time() - entry.stat().st_mtime > STALE_SECONDS
        with (entry / LOCK).open("r+") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
    except OSError:
        return False  # somebody holds it, or it is gone already
