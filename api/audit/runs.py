"""Runs on the server, in threads of this process: started and taken up again from the pages, followed by anybody who may.

Everything a run knows lies in its folder (`api.audit.orders`), so a killed one goes on where it was.
"""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO
from uuid import uuid4

from api.access.permissions import Principal
from api.audit.errors import TooManyRuns
from api.audit.orders import NAMES, ORDER, PROGRESS, Order, Run, RunProgress, RunState, SentNames, read_run, read_shown, write
from api.audit.orders import ShownLine as Line
from api.audit.results import CSV, PRINT, SUMMARY
from api.audit.work import FILES, Work
from api.intake.receiving import spool
from api.refusals import FileTooLarge
from api.wiring import Sohoa
from ingest.names import safe_name
from storage.errors import NotFound
from storage.reach import covers

MOST_AT_ONCE = 2
MOST_LISTED = 50
RESULTS = frozenset({CSV, PRINT, SUMMARY})
"""Files of a run that may be downloaded."""
_PATIENCE_S = 10.0


class AuditRuns:
    """The runs of one installation. One per process; may be used from many threads."""

    def __init__(self, sohoa: Sohoa) -> None:
        self._sohoa = sohoa
        self._root = sohoa.settings.data_dir.resolve() / "audits"
        self._lock = threading.Lock()
        self._at_work: dict[str, threading.Thread] = {}
        self._stopping = threading.Event()

    def start(self, order: Order, sent: Iterable[tuple[str, BinaryIO]] = ()) -> Order:
        """Begin a run on what is stored or on the files `sent`; they are kept until its end. Raises TooManyRuns, FileTooLarge."""
        self._room()
        folder = self._root / order.id
        folder.mkdir(parents=True, mode=0o700)
        try:
            self._take_in(folder / FILES, sent)
            write(folder, PROGRESS, RunProgress(at=datetime.now(UTC)))
            write(folder, ORDER, order)
        except Exception:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        self._work_on(order)
        return order

    def resume(self, run_id: str, who: Principal) -> None:
        """Take a run up again that was stopped; nothing if somebody works on it. Raises NotFound, TooManyRuns."""
        found = self.get(run_id, who)
        if found.state is RunState.STOPPED:
            self._room()
            self._work_on(found.order)

    def get(self, run_id: str, who: Principal) -> Run:
        """The run. Raises NotFound, also for one of others that is out of reach."""
        found = read_run(self._root / run_id) if run_id.isalnum() else None
        if found is None or not _may(found, who):
            raise NotFound(what="run", key=run_id)
        with self._lock:
            thread = self._at_work.get(run_id)
        if found.state is RunState.STOPPED and thread is not None and thread.is_alive():
            return found.model_copy(update={"state": RunState.RUNNING})
        return found

    def lines(self, run_id: str) -> tuple[Line, ...]:
        """What to show of a run that is done, the worst first."""
        return read_shown(self._root / run_id)

    def file(self, run_id: str, name: str, who: Principal) -> Path:
        """A result of a run. Raises NotFound."""
        self.get(run_id, who)
        path = self._root / run_id / name
        if name not in RESULTS or not path.is_file():
            raise NotFound(what="file", key=name)
        return path

    def latest(self, who: Principal) -> tuple[Run, ...]:
        """Runs within reach, newest first."""
        folders = self._root.iterdir() if self._root.is_dir() else ()
        found = [run for folder in folders if (run := read_run(folder)) is not None and _may(run, who)]
        return tuple(sorted(found, key=lambda one: one.order.created_at, reverse=True)[:MOST_LISTED])

    def close(self) -> None:
        """Stop what is going on; it can be taken up again."""
        self._stopping.set()
        with self._lock:
            threads = list(self._at_work.values())
        for thread in threads:
            thread.join(_PATIENCE_S)

    def _work_on(self, order: Order) -> None:
        work = Work(self._sohoa, order, self._root / order.id, self._stopping.is_set)
        thread = threading.Thread(target=work.all, name=f"audit-{order.id[:8]}", daemon=True)
        with self._lock:
            self._at_work = {key: one for key, one in self._at_work.items() if one.is_alive()}
            if order.id not in self._at_work:
                self._at_work[order.id] = thread
                thread.start()

    def _room(self) -> None:
        with self._lock:
            if sum(one.is_alive() for one in self._at_work.values()) >= MOST_AT_ONCE:
                raise TooManyRuns(most=MOST_AT_ONCE)

    def _take_in(self, folder: Path, sent: Iterable[tuple[str, BinaryIO]]) -> None:
        """The files under numbers: a name somebody chose is never a path."""
        folder.mkdir(mode=0o700)
        most, names = self._sohoa.settings.intake.max_file_bytes, list[str]()
        for place, (name, stream) in enumerate(sent):
            spool(stream, folder / f"{place:06d}", most, lambda: FileTooLarge(limit_mib=most // 1024**2))
            names.append(_free(names, safe_name(name)))
        write(folder.parent, NAMES, SentNames(names=tuple(names)))


def new_id() -> str:
    """The id of a new run."""
    return uuid4().hex


def _free(taken: list[str], name: str) -> str:
    """A name that is not taken: `a.pdf`, `a (2).pdf`."""
    path, count, free = Path(name), 1, name
    while free in taken:
        count += 1
        free = f"{path.stem} ({count}){path.suffix}"
    return free


def _may(run: Run, who: Principal) -> bool:
    return run.order.actor == who.name or covers(who.reach, run.order.unit) if who.reach else True
