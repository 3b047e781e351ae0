"""What a run on the server was asked for and how far it is, as files in its folder: it can be taken up again after any stop."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from api.audit.model import Outcome
from api.audit.reports import write_whole
from signing.report.schema import ErrorReport

ORDER, PROGRESS, SHOWN, NAMES = "order.json", "progress.json", "shown.json", "names.json"
_ALIVE = timedelta(seconds=20)
"""Whoever works on a run writes its progress more often than this."""


class RunKind(StrEnum):
    """What is checked."""

    FILES = "files"
    DAYS = "days"
    BOOK = "book"
    LEDGER = "ledger"


class RunState(StrEnum):
    """How a run stands."""

    RUNNING = "running"
    STOPPED = "stopped"
    """Not at its end, and nobody works on it: it can be taken up again."""
    DONE = "done"


class _File(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Order(_File):
    """What was asked for, by whom."""

    id: str
    kind: RunKind
    title: str
    lang: str
    actor: str
    unit: str
    """The unit the asker works for; empty: none in particular."""
    created_at: datetime
    first: date | None = None
    last: date | None = None
    book: str = ""
    """Id of a register book."""
    purpose: str = ""


class RunProgress(_File):
    """How far a run is."""

    at: datetime
    phase: str = "files"
    """`ledger` while the chain is walked, then `files`."""
    total: int = 0
    done: int = 0
    passed: int = 0
    indeterminate: int = 0
    failed: int = 0
    errors: int = 0
    finished: bool = False
    outcome: Outcome | None = None
    headline: str = ""
    ledger: str = ""
    """What is said of the ledger; empty when it was not asked."""
    problem: ErrorReport | None = None
    """Why it stopped, when it did not stop by itself."""

    @property
    def percent(self) -> int:
        """Of the whole; 100 only at the end."""
        if self.finished:
            return 100
        return min(99, 100 * self.done // self.total) if self.total else 0


class ShownLine(_File):
    """One subject as the page shows it."""

    key: str
    outcome: Outcome
    headline: str
    why: str


class ShownLines(_File):
    """The subjects a page shows, the worst first."""

    lines: tuple[ShownLine, ...] = ()


class SentNames(_File):
    """How the files that were sent are called, in their order."""

    names: tuple[str, ...] = ()


class Run(_File):
    """A run: its order, how far it is, how it stands."""

    order: Order
    progress: RunProgress
    state: RunState


def write(folder: Path, name: str, fact: BaseModel) -> None:
    """Write one of the files whole or not at all. Raises ReportNotWritten."""
    write_whole((fact.model_dump_json() + "\n").encode(), folder / name)


def read_run(folder: Path) -> Run | None:
    """The run in a folder, or None when there is none that can be read."""
    try:
        order = Order.model_validate_json((folder / ORDER).read_bytes())
        progress = RunProgress.model_validate_json((folder / PROGRESS).read_bytes())
    except (OSError, ValueError):
        return None
    alive = datetime.now(UTC) - progress.at < _ALIVE and progress.problem is None
    state = RunState.DONE if progress.finished else RunState.RUNNING if alive else RunState.STOPPED
    return Run(order=order, progress=progress, state=state)


def read_shown(folder: Path) -> tuple[ShownLine, ...]:
    """The subjects to show; none before the end."""
    try:
        return ShownLines.model_validate_json((folder / SHOWN).read_bytes()).lines
    except (OSError, ValueError):
        return ()
