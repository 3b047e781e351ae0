"""Options of the web server's doors, with units. Nothing here reads the environment."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class WebOptions(BaseModel):
    """How the HTTP API and the pages answer."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    allowed_hosts: tuple[str, ...] = Field(
        default=(), description="further host names the server answers to (behind a proxy: its public name)"
    )
    secure_cookies: bool = Field(default=False, description="mark cookies Secure; needs HTTPS in front")
    event_seconds: float = Field(default=1.0, gt=0, description="how often progress is looked up for server-sent events")
    event_limit_seconds: float = Field(default=3600, gt=0, description="longest life of one event stream")
    viewer_seconds: int = Field(default=30, gt=0, description="wall seconds the drawing of one page image may take")
    max_page_width_px: int = Field(default=2400, ge=200, description="widest page image that is drawn for a browser")
