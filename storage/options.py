"""Options of the stores, each a number with a unit. Nothing here reads the environment."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

MEBIBYTE = 1024**2
PAUSE_FACTOR = 0.2
"""Between two tries of an S3 request: so many seconds, doubled each time."""


class StoreOptions(BaseModel):
    """How objects are written and read."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    chunk_bytes: int = Field(default=MEBIBYTE, gt=0, description="bytes read or written at once")
    min_free_bytes: int = Field(
        default=32 * MEBIBYTE,
        ge=0,
        description="a folder store refuses new objects below this, so that the database can still say so",
    )
    lock_mode: Literal["", "GOVERNANCE", "COMPLIANCE"] = Field(default="", description="Object Lock of what is put; S3 only")
    lock_years: int = Field(default=0, ge=0, description="how long Object Lock holds")
    synced: bool = Field(
        default=True, description="each object is on the disk before a put returns; without, whoever puts many syncs once"
    )
    part_bytes: int = Field(default=16 * MEBIBYTE, ge=5 * MEBIBYTE, description="larger objects go to S3 in parts of this size")
    recheck_bytes: int = Field(
        default=64 * MEBIBYTE,
        ge=0,
        description="an S3 object that is there already is read back and compared when stored again, up to this size",
    )
    connect_seconds: float = Field(default=5.0, gt=0, description="wait for a connection to the S3 store")
    read_seconds: float = Field(default=20.0, gt=0, description="longest silence of the S3 store during an answer")
    tries: int = Field(default=3, ge=1, description="tries of one S3 request before the store counts as unreachable")

    @property
    def silence_seconds(self) -> float:
        """How long an S3 store that says nothing can hold who asks it, pauses between tries included."""
        pauses = sum(PAUSE_FACTOR * float(2**n) for n in range(1, self.tries))
        return self.tries * (self.connect_seconds + self.read_seconds) + pauses


class DatabaseOptions(BaseModel):
    """How the database is reached."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    busy_seconds: float = Field(default=30.0, gt=0, description="wait for another writer (SQLite) or a free connection")
    connect_seconds: int = Field(default=5, gt=0, description="wait for a connection to PostgreSQL")
    connections: int = Field(default=8, ge=1, description="connections kept open by one process")
    extra_connections: int = Field(default=24, ge=0, description="further connections opened when all are in use")
