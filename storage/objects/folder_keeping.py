"""Looking after a folder store: listing it, and moving what nobody names out of the way. Only a disposal deletes."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from ingest.model import Sha256
from storage.objects.names import key_of
from storage.preservation import Listed

_NAME = re.compile(r"[0-9a-f]{64}")
QUARANTINE = "quarantine"


def listed(root: Path) -> Iterator[Listed]:
    """Every object under a proper name."""
    objects = root / "objects"
    if not objects.is_dir():
        return
    for first in sorted(os.scandir(objects), key=lambda one: one.name):
        for second in sorted(os.scandir(first.path), key=lambda one: one.name) if first.is_dir() else ():
            for entry in os.scandir(second.path) if second.is_dir() else ():
                if _NAME.fullmatch(entry.name) and entry.is_file(follow_symlinks=False):
                    about = entry.stat(follow_symlinks=False)
                    yield Listed(Sha256(entry.name), about.st_size, datetime.fromtimestamp(about.st_mtime, UTC))


def set_aside(root: Path, sha256: str) -> None:
    """Move an object to the quarantine."""
    source, to = root / key_of(sha256), root / QUARANTINE / sha256
    to.parent.mkdir(exist_ok=True)
    if source.is_file():
        source.replace(to)


def bring_back(root: Path, sha256: str) -> bool:
    """Move it back; False when it is not in the quarantine."""
    source, to = root / QUARANTINE / sha256, root / key_of(sha256)
    if not source.is_file():
        return False
    to.parent.mkdir(parents=True, exist_ok=True)
    source.replace(to)
    return True


def erase_aside(root: Path, sha256: str) -> None:
    """Destroy it in the quarantine, and spoilt copies of it."""
    for left in [root / QUARANTINE / sha256, *(root / "corrupt").glob(f"{sha256}.*")]:
        left.unlink(missing_ok=True)
