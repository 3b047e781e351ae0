"""Objects on local disk for as long as a step needs them: a small verified cache and a scratch folder."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

from ingest.model import Sha256
from ingest.ports import ObjectStore


class Workspace:
    """Fetches objects once and forgets the least recently used beyond `keep_bytes`. Safe for many threads of one process."""

    def __init__(self, objects: ObjectStore, folder: Path, keep_bytes: int = 1024**3) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._objects = objects
        self._root = Path(tempfile.mkdtemp(prefix=f"work-{os.getpid()}-", dir=folder))
        self._keep_bytes = keep_bytes
        self._lock = threading.Lock()
        self._in_use: dict[str, int] = {}

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
        with tempfile.TemporaryDirectory(dir=self._root) as folder:
            yield Path(folder)

    def close(self) -> None:
        """Remove everything."""
        shutil.rmtree(self._root, ignore_errors=True)

    def _local(self, name: Sha256) -> Path:
        path = self._root / name
        if path.exists():
            os.utime(path)
            return path
        part = self._root / f"{name}.{threading.get_ident()}.part"
        try:
            self._objects.fetch(name, part)
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)
        return path

    def _trim(self) -> None:
        kept = sorted((path for path in self._root.iterdir() if path.is_file()), key=lambda path: path.stat().st_mtime)
        total = sum(path.stat().st_size for path in kept)
        for path in kept:
            if total <= self._keep_bytes:
                return
            if path.name not in self._in_use and path.suffix != ".part":
                total -= path.stat().st_size
                path.unlink(missing_ok=True)
