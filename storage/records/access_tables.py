"""The tables of people and offices. `storage.records.tables` says how columns are meant."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Boolean, Column, Date, ForeignKey, Index, Integer, Table, UniqueConstraint, text

from storage.records.columns import SafeText, Serial, UtcTime
from storage.records.tables import metadata


def _serial() -> Column[Any]:
    return Column("seq", Serial, primary_key=True, autoincrement=True)


def _text(*names: str) -> tuple[Column[Any], ...]:
    return tuple(Column(name, SafeText, nullable=False) for name in names)


def _times(*names: str, required: bool = True) -> tuple[Column[Any], ...]:
    return tuple(Column(name, UtcTime, nullable=not required) for name in names)


def _account() -> Column[Any]:
    return Column("account_id", SafeText, ForeignKey("accounts.id"), nullable=False)


units = Table(
    "units", metadata, _serial(), *_text("code", "name", "kind", "parent"), Column("valid_from", Date, nullable=False),
    Column("valid_to", Date), *_text("successor"), *_times("created_at"),
    UniqueConstraint("code", "valid_from"), Index(None, "parent"), Index(None, "successor"),
)  # fmt: skip
"""A row for each version of a unit; versions of one code follow each other without overlap."""

_PROVIDED = text("subject <> ''")
accounts = Table(
    "accounts", metadata, _serial(), Column("id", SafeText, nullable=False, unique=True),
    Column("login", SafeText, nullable=False, unique=True), *_text("name", "password_hash"),
    *_times("password_set_at", "one_time_until", required=False), Column("external", Boolean, nullable=False),
    *_text("totp_secret"), Column("totp_step", BigInteger, nullable=False), *_times("disabled_at", required=False),
    *_text("disabled_why"), *_times("seen_at", required=False), *_text("issuer", "subject"), *_times("created_at"),
    Index("uq_accounts_issuer_subject", "issuer", "subject", unique=True, sqlite_where=_PROVIDED, postgresql_where=_PROVIDED),
)  # fmt: skip

passwords = Table("passwords", metadata, _serial(), _account(), *_text("hash"), *_times("set_at"), Index(None, "account_id"))
"""Former passwords as Argon2id hashes, so that none comes back too soon."""

recovery_codes = Table(
    "recovery_codes", metadata, _serial(), _account(), *_text("code_sha256"), *_times("used_at", required=False),
    Index(None, "account_id"),
)  # fmt: skip

assignments = Table(
    "assignments", metadata, _serial(), Column("id", SafeText, nullable=False, unique=True), _account(), *_text("role", "unit"),
    *_times("since"), *_times("until", required=False), *_text("made_by"), Index(None, "account_id"), Index(None, "unit"),
)  # fmt: skip

sessions = Table(
    "sessions", metadata, _serial(), Column("id", SafeText, nullable=False, unique=True),
    Column("secret_sha256", SafeText, nullable=False, unique=True), *_text("account_id"),
    Column("token_seq", BigInteger, nullable=False), *_text("assignment_id"), Column("second_factor", Boolean, nullable=False),
    Column("provider", Boolean, nullable=False), *_times("created_at", "seen_at", "ends_at"), *_text("agent"),
    Index(None, "account_id"), Index(None, "ends_at"),
)  # fmt: skip
"""Known by the SHA-256 of the cookie's secret; a session that ended is deleted."""

sign_in_failures = Table(
    "sign_in_failures", metadata, Column("login_sha256", SafeText, primary_key=True), Column("failures", Integer, nullable=False),
    *_times("failed_at"), *_times("paused_until", required=False),
)  # fmt: skip
"""Kept for every name that was tried, known or not: so the answer never tells which names exist."""
