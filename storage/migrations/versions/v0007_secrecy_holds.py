"""Papers held back because a page bears a mark of state secrecy.

Revision ID: 0007
Revises: 0006
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "secrecy_holds",
        sa.Column("paper_id", sa.Text(), nullable=False),
        sa.Column("page", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("file_id", sa.Text(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cleared_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cleared_by", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["paper_id"], ["papers.id"], name="fk_secrecy_holds_paper_id"),
        sa.PrimaryKeyConstraint("paper_id", "page", name="pk_secrecy_holds"),
    )
    op.create_index("ix_secrecy_holds_file_id", "secrecy_holds", ["file_id"])


def downgrade() -> None:
    op.drop_table("secrecy_holds")
