"""Frozen facts of watching a deployment: who works, what waits, how full the disk is. No I/O."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from storage.model import StepKind, StepState

LEAST_SPAN = timedelta(days=1)
"""Over less time a rate of filling says nothing."""


@dataclass(frozen=True, slots=True)
class WorkerRow:
    """One worker process, as it said of itself last."""

    name: str
    host: str
    pid: int
    since: datetime
    concurrency: int
    busy: int = 0
    """Steps in hand."""
    alive_at: datetime | None = None
    """When it last proved that it can work: a thread of its pool looked for work, or all were busy with steps."""
    polled_at: datetime | None = None
    """When it last looked for work."""
    took_at: datetime | None = None
    """When it last took a step."""

    def fresh(self, now: datetime, seconds: float) -> bool:
        """Whether it proved within so many seconds that it can work."""
        return self.alive_at is not None and now - self.alive_at <= timedelta(seconds=seconds)


@dataclass(frozen=True, slots=True)
class Waiting:
    """Steps of one unit, kind and state (and for failed ones, one reason)."""

    unit: str
    kind: StepKind
    state: StepState
    error_code: str
    """Of failed steps, and of ready ones that are tried again: what stopped the last try."""
    count: int
    since: datetime
    """Since when the oldest of them is in this state."""
    expired: int
    """Leases among them that ran out and that nobody has taken over yet."""


@dataclass(frozen=True, slots=True)
class Failed:
    """Steps that failed for good in a stretch of time for one reason."""

    unit: str
    kind: StepKind
    error_code: str
    count: int


@dataclass(frozen=True, slots=True)
class DiskSample:
    """Free and total bytes of a data folder at a moment."""

    at: datetime
    free: int
    total: int


def days_left(before: DiskSample | None, now: DiskSample) -> float | None:
    """Days until the disk is full at the rate since `before`; None when that cannot be said or nothing fills."""
    if before is None or now.at - before.at < LEAST_SPAN or before.free <= now.free:
        return None
    rate = (before.free - now.free) / (now.at - before.at).total_seconds()
    return now.free / rate / timedelta(days=1).total_seconds()
