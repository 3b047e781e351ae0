"""Options of keeping bytes, with units. Nothing here reads the environment."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class FixityOptions(BaseModel):
    """How stored bytes are read again, copied, and held against the rows."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    within_days: int = Field(default=90, ge=1, description="every object is read and hashed again at least this often")
    every_minutes: int = Field(default=60, ge=1, description="how often a share of the objects is read again and copied")
    bytes_per_second: int = Field(default=20 * 1024**2, ge=0, description="speed limit of reading again and of copying; 0 = none")
    most_minutes: float = Field(default=30.0, gt=0, description="longest run; the next one goes on where it stopped")
    orphan_days: int = Field(
        default=7, ge=1, description="an object that no row names is moved to the quarantine when it is older than this"
    )
