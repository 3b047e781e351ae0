"""Objects on local disk for as long as a step needs them: a small verified cache and scratch folders.

Cleaning never fails a step. Each process holds a lock on its folder, so that the next start can tell which were left behind.
"""

from __future__ import annotations

import contextlib
import shutil
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

from ingest.model import Sha256
from ingest.ports import ObjectStore
from ingest.scratch import held


class Workspace:
    """Fetches objects once and forgets the least recently used beyond `keep_bytes`. Safe for many threads of one process."""

    def __init__(self, objects: ObjectStore, folder: Path, keep_bytes: int = 1024**3) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._objects = objects
        self._root, self._held = held(folder)
        self._keep_bytes = keep_bytes
        self._lock = threading.Lock()
        self._in_use: dict[str, int] = {}
        self._kept: dict[str, int] = {}
        """Size of each cached object, least recently used first."""

    @contextlib.contextmanager
    def fetched(self, *names: Sha256) -> Iterator[tuple[Path, ...]]:
        """Local, verified copies of the objects, in order; they may vanish after the block."""
        with self._lock:
            for name in names:
                self._in_use[name] = self._in_use.get(name, 0) + 1
        try:
            yield tuple(self._local(name) for name in names)
        finally:
            with self._lock:
                for name in names:
                    self._in_use[name] -= 1
                    if not self._in_use[name]:
                        del self._in_use[name]
                self._trim()

    @contextlib.contextmanager
    def scratch(self) -> Iterator[Path]:
        """An empty folder, removed after the block."""
        with tempfile.TemporaryDirectory(dir=self._root, ignore_cleanup_errors=True) as folder:
            yield Path(folder)

    def close(self) -> None:
        """Remove everything."""
        shutil.rmtree(self._root, ignore_errors=True)
        self._held.close()

    def _local(self, name: Sha256) -> Path:
        path = self._root / name
        with self._lock:
            if name in self._kept:
                self._kept[name] = self._kept.pop(name)
                return path
        part = self._root / f"{name}.{threading.get_ident()}.part"
        try:
            self._objects.fetch(name, part)
            size = part.stat().st_size
            with self._lock:
                part.replace(path)
                self._kept.pop(name, None)
                self._kept[name] = size
        finally:
            part.unlink(missing_ok=True)
        return path

    def _trim(self) -> None:
        total = sum(self._kept.values())
        for name in [name for name in self._kept if name not in self._in_use]:
            if total <= self._keep_bytes:
                return
            total -= self._kept.pop(name)
            with contextlib.suppress(OSError):
                (self._root / name).unlink(missing_ok=True)
