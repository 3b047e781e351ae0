"""What one look of the doctor comes to."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """How one thing is."""

    OK = "ok"
    WARNING = "warning"
    """Works, but a person should know."""
    MISSING = "missing"
    """Something will fail until it is mended."""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at: its state, a sentence in both languages, and the command that mends it (or empty)."""

    name: str
    state: State
    vi: str
    en: str
    mend: str = ""
