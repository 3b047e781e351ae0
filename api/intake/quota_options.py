"""Options of how much may come in, with units. Nothing here reads the environment."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

MEBIBYTE = 1024**2


class QuotaOptions(BaseModel):
    """When intake says that it is enough. What is in already is worked on in any case."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    unit_files_a_day: int = Field(default=0, ge=0, description="files one unit may send within 24 hours; 0 = any number")
    unit_bytes_a_day: int = Field(default=0, ge=0, description="bytes one unit may send within 24 hours; 0 = any number")
    person_files_a_day: int = Field(default=0, ge=0, description="files in batches one person opened, within 24 hours; 0 = any")
    person_bytes_a_day: int = Field(default=0, ge=0, description="bytes in batches one person opened, within 24 hours; 0 = any")
    waiting_steps: int = Field(
        default=200_000,
        ge=1,
        description="steps (pages mostly) of the same priority or before it that may wait; beyond, senders are told to come back",
    )
    unit_waiting_steps: int = Field(default=50_000, ge=1, description="the same of one unit alone")
    free_bytes: int = Field(
        default=256 * MEBIBYTE,
        ge=0,
        description="free space of the data folder below which nothing more is taken in, so that work in hand can be finished",
    )
