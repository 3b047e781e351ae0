"""Refused files by themselves, so that those nobody has acted on are found without reading all.

Revision ID: 0017
Revises: 0016
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    refused = sa.text("state = 'refused'")
    op.create_index("ix_files_refused", "files", ["seq"], sqlite_where=refused, postgresql_where=refused)


def downgrade() -> None:
    op.drop_index("ix_files_refused", table_name="files")
