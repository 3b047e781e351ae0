"""Options of signing in, with units. Defaults are those of QCVN 12:2026/BCA where it speaks of accounts."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class AccessOptions(BaseModel):
    """Who may sign in, and how."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    local_accounts: bool = Field(default=True, description="sign in with account and password kept here")
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
    token_days: int = Field(default=365, ge=1, description="the longest life of a person's API token")
