"""Options of the review by people, with units."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class DeskOptions(BaseModel):
    """How papers are held while somebody has them open."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    lease_seconds: int = Field(
        default=90, ge=3, description="a paper whose page says nothing for so long is free for somebody else"
    )
