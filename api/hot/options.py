"""Options of the hot folder, with units."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field


class HotOptions(BaseModel):
    """The folder a worker watches, and how patiently. Polling only: notifications do not cross network shares."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    folder: Path | None = Field(default=None, description="folder that workers watch for scans; empty: none")
    map_file: str = Field(default="", description="TOML file: which sub-folder belongs to which dossier, unit and profile")
    poll_seconds: float = Field(default=2.0, gt=0, description="pause between two looks")
    stable_seconds: float = Field(default=5.0, ge=0, description="a file is taken when size and time stood still for so long")
    sitting_minutes: float = Field(
        default=30.0, gt=0, description="files of one sub-folder go into one batch until so long a pause"
    )
    dead_seconds: float = Field(
        default=60.0, gt=0, description="a watcher that gave no sign of life for so long is taken over from"
    )
    received: str = Field(default="da-nhan", min_length=1, description="sub-folder for files that were taken in")
    refused: str = Field(default="bi-tu-choi", min_length=1, description="sub-folder for refused files, each with its reason")
