"""When each unit had its last turn; files by the time they were received, so that a day's are counted without reading all.

Revision ID: 0016
Revises: 0015
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("lanes", sa.Column("served_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index("ix_files_created_at", "files", ["created_at"])


def downgrade() -> None:
    op.drop_index("ix_files_created_at", "files")
    op.drop_column("lanes", "served_at")
