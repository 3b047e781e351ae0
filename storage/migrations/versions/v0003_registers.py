"""Certification registers.

Revision ID: 0003
Revises: 0002
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    _books()
    _years()
    _certifications()


def downgrade() -> None:
    raise NotImplementedError("registers are kept permanently")


def _text(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.Text(), nullable=nullable)


def _int(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.Integer(), nullable=False)


def _time(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _ref(prefix: str) -> tuple[sa.Column[Any], ...]:
    return (
        _text(f"{prefix}_sha256", nullable=True), sa.Column(f"{prefix}_size", sa.BigInteger(), nullable=True),
        _text(f"{prefix}_type", nullable=True),
    )


def _books() -> None:
    op.create_table(
        "register_books", sa.Column("seq", SERIAL, autoincrement=True, nullable=False), _text("id"), _text("unit"), _text("kind"),
        _int("year"), _int("ordinal"), _text("suffix"), _text("state"), _time("opened_at"), _text("opened_by"),
        _time("closed_at", nullable=True), _text("closed_by"), sa.PrimaryKeyConstraint("seq", name="pk_register_books"),
        sa.UniqueConstraint("id", name="uq_register_books_id"),
        sa.UniqueConstraint("unit", "kind", "year", "ordinal", name="uq_register_books_unit_kind_year_ordinal"),
    )
    is_open = sa.text("state = 'open'")
    op.create_index(
        "uq_register_books_open", "register_books", ["unit", "kind"], unique=True, sqlite_where=is_open, postgresql_where=is_open
    )


def _years() -> None:
    op.create_table(
        "register_years", _text("unit"), _text("kind"), sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        _text("statistics"), _text("digest"), _time("locked_at"), _text("locked_by"),
        sa.PrimaryKeyConstraint("unit", "kind", "year", name="pk_register_years"),
    )


def _certifications() -> None:
    op.create_table(
        "certifications", sa.Column("seq", SERIAL, autoincrement=True, nullable=False), _text("id"), _text("unit"), _text("kind"),
        _text("batch_id"), _text("paper_id"), _text("record_code"), _text("title"), _text("state"), _text("request"),
        _time("requested_at"), _text("requested_by"), _text("attestation", nullable=True), _text("book_id", nullable=True),
        _text("book"), _int("year"), _int("number"), sa.Column("numbered_on", sa.Date(), nullable=True), _text("token"),
        *_ref("personal"), _text("personal_signer"), _time("personal_at", nullable=True),
        *_ref("issued"), _text("issued_signer"), _time("issued_at", nullable=True),
        _text("ending", nullable=True), _text("annulment", nullable=True), _int("version"),
        sa.PrimaryKeyConstraint("seq", name="pk_certifications"), sa.UniqueConstraint("id", name="uq_certifications_id"),
        sa.ForeignKeyConstraint(["batch_id"], ["batches.id"], name="fk_certifications_batch_id"),
        sa.ForeignKeyConstraint(["paper_id"], ["papers.id"], name="fk_certifications_paper_id"),
        sa.ForeignKeyConstraint(["book_id"], ["register_books.id"], name="fk_certifications_book_id"),
    )
    op.create_index("ix_certifications_paper_id", "certifications", ["paper_id"])
    op.create_index("ix_certifications_unit_state", "certifications", ["unit", "state"])
    numbered, public = sa.text("number > 0"), sa.text("token <> ''")
    op.create_index(
        "uq_certifications_number", "certifications", ["unit", "kind", "year", "number"], unique=True, sqlite_where=numbered,
        postgresql_where=numbered,
    )
    op.create_index(
        "uq_certifications_token", "certifications", ["token"], unique=True, sqlite_where=public, postgresql_where=public
    )
