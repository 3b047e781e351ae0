"""One run: stand everything up, feed and break it, let it drain, and hold it to its promises."""

from __future__ import annotations

import tempfile
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from sqlalchemy import func, select

from api.intake.attention import AttentionDesk
from ingest.errors import CodedError
from scripts.soak.defects import defects_told
from scripts.soak.door import Door
from scripts.soak.invariants import Violation, check
from scripts.soak.load import Load, claimed_and_waiting
from scripts.soak.papers import deliveries
from scripts.soak.plan import Fault, Options, schedule
from scripts.soak.stage import Stage, keep_logs, standing
from storage.model import StepState
from storage.records.tables import files, outbox, papers, steps

FEWEST_PATIENCE_S = 300.0
"""How long draining may take on a slow machine before what is left counts as stuck."""
QUIET_LOOKS = 3
"""Drained is what was found so in so many looks in a row, a second apart: a job may only just have begun."""


@dataclass
class Outcome:
    """What a run came to."""

    options: Options
    schedule: tuple[Fault, ...]
    found: dict[str, list[Violation]] = field(default_factory=dict)
    done: Counter[str] = field(default_factory=Counter)
    not_done: Counter[str] = field(default_factory=Counter)
    spoilt: Counter[str] = field(default_factory=Counter)
    """Requests to the store that a fault met."""
    figures: dict[str, object] = field(default_factory=dict)
    attention: Counter[str] = field(default_factory=Counter)
    """Lines of the attention list when the faults were over, by step and reason."""
    answers: Counter[str] = field(default_factory=Counter)

    @property
    def violations(self) -> list[Violation]:
        """Every one."""
        return [one for several in self.found.values() for one in several]


def run(options: Options, logs_to: Path | None = None) -> Outcome:
    """Do one run. Raises ServerMissing where a server is not installed."""
    outcome = Outcome(options, schedule(options))
    with tempfile.TemporaryDirectory(prefix="sohoa-soak-logs-") as name:
        logs = Path(name)
        try:
            with standing(options, logs) as stage:
                _play(stage, outcome)
        finally:
            if logs_to is not None:
                keep_logs(logs, logs_to)
    return outcome


def _play(stage: Stage, outcome: Outcome) -> None:
    options, over = outcome.options, threading.Event()
    door = Door(stage.addresses, Random(f"door {options.seed}"), over, options.hang_up_share)
    load = Load(options, door, stage.tokens, deliveries(options), stage.hot, stage.world.receipts)
    begun = time.monotonic()
    load.start()
    for fault in outcome.schedule:
        time.sleep(max(0.0, begun + fault.at_s - time.monotonic()))
        print(f"  {fault}", flush=True)
        stage.world.strike(fault)
    time.sleep(max(0.0, begun + options.seconds - time.monotonic()))
    stage.world.heal()
    healed = time.monotonic()
    patience = max(FEWEST_PATIENCE_S, options.seconds / 2)
    stopped = load.stop(patience)
    drained = _drain(stage, patience)
    outcome.figures["drained in s"] = round(time.monotonic() - healed)
    journal = load.journal
    outcome.attention = _attention(stage)
    first = check(stage.sohoa, journal, stage.hot, settled=False)
    _retry_all(stage)
    again = _drain(stage, patience)
    over.set()
    ended = time.monotonic()
    stage.keeper.close()
    outcome.figures["ended in s"] = round(time.monotonic() - ended)
    second = check(stage.sohoa, journal, stage.hot, settled=True)
    outcome.found = {name: [*dict.fromkeys([*first.get(name, []), *found])] for name, found in second.items()}
    outcome.found["drained"] = [] if stopped and drained and again else [Violation("drained", _left(stage))]
    outcome.found["no-defects"] = [Violation("no-defects", what) for what in _defects(stage, door, load)]
    _figures(stage, outcome, load, door)


def _drain(stage: Stage, patience_s: float) -> bool:
    """Until no machine has anything left to do, or patience ends."""
    ends, quiet = time.monotonic() + patience_s, 0
    while quiet < QUIET_LOOKS:
        if time.monotonic() > ends:
            return False
        try:
            quiet = 0 if _work_left(stage) else quiet + 1
        except CodedError:
            quiet = 0
        time.sleep(1)
    return True


def _work_left(stage: Stage) -> int:
    with stage.sohoa.database.connection(writes=False) as connection:
        live = connection.execute(select(func.count()).where(steps.c.due_at.is_not(None))).scalar_one()
        hints = connection.execute(select(func.count()).where(outbox.c.topic == "work")).scalar_one()
        stuck = connection.execute(select(files.c.name).where(files.c.state == "attention")).scalars().all()
    claimed, waiting = claimed_and_waiting(stage.hot)
    return int(live) + int(hints) + waiting + max(0, claimed - len(stuck))


def _left(stage: Stage) -> str:
    with stage.sohoa.database.read() as uow:
        overdue = uow.steps.overdue(0, 5)
    return f"{_work_left(stage)} things left: {[(str(one.kind), one.error_code, one.attempts) for one in overdue]}"


def _attention(stage: Stage) -> Counter[str]:
    with stage.sohoa.database.read() as uow:
        return Counter(f"{line.kind} {line.error_code}" for line in uow.steps.attention(limit=10_000))


def _retry_all(stage: Stage) -> None:
    """A person presses "retry" on every line."""
    desk = AttentionDesk(stage.sohoa)
    with stage.sohoa.database.read() as uow:
        lines = uow.steps.attention(limit=10_000)
    for line in lines:
        desk.retry(line.step_id, actor="clerk")


def _defects(stage: Stage, door: Door, load: Load) -> list[str]:
    found = [f"{count} times {what}" for what, count in Counter(door.defects).items()]
    found += load.failed
    for service in (*stage.world.web, *stage.world.workers):
        if service.bad_ends:
            found.append(f"{service.name} ended with {service.bad_ends} when told to end")
    for path in sorted(stage.logs.glob("*.log")):
        text = path.read_text(encoding="utf-8", errors="replace")
        found += [f"{path.stem}: {told}" for told in defects_told(text)]
    return found


def _figures(stage: Stage, outcome: Outcome, load: Load, door: Door) -> None:
    with stage.sohoa.database.connection(writes=False) as connection:
        states = dict(connection.execute(select(papers.c.state, func.count()).group_by(papers.c.state)).all())  # type: ignore[arg-type]
        pages = connection.execute(select(func.sum(papers.c.pages))).scalar_one()
        failed = connection.execute(select(func.count()).where(steps.c.state == str(StepState.FAILED))).scalar_one()
    journal, services = load.journal, (*stage.world.web, *stage.world.workers)
    outcome.done, outcome.not_done, outcome.spoilt = stage.world.done, stage.world.not_done, stage.world.store.met
    outcome.answers = door.answers
    outcome.figures |= {
        "ready in s": round(stage.started_s),
        "deliveries": journal.deliveries,
        "files acknowledged": len(journal.receipts),
        "files by hot folder": len(journal.dropped),
        "certification numbers told": len(journal.numbers),
        "papers": states,
        "pages": pages,
        "process starts": sum(service.starts for service in services),
        "process ends unasked": sum(service.unasked for service in services),
        "attention lines after retry": failed,
        "time-stamp requests spoilt": stage.world.authority.met,
    }
