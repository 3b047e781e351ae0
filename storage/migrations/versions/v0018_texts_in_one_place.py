"""The text of a record kept beside its words, in one page: a search looks at two hundred of them, wherever they stand on the disk.

What is indexed already moves when it is indexed anew (`sohoa search --rebuild`).

Revision ID: 0018
Revises: 0017
"""

from __future__ import annotations

from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE search_docs SET (toast_tuple_target = 8160)")


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE search_docs RESET (toast_tuple_target)")
