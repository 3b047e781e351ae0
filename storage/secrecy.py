"""Facts of papers that were stopped because a page bears a mark of state secrecy. No I/O."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from ocr.model import SecrecyLevel


@dataclass(frozen=True, slots=True)
class SecrecyHold:
    """One page that bears such a mark; as long as nobody cleared it, the paper is shown to nobody but whoever judges it."""

    paper_id: str
    file_id: str
    page: int
    """Place in the paper, from 0."""
    level: SecrecyLevel
    found_at: datetime
    cleared_at: datetime | None = None
    cleared_by: str = ""
    reason: str = ""
    """Why it is no state secret, in the words of who said so."""
