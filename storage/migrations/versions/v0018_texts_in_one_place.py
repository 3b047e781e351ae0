"""The text of a record packed beside its words, in one page: a search looks at two hundred of them, wherever they stand on the disk.

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

TEXTS = ("heading", "body", "exact", "folded")


def upgrade() -> None:
    _store("MAIN")


def downgrade() -> None:
    _store("EXTENDED")


def _store(how: str) -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"ALTER TABLE search_docs {', '.join(f'ALTER COLUMN {name} SET STORAGE {how}' for name in TEXTS)}")
