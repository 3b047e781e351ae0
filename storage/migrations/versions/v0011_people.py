"""Units, accounts, assignments, sessions; tokens that belong to an account.

Revision ID: 0011
Revises: 0010
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _seq() -> sa.Column[Any]:
    return sa.Column("seq", SERIAL, autoincrement=True, nullable=False)


def _text(*names: str) -> tuple[sa.Column[Any], ...]:
    return tuple(sa.Column(name, sa.Text(), nullable=False) for name in names)


def _times(*names: str, required: bool = True) -> tuple[sa.Column[Any], ...]:
    return tuple(sa.Column(name, sa.DateTime(timezone=True), nullable=not required) for name in names)


def _flags(*names: str) -> tuple[sa.Column[Any], ...]:
    return tuple(sa.Column(name, sa.Boolean(), nullable=False) for name in names)


def _of_account(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=f"fk_{table}_account_id")


def upgrade() -> None:
    op.create_table(
        "units", _seq(), *_text("code", "name", "kind", "parent"), sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True), *_text("successor"), *_times("created_at"),
        sa.PrimaryKeyConstraint("seq", name="pk_units"), sa.UniqueConstraint("code", "valid_from", name="uq_units_code_valid_from"),
    )
    op.create_index("ix_units_parent", "units", ["parent"])
    op.create_index("ix_units_successor", "units", ["successor"])
    op.create_table(
        "accounts", _seq(), *_text("id", "login", "name", "password_hash"),
        *_times("password_set_at", "one_time_until", required=False), *_flags("external"), *_text("totp_secret"),
        sa.Column("totp_step", sa.BigInteger(), nullable=False), *_times("disabled_at", required=False), *_text("disabled_why"),
        *_times("seen_at", required=False), *_text("issuer", "subject"), *_times("created_at"),
        sa.PrimaryKeyConstraint("seq", name="pk_accounts"), sa.UniqueConstraint("id", name="uq_accounts_id"),
        sa.UniqueConstraint("login", name="uq_accounts_login"),
    )
    provided = sa.text("subject <> ''")
    op.create_index(
        "uq_accounts_issuer_subject", "accounts", ["issuer", "subject"], unique=True, sqlite_where=provided, postgresql_where=provided
    )
    op.create_table(
        "passwords", _seq(), *_text("account_id", "hash"), *_times("set_at"),
        sa.PrimaryKeyConstraint("seq", name="pk_passwords"), _of_account("passwords"),
    )
    op.create_index("ix_passwords_account_id", "passwords", ["account_id"])
    op.create_table(
        "recovery_codes", _seq(), *_text("account_id", "code_sha256"), *_times("used_at", required=False),
        sa.PrimaryKeyConstraint("seq", name="pk_recovery_codes"), _of_account("recovery_codes"),
    )
    op.create_index("ix_recovery_codes_account_id", "recovery_codes", ["account_id"])
    op.create_table(
        "assignments", _seq(), *_text("id", "account_id", "role", "unit"), *_times("since"), *_times("until", required=False),
        *_text("made_by"), sa.PrimaryKeyConstraint("seq", name="pk_assignments"), sa.UniqueConstraint("id", name="uq_assignments_id"),
        _of_account("assignments"),
    )
    op.create_index("ix_assignments_account_id", "assignments", ["account_id"])
    op.create_index("ix_assignments_unit", "assignments", ["unit"])
    op.create_table(
        "sessions", _seq(), *_text("id", "secret_sha256", "account_id"), sa.Column("token_seq", sa.BigInteger(), nullable=False),
        *_text("assignment_id"), *_flags("second_factor", "provider"), *_times("created_at", "seen_at", "ends_at"), *_text("agent"),
        sa.PrimaryKeyConstraint("seq", name="pk_sessions"), sa.UniqueConstraint("id", name="uq_sessions_id"),
        sa.UniqueConstraint("secret_sha256", name="uq_sessions_secret_sha256"),
    )
    op.create_index("ix_sessions_account_id", "sessions", ["account_id"])
    op.create_index("ix_sessions_ends_at", "sessions", ["ends_at"])
    op.create_table(
        "sign_in_failures", *_text("login_sha256"), sa.Column("failures", sa.Integer(), nullable=False), *_times("failed_at"),
        *_times("paused_until", required=False), sa.PrimaryKeyConstraint("login_sha256", name="pk_sign_in_failures"),
    )
    for name, default in (("assignment_id", ""), ("label", ""), ("scopes", "[]")):
        op.add_column("tokens", sa.Column(name, sa.Text(), nullable=False, server_default=default))
    op.add_column("tokens", sa.Column("used_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index("ix_tokens_assignment_id", "tokens", ["assignment_id"])


def downgrade() -> None:
    op.drop_index("ix_tokens_assignment_id", "tokens")
    for name in ("used_at", "scopes", "label", "assignment_id"):
        op.drop_column("tokens", name)
    for table in ("sign_in_failures", "sessions", "assignments", "recovery_codes", "passwords", "accounts", "units"):
        op.drop_table(table)
