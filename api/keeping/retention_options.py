"""Options of keeping records for their time, with units. Nothing here reads the environment."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator


class RetentionOptions(BaseModel):
    """How long records are kept, and how they are disposed of."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    schedule: str = Field(
        default="", description="TOML file with the agency's list of retention periods; empty = ours, unverified"
    )
    allow_unverified: bool = Field(
        default=False, description="let records be disposed of whose period nobody has compared with the law"
    )
    grace_minutes: int = Field(
        default=60, ge=0, description="bytes of an approved disposal go so long after nothing can read them any more"
    )
    lock_mode: Literal["", "GOVERNANCE", "COMPLIANCE"] = Field(
        default="", description="Object Lock of everything put into an S3 store whose bucket has it; empty = none"
    )
    lock_years: int = Field(default=0, ge=0, le=100, description="how long Object Lock holds, counted from the day of storing")

    @model_validator(mode="after")
    def _lock_is_whole(self) -> Self:
        if bool(self.lock_mode) != bool(self.lock_years):
            raise ValueError("lock_mode and lock_years go together")
        return self
