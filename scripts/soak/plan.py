"""What a run does: its options, and the schedule of faults that a seed gives. No I/O: the same seed gives the same schedule."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from random import Random


class Kind(StrEnum):
    """What is broken."""

    KILL_WORKER = "kill-worker"
    KILL_WEB = "kill-web"
    KILL_CHILD = "kill-child"
    """A child process in which pages are read or parsed, as the kernel does when memory ends."""
    STOP_WORKER = "stop-worker"
    """SIGSTOP, and SIGCONT when its leases have run out."""
    STOP_WEB = "stop-web"
    END_WORKER = "end-worker"
    """SIGTERM, as a rolling restart does."""
    END_WEB = "end-web"
    BROKER_RESTART = "broker-restart"
    BROKER_WIPE = "broker-wipe"
    DATABASE_RESTART = "database-restart"
    DATABASE_CRASH = "database-crash"
    DATABASE_CUT = "database-cut"
    """Every session is ended by the server, as a failover does."""
    STORE_FAULT = "store"
    """The S3 store misbehaves; how, is the fault's parameter."""
    DISK_FULL = "disk-full"
    CLOCK_STEP = "clock-step"
    TSA_FAULT = "tsa"


STORE_MOODS = ("errors", "silent", "slow", "wrong", "cut", "answer_lost", "full", "away")
TSA_MOODS = ("500", "hang", "html", "refused", "nonce", "imprint", "late", "nothing")
CLOCK_STEPS_S = (-86_400, -3_600, -300, 300, 3_600, 86_400)


@dataclass(frozen=True, slots=True)
class Options:
    """One run."""

    seed: int
    seconds: float = 1800.0
    """How long faults and load go on; starting and draining come on top."""
    web: int = 2
    workers: int = 2
    clients: int = 3
    in_flight: int = 6
    """Deliveries that may be unfinished at a time: the load follows what the machine can do."""
    broker: str = ""
    """rabbitmq or redis; empty: as the seed falls."""
    planted: str = ""
    """A bug of `scripts.soak.planted` that every process carries."""
    deck: tuple[Kind, ...] = ()
    """The faults that are dealt out; empty: every kind."""
    store_moods: tuple[str, ...] = STORE_MOODS
    hang_up_share: float = 0.05
    """How often a clerk's own line breaks after everything was sent, before the answer is read."""
    hot_pause_s: float = 4.0
    """Mean pause between two files of the scanner."""
    long_papers: bool = True
    """Whether construction dossiers are among what is handed in."""
    pause_s: float = 0.0
    """Mean pause between faults; 0: as the length gives."""

    @property
    def broker_kind(self) -> str:
        """RabbitMQ for two seeds of three."""
        return self.broker or ("redis" if self.seed % 3 == 0 else "rabbitmq")

    @property
    def long_pages(self) -> int:
        """Pages of a construction dossier: 400 in half an hour."""
        return max(8, min(400, round(self.seconds / 1800 * 400)))


@dataclass(frozen=True, slots=True)
class Fault:
    """One entry of the schedule. `at_s` counts from the first file sent."""

    at_s: float
    kind: Kind
    lasts_s: float = 0.0
    which: int = 0
    """The process it befalls, as a number modulo how many there are."""
    how: str = ""
    """Mood of the store or of the time-stamp authority; seconds of a clock's step."""

    def __str__(self) -> str:
        told = f"{self.at_s:7.1f} s  {self.kind}"
        told += f" {self.how}" if self.how else ""
        return told + (f" for {self.lasts_s:.1f} s" if self.lasts_s else "")


_DECK = (
    *(Kind.KILL_WORKER, Kind.KILL_WORKER, Kind.KILL_WEB, Kind.KILL_CHILD, Kind.STOP_WORKER, Kind.STOP_WEB),
    *(Kind.END_WORKER, Kind.END_WEB, Kind.BROKER_RESTART, Kind.BROKER_WIPE, Kind.DATABASE_RESTART, Kind.DATABASE_CRASH),
    *(Kind.DATABASE_CUT, Kind.DATABASE_CUT, *(Kind.STORE_FAULT for _ in range(6)), Kind.DISK_FULL, Kind.CLOCK_STEP),
    *(Kind.TSA_FAULT, Kind.TSA_FAULT),
)
"""Dealt out whole before it is shuffled anew, so that every kind comes in a short run, too."""
_LASTS_S = {
    Kind.STOP_WORKER: (4.0, 14.0),
    Kind.STOP_WEB: (2.0, 12.0),
    Kind.BROKER_RESTART: (0.0, 6.0),
    Kind.DATABASE_RESTART: (0.0, 8.0),
    Kind.DATABASE_CRASH: (0.0, 4.0),
    Kind.STORE_FAULT: (2.0, 10.0),
    Kind.DISK_FULL: (2.0, 8.0),
    Kind.CLOCK_STEP: (6.0, 16.0),
    Kind.TSA_FAULT: (3.0, 12.0),
}
SHORTEST_PAUSE_S = 1.2


def schedule(options: Options) -> tuple[Fault, ...]:
    """Every fault of a run, by time."""
    chance = Random(f"faults {options.seed}")
    pause = options.pause_s or max(SHORTEST_PAUSE_S, min(12.0, options.seconds / len(_DECK)))
    moods = {Kind.STORE_FAULT: _dealt(chance, options.store_moods), Kind.TSA_FAULT: _dealt(chance, TSA_MOODS)}
    moods[Kind.CLOCK_STEP] = _dealt(chance, tuple(f"{step:+d}" for step in CLOCK_STEPS_S))
    kinds, at, found = _dealt(chance, options.deck or _DECK), 0.0, []
    while (at := at + chance.uniform(0.5, 1.5) * pause) < options.seconds:
        kind = next(kinds)
        low, high = _LASTS_S.get(kind, (0.0, 0.0))
        # in a short run a fault lasts shorter, so that work goes on in between
        lasts = chance.uniform(low, high) * min(1.0, options.seconds / 300 + 0.4)
        how = next(moods[kind]) if kind in moods else ""
        found.append(Fault(round(at, 1), kind, round(lasts, 1), chance.randrange(1000), how))
    return tuple(found)


def _dealt(chance: Random, cards: tuple) -> object:  # type: ignore[type-arg]
    while True:
        yield from chance.sample(cards, len(cards))
