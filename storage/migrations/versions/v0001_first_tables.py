"""The first tables.

Revision ID: 0001
Revises:
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

FTS5 = ("CREATE VIRTUAL TABLE search_fts USING fts5(exact, folded, heading, tokenize = 'ascii')",)
TSVECTOR = (
    "CREATE TABLE search_vectors (doc BIGINT PRIMARY KEY REFERENCES records (seq), exact TSVECTOR NOT NULL,"
    " folded TSVECTOR NOT NULL, exact_words TEXT NOT NULL, folded_words TEXT NOT NULL)",
    "CREATE INDEX ix_search_vectors_folded ON search_vectors USING gin (folded)",
)


def upgrade() -> None:
    _batches()
    _lanes()
    _files()
    _papers()
    _pages()
    _steps()
    _fields()
    _decisions()
    _records()
    _search_docs()
    _ledger()
    _ledger_head()
    _outbox()
    _series()
    _tokens()
    for statement in TSVECTOR if op.get_bind().dialect.name == "postgresql" else FTS5:
        op.execute(statement)
    op.execute("INSERT INTO ledger_head (id, entries, hash) VALUES (1, 0, '" + "0" * 64 + "')")


def downgrade() -> None:
    raise NotImplementedError("the first tables are never taken away")


def _text(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.Text(), nullable=False)


def _batches() -> None:
    op.create_table(
        "batches", sa.Column("seq", SERIAL, autoincrement=True, nullable=False), _text("id"), _text("unit"), _text("actor"),
        _text("dossier"), _text("owner"), _text("priority"), sa.Column("automatic", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False), sa.PrimaryKeyConstraint("seq", name="pk_batches"),
        sa.UniqueConstraint("id", name="uq_batches_id"),
    )


def _lanes() -> None:
    op.create_table(
        "lanes", sa.Column("rank", sa.SmallInteger(), autoincrement=False, nullable=False), _text("unit"),
        sa.PrimaryKeyConstraint("rank", "unit", name="pk_lanes"),
    )


def _files() -> None:
    op.create_table(
        "files", sa.Column("seq", SERIAL, autoincrement=True, nullable=False), _text("id"), _text("batch_id"), _text("name"),
        _text("object_sha256"), sa.Column("object_size", sa.BigInteger(), nullable=False), _text("object_type"), _text("state"),
        _text("kind"), sa.Column("pages", sa.Integer(), nullable=False), _text("parent_id"), _text("reason_code"),
        _text("reason_params"), _text("notes"), sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["batch_id"], ["batches.id"], name="fk_files_batch_id"),
        sa.PrimaryKeyConstraint("seq", name="pk_files"),
        sa.UniqueConstraint("batch_id", "object_sha256", "name", "parent_id", name="uq_files_batch_id_object_sha256_name_parent_id"),
        sa.UniqueConstraint("id", name="uq_files_id"),
    )


def _papers() -> None:
    op.create_table(
        "papers", sa.Column("seq", SERIAL, autoincrement=True, nullable=False), _text("id"), _text("batch_id"),
        _text("file_id"), sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("first_page", sa.Integer(), nullable=False), sa.Column("pages", sa.Integer(), nullable=False), _text("state"),
        _text("dossier"), _text("owner"), _text("paper_type"), sa.Column("type_confidence", sa.Float(), nullable=False),
        _text("code"), _text("original_sha256"), sa.Column("original_size", sa.BigInteger(), nullable=False),
        _text("original_type"), sa.Column("sealed_sha256", sa.Text(), nullable=True),
        sa.Column("sealed_size", sa.BigInteger(), nullable=True), sa.Column("sealed_type", sa.Text(), nullable=True),
        sa.Column("evidence_sha256", sa.Text(), nullable=True), sa.Column("evidence_size", sa.BigInteger(), nullable=True),
        sa.Column("evidence_type", sa.Text(), nullable=True), _text("reason_code"), _text("reason_params"),
        sa.Column("version", sa.Integer(), nullable=False), sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["batch_id"], ["batches.id"], name="fk_papers_batch_id"),
        sa.ForeignKeyConstraint(["file_id"], ["files.id"], name="fk_papers_file_id"),
        sa.PrimaryKeyConstraint("seq", name="pk_papers"),
        sa.UniqueConstraint("file_id", "ordinal", name="uq_papers_file_id_ordinal"),
        sa.UniqueConstraint("id", name="uq_papers_id"),
    )
    op.create_index('ix_papers_batch_id', 'papers', ['batch_id'], unique=False)
    op.create_index('ix_papers_state', 'papers', ['state'], unique=False)
    op.create_index('uq_papers_code', 'papers', ['code'], unique=True, sqlite_where=sa.text("code <> ''"), postgresql_where=sa.text("code <> ''"))


def _pages() -> None:
    op.create_table(
        "pages", sa.Column("seq", SERIAL, autoincrement=True, nullable=False), _text("id"), _text("paper_id"), _text("file_id"),
        sa.Column("place", sa.Integer(), nullable=False), _text("image_sha256"),
        sa.Column("image_size", sa.BigInteger(), nullable=False), _text("image_type"), _text("facts"),
        sa.Column("text_sha256", sa.Text(), nullable=True), sa.Column("text_size", sa.BigInteger(), nullable=True),
        sa.Column("text_type", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["file_id"], ["files.id"], name="fk_pages_file_id"),
        sa.ForeignKeyConstraint(["paper_id"], ["papers.id"], name="fk_pages_paper_id"),
        sa.PrimaryKeyConstraint("seq", name="pk_pages"), sa.UniqueConstraint("id", name="uq_pages_id"),
        sa.UniqueConstraint("paper_id", "place", name="uq_pages_paper_id_place"),
    )


def _steps() -> None:
    op.create_table(
        "steps", sa.Column("seq", SERIAL, autoincrement=True, nullable=False), _text("id"), _text("kind"), _text("subject"),
        _text("batch_id"), _text("file_id"), _text("paper_id"), _text("unit"),
        sa.Column("rank", sa.SmallInteger(), nullable=False), _text("state"),
        sa.Column("attempts", sa.Integer(), nullable=False), _text("lease"),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True), _text("error_code"), _text("error_params"),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["batch_id"], ["batches.id"], name="fk_steps_batch_id"),
        sa.PrimaryKeyConstraint("seq", name="pk_steps"), sa.UniqueConstraint("id", name="uq_steps_id"),
        sa.UniqueConstraint("kind", "subject", name="uq_steps_kind_subject"),
    )
    op.create_index('ix_steps_batch_id', 'steps', ['batch_id'], unique=False)
    op.create_index('ix_steps_due', 'steps', ['due_at'], unique=False, sqlite_where=sa.text('due_at IS NOT NULL'), postgresql_where=sa.text('due_at IS NOT NULL'))
    op.create_index('ix_steps_held', 'steps', ['unit'], unique=False, sqlite_where=sa.text("state = 'leased'"), postgresql_where=sa.text("state = 'leased'"))
    op.create_index('ix_steps_lane', 'steps', ['rank', 'unit', 'due_at', 'seq'], unique=False, sqlite_where=sa.text('due_at IS NOT NULL'), postgresql_where=sa.text('due_at IS NOT NULL'))
    op.create_index('ix_steps_state', 'steps', ['state', 'changed_at'], unique=False)


def _fields() -> None:
    op.create_table(
        "fields", _text("paper_id"), sa.Column("place", sa.Integer(), autoincrement=False, nullable=False), _text("name"),
        _text("raw"), _text("value"), sa.Column("confidence", sa.Float(), nullable=False), _text("evidence"),
        _text("candidates"), _text("checks"), sa.ForeignKeyConstraint(["paper_id"], ["papers.id"], name="fk_fields_paper_id"),
        sa.PrimaryKeyConstraint("paper_id", "place", name="pk_fields"),
    )


def _decisions() -> None:
    op.create_table(
        "decisions", sa.Column("seq", SERIAL, autoincrement=True, nullable=False), _text("paper_id"), _text("field"),
        _text("value"), _text("kind"), _text("by"), sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        _text("reason"), sa.ForeignKeyConstraint(["paper_id"], ["papers.id"], name="fk_decisions_paper_id"),
        sa.PrimaryKeyConstraint("seq", name="pk_decisions"),
    )
    op.create_index('ix_decisions_paper_id', 'decisions', ['paper_id'], unique=False)


def _records() -> None:
    op.create_table(
        "records", sa.Column("seq", SERIAL, autoincrement=True, nullable=False), _text("code"),
        _text("paper_id"), _text("state"), _text("unit"), _text("dossier"), _text("owner"),
        _text("paper_type"), _text("title"), _text("number"), sa.Column("issued_on", sa.Date(), nullable=True), _text("issuer"),
        _text("subject"), sa.Column("valid_until", sa.Date(), nullable=True), _text("scope"),
        sa.Column("pages", sa.Integer(), nullable=False), _text("original_sha256"),
        sa.Column("original_size", sa.BigInteger(), nullable=False), _text("original_type"), _text("sealed_sha256"),
        sa.Column("sealed_size", sa.BigInteger(), nullable=False), _text("sealed_type"), _text("evidence_sha256"),
        sa.Column("evidence_size", sa.BigInteger(), nullable=False), _text("evidence_type"),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["paper_id"], ["papers.id"], name="fk_records_paper_id"),
        sa.PrimaryKeyConstraint("seq", name="pk_records"), sa.UniqueConstraint("code", name="uq_records_code"),
        sa.UniqueConstraint("paper_id", name="uq_records_paper_id"),
    )
    op.create_index('ix_records_dossier', 'records', ['dossier'], unique=False)
    op.create_index('ix_records_issued_on', 'records', ['issued_on'], unique=False)
    op.create_index('ix_records_owner', 'records', ['owner'], unique=False)


def _search_docs() -> None:
    op.create_table(
        "search_docs", sa.Column("doc", SERIAL, autoincrement=False, nullable=False), _text("heading"), _text("body"),
        _text("number_words"), _text("issuer_words"),
        sa.ForeignKeyConstraint(["doc"], ["records.seq"], name="fk_search_docs_doc"),
        sa.PrimaryKeyConstraint("doc", name="pk_search_docs"),
    )


def _ledger() -> None:
    op.create_table(
        "ledger", sa.Column("seq", SERIAL, autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False), _text("actor"), _text("event"), _text("subject"),
        _text("details"), _text("previous"), _text("hash"), sa.PrimaryKeyConstraint("seq", name="pk_ledger"),
    )
    op.create_index('ix_ledger_subject', 'ledger', ['subject'], unique=False)


def _ledger_head() -> None:
    op.create_table(
        "ledger_head", sa.Column("id", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("entries", sa.BigInteger(), nullable=False), _text("hash"),
        sa.PrimaryKeyConstraint("id", name="pk_ledger_head"),
    )


def _outbox() -> None:
    op.create_table(
        "outbox", sa.Column("seq", SERIAL, autoincrement=True, nullable=False), _text("topic"), _text("payload"),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False), sa.PrimaryKeyConstraint("seq", name="pk_outbox"),
    )


def _series() -> None:
    op.create_table(
        "series", _text("name"), sa.Column("last", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_series"),
    )


def _tokens() -> None:
    op.create_table(
        "tokens", sa.Column("seq", SERIAL, autoincrement=True, nullable=False), _text("name"), _text("role"),
        _text("secret_sha256"), _text("unit"), sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False), sa.PrimaryKeyConstraint("seq", name="pk_tokens"),
        sa.UniqueConstraint("secret_sha256", name="uq_tokens_secret_sha256"),
    )
    op.create_index('uq_tokens_name', 'tokens', ['name'], unique=True, sqlite_where=sa.text('revoked_at IS NULL'), postgresql_where=sa.text('revoked_at IS NULL'))
