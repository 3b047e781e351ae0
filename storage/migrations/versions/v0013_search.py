"""The index of words made anew, the words known, saved searches. The recurring job indexes what was kept before.

Revision ID: 0013
Revises: 0012
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

FTS5 = (
    "DROP TABLE search_fts",
    "CREATE VIRTUAL TABLE search_terms USING fts5(terms, tokenize = \"ascii tokenchars '_:=^@.-'\", detail = none, columnsize = 0)",
)
TSVECTOR = (
    "DROP TABLE search_vectors",
    "CREATE TABLE search_terms (doc BIGINT PRIMARY KEY REFERENCES records (seq), terms TSVECTOR NOT NULL)",
    # a longer list of what is not sorted in yet would be read through at every search
    "CREATE INDEX ix_search_terms_terms ON search_terms USING gin (terms) WITH (gin_pending_list_limit = 256)",
)


def _text(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.Text(), nullable=False)


def upgrade() -> None:
    for statement in TSVECTOR if op.get_bind().dialect.name == "postgresql" else FTS5:
        op.execute(statement)
    op.drop_table("search_docs")
    op.create_table(
        "search_docs", sa.Column("doc", SERIAL, autoincrement=False, nullable=False), _text("heading"), _text("body"),
        _text("exact"), _text("folded"), sa.Column("version", sa.SmallInteger(), nullable=False),
        sa.ForeignKeyConstraint(["doc"], ["records.seq"], name="fk_search_docs_doc"),
        sa.PrimaryKeyConstraint("doc", name="pk_search_docs"),
    )
    op.create_table("search_words", _text("word"), sa.PrimaryKeyConstraint("word", name="pk_search_words"))
    op.create_table(
        "saved_searches", sa.Column("seq", SERIAL, autoincrement=True, nullable=False), _text("id"), _text("person"),
        _text("name"), _text("address"), sa.Column("last_count", sa.Integer(), nullable=False),
        sa.Column("last_seen", SERIAL, nullable=False), sa.Column("looked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False), sa.PrimaryKeyConstraint("seq", name="pk_saved_searches"),
        sa.UniqueConstraint("id", name="uq_saved_searches_id"),
        sa.UniqueConstraint("person", "name", name="uq_saved_searches_person_name"),
    )


def downgrade() -> None:
    raise NotImplementedError("an index is made anew, not taken back")
