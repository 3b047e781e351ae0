"""What a step hands back: a change of the database, applied in one transaction together with the end of its lease."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from api.wiring import Sohoa
from api.workspace import Workspace
from ingest.errors import CodedError
from ingest.model import Sha256
from ocr.model import PageText
from storage.model import Step, StepKind
from storage.records.unit_of_work import UnitOfWork

MACHINE = "sohoa"
"""Actor of what no person did."""


@dataclass(frozen=True, slots=True)
class Successor:
    """The step to go on with; the worker that has the paper in hand takes it at once."""

    kind: StepKind
    subject: str
    file_id: str
    paper_id: str
    outcome: Outcome | None = None
    """What that step comes to, where this is known already: it is written in the same transaction."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """`apply` writes the result; it may be called again if the transaction must be repeated, so it has no other effect."""

    apply: Callable[[UnitOfWork], Successor | None]
    waits: bool = False
    """The step is not done: it waits for a person."""
    fails: CodedError | None = None
    """The step has failed for good and stops its paper; `apply` writes what else is to be known."""


@dataclass(frozen=True, slots=True)
class Context:
    """What a step works with."""

    sohoa: Sohoa
    workspace: Workspace
    text: Callable[[Sha256], PageText]
    """What was read from a page, by the name of its object."""
    go_on: Callable[[], None]
    """Asked between the parts of what is long: raises ServerStopping once this process was told to end; others go on."""


Handler = Callable[[Context, Step], Outcome]
