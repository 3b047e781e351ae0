"""The state of the place as lines for the administrator: a sentence each, and how grave it is. Names texts, knows no language."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from enum import StrEnum

from api.rest.health import ReadyView
from api.watch.figures import Figures
from storage.model import StepKind, StepState
from storage.reach import Reach, covers
from storage.watching import Failed, Waiting

LATE = timedelta(minutes=15)
VERY_LATE = timedelta(hours=2)
UNANCHORED = timedelta(days=2)
FEW_DAYS, HARDLY_ANY = 14, 3
GIB = 1024**3
LEAST_FREE, WANTED_FREE = GIB // 4, 2 * GIB


_DONE_AT = {StepKind.CONFIRM: "review", StepKind.SEAL: "signing"}
"""On which page a person does what a step waits for."""

Counts = tuple[tuple[str, str, int], ...]
"""Step, code of the reason, how many."""


LINES = frozenset(
    {"workers_alive", "no_worker", "worker_silent", "disk", "disk_days", "objects_bad", "objects_whole", "no_copy", "copies"}
    | {"no_anchor", "anchored"}
    | {f"{name}_{how}" for name in ("database", "objects", "recognition", "tsa", "ocsp") for how in ("up", "down")}
)
"""Every sentence."""


class Grade(StrEnum):
    """How grave a line is, as `states.css` colours it."""

    GOOD = "good"
    DOUBT = "doubt"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Line:
    """One sentence: `text` names it in the group `status`, `values` fill it."""

    grade: Grade
    text: str
    values: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class UnitWork:
    """Work that waits in one unit."""

    unit: str
    ready: int = 0
    under_way: int = 0
    for_people: int = 0
    failed: int = 0
    oldest: timedelta | None = None
    """How long the oldest step has been ready for a machine."""

    @property
    def grade(self) -> Grade:
        """By how long a machine's work has waited."""
        return _by(self.oldest or timedelta(0), LATE, VERY_LATE)


def _by(age: timedelta, doubtful: timedelta, bad: timedelta) -> Grade:
    return Grade.BAD if age >= bad else Grade.DOUBT if age >= doubtful else Grade.GOOD


def work(figures: Figures, reach: Reach) -> tuple[UnitWork, ...]:
    """What waits in each unit within reach, the longest waiting first."""
    names = {StepState.READY: "ready", StepState.LEASED: "under_way", StepState.WAITING: "for_people", StepState.FAILED: "failed"}
    found: dict[str, UnitWork] = {}
    for one in figures.queue:
        if not covers(reach, one.unit):
            continue
        so_far = found.get(one.unit, UnitWork(one.unit))
        name = names[one.state]
        so_far = replace(so_far, **{name: getattr(so_far, name) + one.count})
        if one.state is StepState.READY:
            so_far = replace(so_far, oldest=max(so_far.oldest or timedelta(0), figures.now - one.since))
        found[one.unit] = so_far
    return tuple(sorted(found.values(), key=lambda row: (-(row.oldest or timedelta(0)), row.unit)))


def for_people(figures: Figures, reach: Reach) -> dict[str, int]:
    """How much waits for a person within reach, by the page (`api.web.site.NAVIGATION`) where it is done."""
    found: dict[str, int] = defaultdict(int)
    for one in figures.queue:
        page = (
            "attention" if one.state is StepState.FAILED else _DONE_AT.get(one.kind) if one.state is StepState.WAITING else None
        )
        if page and covers(reach, one.unit):
            found[page] += one.count
    return found


def failures(figures: Figures, reach: Reach) -> Counts:
    """What failed for good in the last hour within reach, most first."""
    return _counted(figures.failed, reach)


def retried(figures: Figures, reach: Reach) -> Counts:
    """What is tried again after a failure (a store, a time-stamp authority away) within reach, most first."""
    return _counted((one for one in figures.queue if one.state is StepState.READY and one.error_code), reach)


def _counted(found: Iterable[Failed | Waiting], reach: Reach) -> Counts:
    counts: dict[tuple[str, str], int] = defaultdict(int)
    for one in found:
        if covers(reach, one.unit):
            counts[str(one.kind), one.error_code] += one.count
    return tuple((step, code, count) for (step, code), count in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])))


def workers(figures: Figures, alive_seconds: float) -> tuple[Line, ...]:
    """Whether anybody works, and who went silent."""
    alive = figures.alive(alive_seconds)
    steps = sum(row.busy for row in alive)
    lines = [Line(Grade.GOOD, "workers_alive", {"count": len(alive), "steps": steps}) if alive else Line(Grade.BAD, "no_worker")]
    for row in figures.workers:
        if row not in alive:
            minutes = int((figures.now - (row.alive_at or row.since)).total_seconds() // 60)
            grade = Grade.DOUBT if alive else Grade.BAD
            lines.append(Line(grade, "worker_silent", {"host": row.host, "pid": row.pid, "minutes": minutes}))
    return tuple(lines)


def parts(view: ReadyView, outside: Mapping[str, bool]) -> tuple[Line, ...]:
    """What the product needs: its own parts, then services outside as this process' last call to them went."""
    own = [
        Line(
            Grade.GOOD if part.ok else Grade.BAD, f"{part.name}_{'up' if part.ok else 'down'}", {"ms": round(part.seconds * 1000)}
        )
        for part in view.parts
        if part.name != "worker"  # told by itself
    ]
    for name, ok in outside.items():
        own.append(Line(Grade.GOOD if ok else Grade.DOUBT, f"{name}_{'up' if ok else 'down'}"))
    return tuple(own)


def kept(figures: Figures) -> tuple[Line, ...]:
    """Disk, stored objects, the ledger's anchor."""
    return (_disk(figures), *_objects(figures), _anchor(figures))


def _disk(figures: Figures) -> Line:
    left, free = figures.days_left, figures.disk.free
    values: dict[str, object] = {"free": f"{free / GIB:.0f}", "total": f"{figures.disk.total / GIB:.0f}"}
    if free < LEAST_FREE or (left is not None and left < HARDLY_ANY):
        grade = Grade.BAD
    elif free < WANTED_FREE or (left is not None and left < FEW_DAYS):
        grade = Grade.DOUBT
    else:
        grade = Grade.GOOD
    if left is None:
        return Line(grade, "disk", values)
    return Line(grade, "disk_days", values | {"days": int(left)})


def _objects(figures: Figures) -> tuple[Line, ...]:
    main, copies = figures.objects, figures.copies
    bad = main.bad + (copies.bad if copies else 0)
    whole = Line(Grade.BAD, "objects_bad", {"count": bad}) if bad else Line(Grade.GOOD, "objects_whole", {"count": main.objects})
    if copies is None:
        return whole, Line(Grade.DOUBT, "no_copy")
    return whole, Line(Grade.GOOD, "copies", {"count": copies.objects - copies.unchecked})


def _anchor(figures: Figures) -> Line:
    if figures.anchored_at is None:
        return Line(Grade.DOUBT, "no_anchor")
    age = figures.now - figures.anchored_at
    return Line(_by(age, UNANCHORED, UNANCHORED * 4), "anchored", {"hours": int(age.total_seconds() // 3600)})
