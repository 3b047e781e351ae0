"""Frozen facts about people and offices: units through time, accounts, hats, sessions. No I/O."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class UnitKind(StrEnum):
    """What an office is (two levels of local government since 1 July 2025)."""

    PROVINCE = "province"
    COMMUNE = "commune"
    DEPARTMENT = "department"


@dataclass(frozen=True, slots=True)
class OrgUnit:
    """One version of a unit: what it was called and whom it answered to in a stretch of time."""

    code: str
    name: str
    kind: UnitKind
    parent: str
    """Code of the unit above, or empty."""
    valid_from: date
    valid_to: date | None = None
    """First day on which this version holds no more; None: still in force."""
    successor: str = ""
    """Code of the unit that took over; its own code where only name or parent changed; empty: nobody."""

    def in_force(self, day: date) -> bool:
        """True if this version holds on `day`."""
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody who may sign in."""

    id: str
    login: str
    """Unique, lower case; how the ledger names them."""
    name: str
    """Full name, for colleagues."""
    password_hash: str
    """Argon2id in PHC form; empty: cannot sign in with a password."""
    password_set_at: datetime | None
    one_time_until: datetime | None
    """Set while the password is a one-time one that has to be changed; useless after this moment."""
    external: bool
    """From outside the agency: needs a second factor (QCVN 12:2026)."""
    totp_secret: str
    """Base32; empty: no second factor."""
    totp_step: int
    """The last time step a code was taken for: a code is worth something once."""
    disabled_at: datetime | None
    disabled_why: str
    seen_at: datetime | None
    """Last sign-in."""
    issuer: str
    """OpenID provider and the subject it knows the person by; empty for local accounts."""
    subject: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Assignment:
    """A hat: an account does the work of `role` in `unit` from `since` until `until`."""

    id: str
    account_id: str
    role: str
    unit: str
    """Empty: every unit (the whole installation)."""
    since: datetime
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Session:
    """A browser that is signed in."""

    id: str
    account_id: str
    """Empty when a token opened it."""
    token_seq: int
    """The token that opened it; 0 when an account did."""
    assignment_id: str
    """The hat that is worn."""
    second_factor: bool
    """A second factor was shown in this session."""
    created_at: datetime
    seen_at: datetime
    ends_at: datetime
    agent: str
    """What the browser calls itself, shortened."""
    provider: bool = False
    """Opened by the OpenID provider, which then answers for password and second factor."""
