"""Review by people: leases, rounds, checks, stopped batches; decisions say where their value stands.

Revision ID: 0009
Revises: 0008
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _text(*names: str) -> tuple[sa.Column[Any], ...]:
    return tuple(sa.Column(name, sa.Text(), nullable=False) for name in names)


def _time(*names: str) -> tuple[sa.Column[Any], ...]:
    return tuple(sa.Column(name, sa.DateTime(timezone=True), nullable=False) for name in names)


def _of(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=f"fk_{table}_{column}")


def upgrade() -> None:
    op.create_table(
        "review_leases", *_text("paper_id", "holder", "token"), *_time("taken_at", "ends_at"),
        sa.PrimaryKeyConstraint("paper_id", name="pk_review_leases"), _of("review_leases", "paper_id", "papers"),
    )
    op.create_table(
        "review_rounds", *_text("paper_id", "batch_id"), sa.Column("round", sa.SmallInteger(), nullable=False), *_text("state"),
        sa.Column("whole", sa.Boolean(), nullable=False), *_text("keyed"), *_time("changed_at"),
        sa.PrimaryKeyConstraint("paper_id", name="pk_review_rounds"), _of("review_rounds", "paper_id", "papers"),
        _of("review_rounds", "batch_id", "batches"),
    )
    op.create_index("ix_review_rounds_batch_id_state", "review_rounds", ["batch_id", "state"])
    op.create_table(
        "review_checks", sa.Column("seq", SERIAL, autoincrement=True, nullable=False),
        *_text("paper_id", "batch_id", "unit", "paper_type", "field"), sa.Column("round", sa.SmallInteger(), nullable=False),
        *_text("step", "first_by", "checked_by"), sa.Column("differs", sa.Boolean(), nullable=False),
        sa.Column("keyed_differs", sa.Boolean(), nullable=False), *_time("at"),
        sa.PrimaryKeyConstraint("seq", name="pk_review_checks"),
    )
    op.create_index("ix_review_checks_batch_id_round", "review_checks", ["batch_id", "round"])
    op.create_index("ix_review_checks_unit_at", "review_checks", ["unit", "at"])
    op.create_table(
        "batch_stops", *_text("batch_id"), sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("checked", sa.Integer(), nullable=False), sa.Column("errors", sa.Integer(), nullable=False), *_time("stopped_at"),
        sa.PrimaryKeyConstraint("batch_id", name="pk_batch_stops"), _of("batch_stops", "batch_id", "batches"),
    )
    op.add_column("decisions", sa.Column("evidence", sa.Text(), nullable=False, server_default="[]"))


def downgrade() -> None:
    op.drop_column("decisions", "evidence")
    for name in ("batch_stops", "review_checks", "review_rounds", "review_leases"):
        op.drop_table(name)
