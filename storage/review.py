"""Frozen facts of the review of papers by people: who holds which, which round it is in, what was found wrong. No I/O."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from storage.model import Paper, Priority
from storage.reach import EVERYTHING, Reach


@dataclass(frozen=True, slots=True)
class Lease:
    """Somebody has a paper open; nobody else decides upon it until `ends_at`."""

    paper_id: str
    holder: str
    token: str
    """Of this very opening: leaving an old page does not give up what a newer one holds."""
    taken_at: datetime
    ends_at: datetime


class RoundState(StrEnum):
    """What a paper's round waits for."""

    OPEN = "open"
    """For a person."""
    HELD = "held"
    """Confirmed and not drawn: it goes on when the drawn papers of its batch have been checked."""
    PASSED = "passed"
    """Checked by a second person."""


@dataclass(frozen=True, slots=True)
class Round:
    """Where a paper stands when it is not simply in its first round."""

    paper_id: str
    batch_id: str
    round: int
    """1: doubtful fields (every field if `whole`); 2: the second person's look at a drawn paper."""
    state: RoundState
    whole: bool = False
    """Every field must be looked at: its batch was stopped."""
    keyed: dict[str, str] = field(default_factory=dict)
    """What the second person typed without seeing the first's values; empty: not yet."""


class ErrorStep(StrEnum):
    """Whose value was looked at again."""

    ENGINE = "engine"
    """As read; a person decided in the first round."""
    AUTOMATIC = "automatic"
    """Decided by rule; drawn and looked at in the second round."""
    PERSON = "person"
    """Decided by a person; drawn and looked at in the second round."""


@dataclass(frozen=True, slots=True)
class CheckedValue:
    """One value somebody looked at again."""

    paper_id: str
    batch_id: str
    unit: str
    paper_type: str
    field: str
    round: int
    step: ErrorStep
    first_by: str
    """Whose value it was: the engine, the rule (`auto:…`) or a person."""
    checked_by: str
    differs: bool
    """The value was wrong: after the look another one counts."""
    keyed_differs: bool
    """What the second person typed blindly was another value than the first's, whoever was right."""
    at: datetime


@dataclass(frozen=True, slots=True)
class Rate:
    """How many values of one person, step or field were looked at, and how many were wrong."""

    key: str
    checked: int
    errors: int
    keyed_differs: int

    @property
    def percent(self) -> float:
        """Errors of all that were checked, in percent; 0 when none was."""
        return 100.0 * self.errors / self.checked if self.checked else 0.0


@dataclass(frozen=True, slots=True)
class BatchStop:
    """A batch whose error rate went over the budget, as of its last stop."""

    batch_id: str
    times: int
    checked: int
    errors: int
    stopped_at: datetime


@dataclass(frozen=True, slots=True)
class WorklistQuery:
    """Which waiting papers are asked for; every part narrows."""

    reach: Reach = EVERYTHING
    """Whose work whoever asks sees."""
    unit: str = ""
    paper_type: str = ""
    dossier: str = ""
    """A part of the dossier code."""
    reason: str = ""
    """Code of why the paper waits; `-` for papers that wait for confirmation and nothing else."""
    round: int = 0


@dataclass(frozen=True, slots=True)
class Waiting:
    """One paper in the worklist."""

    paper: Paper
    file_name: str
    unit: str
    priority: Priority
    round: int
    lease: Lease | None
    """Only one that still holds."""
    mine_first: bool
    """Round 2, and whoever asks decided in round 1: it is not theirs to check."""
