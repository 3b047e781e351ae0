"""Signing away from the server.

Revision ID: 0004
Revises: 0003
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _text(*names: str) -> tuple[sa.Column[Any], ...]:
    return tuple(sa.Column(name, sa.Text(), nullable=False) for name in names)


def _ref(prefix: str, *, nullable: bool) -> tuple[sa.Column[Any], ...]:
    return (
        sa.Column(f"{prefix}_sha256", sa.Text(), nullable=nullable), sa.Column(f"{prefix}_size", sa.BigInteger(), nullable=nullable),
        sa.Column(f"{prefix}_type", sa.Text(), nullable=nullable),
    )


def upgrade() -> None:
    op.create_table(
        "signing_requests", sa.Column("seq", SERIAL, autoincrement=True, nullable=False),
        *_text("id", "kind", "subject", "paper_id", "batch_id", "unit", "role", "level"), *_ref("source", nullable=False),
        *_text("about", "state", "ticket", "actor", "certificate", "chain", "prepared"), *_ref("tail", nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True), *_text("signature"),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_signing_requests"),
        sa.UniqueConstraint("id", name="uq_signing_requests_id"),
        sa.UniqueConstraint("kind", "subject", name="uq_signing_requests_kind_subject"),
    )
    op.create_index("ix_signing_requests_state_unit", "signing_requests", ["state", "unit"])
    op.create_index("ix_signing_requests_batch_id", "signing_requests", ["batch_id"])
    ticket = sa.text("ticket <> ''")
    op.create_index(
        "uq_signing_requests_ticket", "signing_requests", ["ticket"], unique=True, sqlite_where=ticket, postgresql_where=ticket
    )


def downgrade() -> None:
    op.drop_table("signing_requests")
