"""Facts of an audit: what is judged, what came out, how many of each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from signing.model import Indication, Role
from signing.report.schema import ErrorReport, FileReport


class Outcome(IntEnum):
    """How a subject came out, the worst first: results are told in this order."""

    FAILED = 0
    """TOTAL-FAILED, or what is stored is not what was recorded."""
    ERROR = 1
    """It could not be judged at all."""
    INDETERMINATE = 2
    PASSED = 3


_OF = {Indication.PASSED: Outcome.PASSED, Indication.INDETERMINATE: Outcome.INDETERMINATE, Indication.FAILED: Outcome.FAILED}


@dataclass(frozen=True, slots=True)
class Subject:
    """One file to be judged."""

    key: str
    """Path below its folder, or the code of a record: how it is called in the results."""
    size: int
    """Bytes."""
    mtime_ns: int
    """Last change; 0 for an object of the store, which never changes."""
    path: Path | None = None
    """Where it lies; None for an object of the store."""
    sha256: str = ""
    """The hash that was recorded for it; empty when none was."""
    problems: tuple[Problem, ...] = ()
    """What records and ledger already disagree on."""
    required_roles: tuple[Role, ...] = ()
    """In whose names it must be signed."""


class Problem(BaseModel):
    """A disagreement between what is stored and what was recorded."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    code: str
    message: str


class AuditLine(BaseModel):
    """One line of `results.jsonl`: a subject with its judgement, or with why there is none."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: str
    size: int
    mtime_ns: int
    sha256: str
    basis: str
    """Fingerprint of trust, language and program the judgement rests on."""
    judged_at: datetime
    report: FileReport | None = None
    error: ErrorReport | None = None
    problems: tuple[Problem, ...] = ()

    @property
    def outcome(self) -> Outcome:
        """The worst that is known of the subject."""
        if self.problems:
            return Outcome.FAILED
        return Outcome.ERROR if self.report is None else _OF[self.report.indication]


@dataclass(frozen=True, slots=True)
class Counts:
    """How far an audit is."""

    total: int = 0
    """0 while it is not known."""
    judged: int = 0
    """In this run."""
    taken_over: int = 0
    """From an earlier run that was stopped."""
    failed: int = 0
    errors: int = 0
    indeterminate: int = 0
    passed: int = 0

    @property
    def done(self) -> int:
        """Subjects with an outcome."""
        return self.judged + self.taken_over


OnProgress = Callable[[Counts], None]
