"""The ledger is looked through by time and by person.

Revision ID: 0010
Revises: 0009
"""

from __future__ import annotations

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_ledger_at", "ledger", ["at"])
    op.create_index("ix_ledger_actor_seq", "ledger", ["actor", "seq"])


def downgrade() -> None:
    op.drop_index("ix_ledger_actor_seq", "ledger")
    op.drop_index("ix_ledger_at", "ledger")
