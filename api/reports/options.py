"""Which indicators are counted, and how."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class ReportOptions(BaseModel):
    """Reports on the service."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    indicators_file: str = Field(default="", description="own indicators (TOML): formulas, points, names; empty = those shipped")
