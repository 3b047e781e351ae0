"""Pages of papers in arrangements; batches whose papers wait for a look.

Revision ID: 0006
Revises: 0005
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _text(*names: str) -> tuple[sa.Column[Any], ...]:
    return tuple(sa.Column(name, sa.Text(), nullable=False) for name in names)


def upgrade() -> None:
    op.add_column("batches", sa.Column("hold", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("papers", sa.Column("held", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("pages", sa.Column("position", sa.Integer(), nullable=True))
    op.execute("UPDATE pages SET position = place")
    op.create_table(
        "arrangements", sa.Column("seq", SERIAL, autoincrement=True, nullable=False), *_text("paper_id"),
        sa.Column("version", sa.Integer(), nullable=False), *_text("pages", "left_out", "change", "reason", "by"),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False), sa.Column("decisions", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_arrangements"),
        sa.ForeignKeyConstraint(["paper_id"], ["papers.id"], name="fk_arrangements_paper_id"),
        sa.UniqueConstraint("paper_id", "version", name="uq_arrangements_paper_id_version"),
    )
    op.create_table(
        "page_orders", *_text("file_id", "paper_id", "page_id", "kind", "reason", "by", "state"),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("file_id", name="pk_page_orders"),
        sa.ForeignKeyConstraint(["file_id"], ["files.id"], name="fk_page_orders_file_id"),
        sa.ForeignKeyConstraint(["paper_id"], ["papers.id"], name="fk_page_orders_paper_id"),
    )
    op.create_index("ix_page_orders_paper_id", "page_orders", ["paper_id"])


def downgrade() -> None:
    op.drop_table("page_orders")
    op.drop_table("arrangements")
    op.drop_column("pages", "position")
    op.drop_column("papers", "held")
    op.drop_column("batches", "hold")
