"""Options of the joined parts, with units. Nothing here reads the environment."""

from __future__ import annotations

from datetime import time
from ipaddress import ip_network
from pathlib import Path
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from signing.model import Level
from storage.model import StepKind

NEEDS: dict[StepKind, frozenset[StepKind]] = {
    StepKind.SEAL: frozenset(),
    StepKind.CLASSIFY: frozenset(),
    StepKind.FIELDS: frozenset({StepKind.CLASSIFY}),
    StepKind.CONFIRM: frozenset({StepKind.FIELDS}),
    StepKind.CODE: frozenset({StepKind.CONFIRM}),
    StepKind.STORE: frozenset({StepKind.CODE, StepKind.SEAL}),
    StepKind.INDEX: frozenset({StepKind.STORE}),
}
"""What each step of a paper needs done before it."""


class PipelineOptions(BaseModel):
    """Order and patience of the steps."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    paper_steps: tuple[StepKind, ...] = Field(
        default=tuple(NEEDS),
        description="steps of a paper after its pages are read; default: signed before confirmed (Circular 01/2023 Art. 7-8)",
    )
    lease_seconds: int = Field(default=60, ge=1, description="a step whose worker says nothing for so long is given to another")
    max_attempts: int = Field(default=5, ge=1, description="tries of a step before a person is asked")
    backoff_seconds: float = Field(default=5.0, ge=0, description="wait before the second try; doubles each time")
    sweep_seconds: float = Field(default=5.0, gt=0, description="how often overdue steps are driven again")
    concurrency: int = Field(
        default=0, ge=0, description="steps worked on at once in one worker process; 0 = as many as cores and memory allow"
    )

    @model_validator(mode="after")
    def _order_is_possible(self) -> Self:
        if sorted(self.paper_steps) != sorted(NEEDS):
            raise ValueError(f"paper_steps must name each of {', '.join(NEEDS)} once")
        done: set[StepKind] = set()
        for step in self.paper_steps:
            missing = NEEDS[step] - done
            if missing:
                raise ValueError(f"paper_steps: {step} must come after {', '.join(sorted(missing))}")
            done.add(step)
        return self

    def after(self, step: StepKind | None) -> StepKind | None:
        """The step of a paper that follows `step` (None: the first), or None at the end."""
        if step is None:
            return self.paper_steps[0]
        place = self.paper_steps.index(step) + 1
        return self.paper_steps[place] if place < len(self.paper_steps) else None


class SealOptions(BaseModel):
    """How the clerk's digitised copy is sealed."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    level: Level = Field(default=Level.B_LT, description="PAdES level of the clerk's signature")
    reason: str = Field(default="Số hóa giấy tờ từ bản giấy", description="reason written into the signature")


class MarkOptions(BaseModel):
    """What people see of signatures on the pages."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    digitised: bool = Field(default=True, description="put the mark of the digitised copy (ký hiệu riêng) on the clerk's copies")
    file: str = Field(default="", description="TOML file with wordings of marks that replace ours by their code")
    font: str = Field(default="", description="TrueType file with all Vietnamese letters; empty = the installed Liberation Serif")
    unit_names: dict[str, str] = Field(default={}, description="full names of units by their code, as the marks tell them")


class TsaOptions(BaseModel):
    """Who gives time-stamps (RFC 3161), and how patiently they are asked."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    urls: tuple[str, ...] = Field(
        default=(),
        description="time-stamp authorities in order of preference; none = the demonstration one, with demonstration keys",
    )
    timeout_seconds: float = Field(default=2.0, gt=0, description="time for a whole answer")
    rest_seconds: float = Field(default=60.0, ge=0, description="how long one that failed is left aside; doubles each time")
    most_requests: int = Field(default=20, ge=1, description="requests to one authority within `per_seconds`")
    per_seconds: float = Field(default=1200.0, gt=0, description="the stretch for `most_requests`")
    skew_seconds: float = Field(
        default=120.0, gt=0, description="how far the time in a token may be from the clock of this machine"
    )

    @field_validator("urls")
    @classmethod
    def _web_addresses(cls, urls: tuple[str, ...]) -> tuple[str, ...]:
        wrong = [url for url in urls if not url.startswith(("http://", "https://"))]
        if wrong:
            raise ValueError(f"not an address of the web: {', '.join(wrong)}")
        return urls


class TrustOptions(BaseModel):
    """Whom we believe, and how revocation data is kept fresh."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    folder: Path | None = Field(
        default=None, description="certificates and revocation lists; empty = trust/ in the data folder; shared by all machines"
    )
    demo: Literal["auto", "yes", "no"] = Field(
        default="auto", description="whether the demonstration root is believed; auto = only while demonstration keys sign"
    )
    crl_urls: tuple[str, ...] = Field(
        default=(),
        description="further revocation lists to fetch, beside those named in certificates; their hosts may be internal",
    )
    timeout_seconds: float = Field(default=20.0, gt=0, description="time for one list")
    ocsp_timeout_seconds: float = Field(default=2.0, gt=0, le=60, description="time for the answer of an OCSP responder")
    ocsp_rest_seconds: float = Field(
        default=60.0, ge=0, description="how long a responder that failed is left aside; doubles with each failure in a row"
    )
    max_bytes: int = Field(default=64 * 1024**2, gt=0, description="largest list taken")


class KeepOptions(BaseModel):
    """How evidence is kept alive through the decades."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    within_days: int = Field(default=180, ge=0, description="evidence that ends sooner gets a new archive time-stamp")
    renew_at: time = Field(default=time(1, 0), description="Vietnamese time of the daily search for such evidence")
    anchor_at: time = Field(
        default=time(23, 0), description="Vietnamese time at which the ledger's head is time-stamped each day"
    )
    refresh_minutes: int = Field(
        default=60, ge=1, description="how often revocation data is fetched, where there is any to fetch"
    )


class DoubtOptions(BaseModel):
    """What sends a paper to a person although the machine may decide by itself."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    unreadable_below: float = Field(
        default=0.35, ge=0, le=1, description="mean word confidence under which a paper counts as unreadable"
    )


class WebOptions(BaseModel):
    """How the HTTP API and the pages answer."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    allowed_hosts: tuple[str, ...] = Field(
        default=(), description="further host names the server answers to (behind a proxy: its public name)"
    )
    trusted_proxies: tuple[str, ...] = Field(
        default=("127.0.0.1", "::1"),
        description="addresses or networks of the proxies in front: what they say of the visitor's address and https is believed",
    )
    secure_cookies: bool = Field(default=False, description="mark cookies Secure; needs HTTPS in front")
    event_seconds: float = Field(default=1.0, gt=0, description="how often progress is looked up for server-sent events")
    event_limit_seconds: float = Field(default=3600, gt=0, description="longest life of one event stream")
    viewer_seconds: int = Field(default=30, gt=0, description="wall seconds the drawing of one page image may take")
    max_page_width_px: int = Field(default=2400, ge=200, description="widest page image that is drawn for a browser")

    @field_validator("trusted_proxies")
    @classmethod
    def _addresses(cls, told: tuple[str, ...]) -> tuple[str, ...]:
        for one in told:
            network = ip_network(one)  # its ValueError tells what is wrong
            if not network.prefixlen:
                raise ValueError(f"{one} would let every visitor choose an address")
        return told
