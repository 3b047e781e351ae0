"""The signed files under folders, one by one in the order of their names."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from api.audit.model import Subject

_WANTED = ".pdf"
_MOST_KINDS = 40


@dataclass
class Walk:
    """A walk through `roots`; what it passed over is counted while it goes."""

    roots: Sequence[Path]
    leave_out: Path | None = None
    """The folder of results, which may lie inside."""
    passed_over: Counter[str] = field(default_factory=Counter)
    """Ending of a name (or why) → how many were not looked at."""

    def subjects(self) -> Iterator[Subject]:
        """Every PDF, each once; folders that cannot be read are counted, links are not followed out of a folder."""
        self.passed_over.clear()
        for root in self.roots:
            if root.is_dir():
                for path in self._files(root):
                    yield from self._one(path, _printable(path.relative_to(root) if len(self.roots) == 1 else path))
            else:
                yield from self._one(root, _printable(root if len(self.roots) > 1 else Path(root.name)), named=True)

    def _files(self, folder: Path) -> Iterator[Path]:
        for at, folders, names in os.walk(folder, onerror=self._unreadable):
            here = Path(at)
            folders[:] = sorted(name for name in folders if not name.startswith(".") and here / name != self.leave_out)
            yield from (here / name for name in sorted(names))

    def _one(self, path: Path, key: str, *, named: bool = False) -> Iterator[Subject]:
        if not named and (path.suffix.lower() != _WANTED or path.name.startswith((".", "~$"))):
            kind = path.suffix.lower() or "-"
            self.passed_over[kind if kind in self.passed_over or len(self.passed_over) < _MOST_KINDS else "…"] += 1
            return
        try:
            status = path.stat()
        except OSError:
            yield Subject(key, 0, 0, path)  # judged all the same: the result says that it cannot be read
            return
        if not path.is_file():
            self.passed_over["special"] += 1
            return
        yield Subject(key, status.st_size, status.st_mtime_ns, path)

    def _unreadable(self, _: OSError) -> None:
        self.passed_over["unreadable"] += 1


def _printable(path: Path) -> str:
    """The path as text that any file can hold, whatever bytes the file system gave."""
    return os.fsencode(path).decode("utf-8", errors="backslashreplace")
