"""Places for the roots of Vietnamese authorities, pinned by fingerprint: names to choose from, trusted by nobody.

Data in `data/trust_anchors.json`; an entry without a fingerprint is a name only.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

_FILE = Path(__file__).parent / "data" / "trust_anchors.json"


class KnownAnchor(BaseModel):
    """One authority's certificate as it is told."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    vi: str
    en: str
    sha256: str = Field(pattern="^([0-9a-f]{64})?$")
    """Lower-case hex, or empty when it is not known yet."""
    url: str
    """Where the authority publishes it, or empty."""
    verified: bool
    """Whether the fingerprint was compared with the authority's own publication."""


class _Catalogue(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    comment: str
    anchors: tuple[KnownAnchor, ...]


@cache
def known_anchors() -> tuple[KnownAnchor, ...]:
    """All of them, in the order of the file."""
    return _Catalogue.model_validate_json(_FILE.read_bytes()).anchors


def known_anchor(name: str) -> KnownAnchor | None:
    """The one with this id, or None."""
    return next((one for one in known_anchors() if one.id == name), None)
