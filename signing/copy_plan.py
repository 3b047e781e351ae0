"""What a certified copy is to say and where its signatures stand: facts, for who signs it and for who makes it."""

from __future__ import annotations

from dataclasses import dataclass

from signing.model import TIME, Mark, Spot
from signing.wording import Wording, WordingFacts

PERSONAL_WORDS, AGENCY_WORDS = "Chữ ký số của người chứng thực", "Chữ ký số của cơ quan"
"""First line of each mark."""


@dataclass(frozen=True, slots=True)
class CopyPlan:
    """What the wording page says."""

    wording: Wording
    facts: WordingFacts
    check_url: str
    """Where the QR code leads: the address alone, nothing about the paper."""


@dataclass(frozen=True, slots=True)
class CopyPlaces:
    """Where the signatures stand on the wording page, the last page of the copy."""

    personal: Spot
    agency: Spot


def mark(words: str, spot: Spot | None) -> Mark:
    """Whose signature it is and when; the name stands in print right beneath it."""
    return Mark(lines=(words, f"Thời gian ký: {TIME}"), page=-1, spot=spot)
