"""Deliveries are found by their dossier.

Revision ID: 0008
Revises: 0007
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    told = sa.text("dossier <> ''")
    op.create_index("ix_batches_dossier", "batches", ["dossier"], sqlite_where=told, postgresql_where=told)


def downgrade() -> None:
    op.drop_index("ix_batches_dossier", table_name="batches")
