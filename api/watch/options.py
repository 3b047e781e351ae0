"""Options of watching a deployment and of its logs, with units. Nothing here reads the environment."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class WatchOptions(BaseModel):
    """How a deployment can be watched."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    beat_seconds: float = Field(default=10.0, gt=0, le=60, description="how often a worker proves that it can work")
    alive_seconds: float = Field(default=45.0, gt=0, description="a worker that proved nothing for so long counts as dead")
    step_minutes: float = Field(
        default=30.0, gt=0, description="a worker whose threads are all busy counts as alive while its newest step is no older"
    )
    metrics_loopback: bool = Field(
        default=False, description="/metrics needs no token from this machine itself (never behind a proxy on the same machine)"
    )
    metrics_port: int = Field(
        default=0, ge=0, le=65535, description="port on which `sohoa worker` shows its own metrics; 0 = none"
    )
    metrics_host: str = Field(default="127.0.0.1", description="address of that port")
    believed_seconds: float = Field(default=5.0, ge=0, description="how long figures from the database are believed")


class LogOptions(BaseModel):
    """What is logged, and in which form."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: Literal["text", "json"] = Field(default="text", description="text, or json: one object a line")
    level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        default="WARNING", description="least severity; INFO adds a line for each request and each step"
    )
