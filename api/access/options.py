"""Options of signing in, with units. Defaults are those of QCVN 12:2026/BCA where it speaks of accounts."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

DUTIES = frozenset({"scan", "review", "second_review", "certify", "request_disposal", "approve_disposal"})
"""Duties on a paper, as `api.access.four_eyes` knows them."""


class ProviderOptions(BaseModel):
    """An OpenID Connect provider that people sign in with (authorization code, PKCE)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    issuer: str = Field(default="", description="address of the provider, as its tokens name it; empty = none")
    name: str = Field(default="", description="what the button on the sign-in page calls it; empty = plain words")
    client_id: str = Field(default="", description="our name at the provider")
    client_secret: str = Field(default="", description="our secret at the provider; better in a file")
    client_secret_file: Path | None = Field(default=None, description="file with the secret in its first line")
    scopes: tuple[str, ...] = Field(default=("openid", "profile"), description="what is asked for")
    login_claim: str = Field(default="preferred_username", description="claim that becomes the account's name")
    name_claim: str = Field(default="name", description="claim with the full name")
    roles_claim: str = Field(default="", description="claim with groups or roles; empty = the administrator gives roles here")
    roles: dict[str, tuple[str, ...]] = Field(
        default={}, description='roles for each value of that claim: {"so-hoa": ["clerk@H61.001"]}; nothing after @ = every unit'
    )
    base_url: str = Field(default="", description="our public address for the way back; empty = as the browser names it")
    timeout_seconds: float = Field(default=5.0, gt=0, le=60, description="time for one answer of the provider")

    @model_validator(mode="after")
    def _complete(self) -> Self:
        loopback = self.issuer.startswith(("http://localhost", "http://127.0.0.1", "http://[::1]"))
        if self.issuer and not (self.issuer.startswith("https://") or loopback):
            raise ValueError("issuer: a provider speaks https (http on this machine only)")
        if self.issuer and not self.client_id:
            raise ValueError("client_id is needed with an issuer")
        return self


class AccessOptions(BaseModel):
    """Who may sign in, and how."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    local_accounts: bool = Field(default=True, description="sign in with account and password kept here")
    provider: ProviderOptions = Field(default=ProviderOptions(), description="sign in with an OpenID Connect provider")
    demo_links: Literal["auto", "yes", "no"] = Field(
        default="auto", description="print a sign-in link for each role at start; auto = only while demonstration keys sign"
    )
    password_length: int = Field(default=8, ge=8, le=64, description="fewest characters of a password")
    password_kinds: int = Field(
        default=3, ge=2, le=4, description="how many of lower case, upper case, digits, other signs a password mixes"
    )
    password_history: int = Field(default=10, ge=0, le=50, description="former passwords that may not come back")
    admin_password_days: int = Field(default=60, ge=1, description="administrators change their password so often")
    one_time_hours: int = Field(default=72, ge=1, description="how long a one-time password may be used")
    idle_days: int = Field(default=45, ge=1, description="accounts that nobody used so long are disabled")
    second_factor_roles: tuple[str, ...] = Field(
        default=("admin",), description="roles that need a second factor, beside accounts from outside the agency"
    )
    failures_before_pause: int = Field(default=5, ge=1, description="wrong passwords in a row before the name rests")
    pause_seconds: int = Field(default=60, ge=1, description="the first rest; doubles with each further failure")
    longest_pause_seconds: int = Field(default=3600, ge=1, description="the longest rest")
    sign_ins_a_minute: int = Field(default=30, ge=1, description="tries to sign in a minute from one network address")
    session_idle_minutes: int = Field(default=60, ge=1, description="a session nobody uses so long is over")
    session_hours: int = Field(default=12, ge=1, description="the longest life of a session")
    apart: tuple[str, ...] = Field(
        default=(),
        description="duties one person may not do on one paper, in pairs of scan, review, second_review, certify, "
        "request_disposal, approve_disposal: scan/certify",
    )
    token_days: int = Field(default=365, ge=1, description="the longest life of a person's API token")

    @field_validator("apart")
    @classmethod
    def _pairs_of_duties(cls, pairs: tuple[str, ...]) -> tuple[str, ...]:
        for pair in pairs:
            names = pair.split("/")
            if len(names) != 2 or len(set(names)) != 2 or not set(names) <= DUTIES:
                raise ValueError(f"{pair}: must be two of {', '.join(sorted(DUTIES))} with / between")
        return pairs
