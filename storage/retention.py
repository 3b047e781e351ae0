"""How long records are kept, what holds them, and how they are disposed of. Facts and the schedule; no database.

The day until which a record is kept is computed from the record and the schedule whenever it is asked for, so that a corrected
schedule holds at once and nothing is kept twice.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ingest.model import ObjectRef
from storage.model import Record
from storage.retention_errors import BadSchedule

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
PERMANENT = "permanent"


class DisposalState(StrEnum):
    """Where a disposal stands."""

    REQUESTED = "requested"
    """A second person's word is awaited."""
    REFUSED = "refused"
    APPROVED = "approved"
    """Marked: the record cannot be used any more, its objects are on their way out; a sweep ends it whatever happens."""
    DISPOSED = "disposed"
    """Every object of its own is gone, and the certificate is kept."""


OPEN = frozenset({DisposalState.REQUESTED, DisposalState.APPROVED})


class Term(BaseModel):
    """How long one type of paper is kept."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    years: Literal["permanent"] | int = Field(description="full years after the year it was stored in, or permanent")
    basis: str = Field(min_length=1, description="the legal basis, as the certificate of disposal quotes it")
    verified: bool = Field(description="whether somebody has compared it with the law or the agency's list")


class Schedule(BaseModel):
    """The list of retention periods."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    default: Term
    type: dict[str, Term] = {}

    def term(self, paper_type: str) -> Term:
        """How long papers of this type are kept."""
        return self.type.get(paper_type, self.default)


def schedule(path: str = "") -> Schedule:
    """The schedule in a TOML file, or ours. Raises BadSchedule."""
    try:
        text = Path(path).read_text(encoding="utf-8") if path else (files("storage.data") / "retention.toml").read_text("utf-8")
        made = Schedule.model_validate(tomllib.loads(text))
        if any(term.years != PERMANENT and int(term.years) < 1 for term in (made.default, *made.type.values())):
            raise BadSchedule(what=f"{path}: years < 1")
    except (OSError, ValueError, ValidationError) as error:
        raise BadSchedule(what=f"{path}: {type(error).__name__}") from error
    return made


def retain_until(record: Record, term: Term) -> date | None:
    """The last day on which the record must be kept; None: permanently."""
    if term.years == PERMANENT:
        return None
    stored = record.created_at.astimezone(VIETNAM).date()
    begun = max(stored, record.valid_until or stored)
    return date(min(begun.year + int(term.years), date.max.year), 12, 31)


@dataclass(frozen=True, slots=True)
class LegalHold:
    """A record that may not be disposed of, whatever its term says."""

    id: str
    record: str
    reason: str
    placed_by: str
    placed_at: datetime
    lifted_by: str = ""
    lifted_at: datetime | None = None
    lifted_reason: str = ""


@dataclass(frozen=True, slots=True)
class Disposal:
    """One request to dispose of a record, and what became of it."""

    id: str
    record: str
    unit: str
    reason: str
    state: DisposalState
    requested_by: str
    requested_at: datetime
    decided_by: str = ""
    decided_at: datetime | None = None
    decided_reason: str = ""
    objects: tuple[dict[str, Any], ...] = ()
    """What is removed (`sha256`, `size`, `media_type`), fixed before the first is touched."""
    aside_at: datetime | None = None
    """Since when nothing of it can be read any more; the bytes go after the grace time."""
    done_at: datetime | None = None
    certificate: ObjectRef | None = None
    """JSON."""
    sheet: ObjectRef | None = None
    """The same as a sealed PDF."""
