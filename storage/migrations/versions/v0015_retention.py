"""Legal holds and disposals.

Revision ID: 0015
Revises: 0014
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_OPEN = sa.text("state <> 'refused'")


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=False)


def _time(name: str, *, nullable: bool = True) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _ref(prefix: str) -> tuple[sa.Column[object], ...]:
    return (
        sa.Column(f"{prefix}_sha256", sa.Text(), nullable=True),
        sa.Column(f"{prefix}_size", sa.BigInteger(), nullable=True),
        sa.Column(f"{prefix}_type", sa.Text(), nullable=True),
    )


def _serial() -> sa.Column[int]:
    return sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False)


def upgrade() -> None:
    op.create_table(
        "legal_holds",
        _serial(), _text("id"), _text("record"), _text("reason"), _text("placed_by"), _time("placed_at", nullable=False),
        _text("lifted_by"), _time("lifted_at"), _text("lifted_reason"),
        sa.ForeignKeyConstraint(["record"], ["records.code"], name="fk_legal_holds_record"),
        sa.PrimaryKeyConstraint("seq", name="pk_legal_holds"),
        sa.UniqueConstraint("id", name="uq_legal_holds_id"),
    )  # fmt: skip
    op.create_index("ix_legal_holds_record", "legal_holds", ["record"])
    op.create_table(
        "disposals",
        _serial(), _text("id"), _text("record"), _text("unit"), _text("reason"), _text("state"), _text("requested_by"),
        _time("requested_at", nullable=False), _text("decided_by"), _time("decided_at"), _text("decided_reason"),
        _text("objects"), _time("aside_at"), _time("done_at"), *_ref("certificate"), *_ref("sheet"),
        sa.ForeignKeyConstraint(["record"], ["records.code"], name="fk_disposals_record"),
        sa.PrimaryKeyConstraint("seq", name="pk_disposals"),
        sa.UniqueConstraint("id", name="uq_disposals_id"),
    )  # fmt: skip
    op.create_index("ix_disposals_state", "disposals", ["state"])
    op.create_index(
        "uq_disposals_record", "disposals", ["record"], unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN
    )  # fmt: skip


def downgrade() -> None:
    op.drop_table("disposals")
    op.drop_table("legal_holds")
