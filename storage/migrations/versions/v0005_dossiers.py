"""Dossiers with their components, reuse of records, and the end of records.

Revision ID: 0005
Revises: 0004
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _text(*names: str) -> tuple[sa.Column[Any], ...]:
    return tuple(sa.Column(name, sa.Text(), nullable=False) for name in names)


def _time(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _of(kind: Any, *names: str, nullable: bool = False) -> tuple[sa.Column[Any], ...]:
    return tuple(sa.Column(name, kind, nullable=nullable) for name in names)


def upgrade() -> None:
    for table, column, default in (("batches", "component", ""), ("papers", "component", ""), ("records", "access", "internal")):
        op.add_column(table, sa.Column(column, sa.Text(), nullable=False, server_default=default))
    told = sa.text("dossier <> ''")
    op.create_index("ix_papers_dossier", "papers", ["dossier", "component"], sqlite_where=told, postgresql_where=told)
    _dossiers()
    _components()
    _reuses()
    op.create_table(
        "record_endings", sa.Column("seq", SERIAL, autoincrement=True, nullable=False), *_text("record", "kind", "decision"),
        *_of(sa.Date(), "decided_on"), *_text("reason", "replaced_by", "by"), _time("at"),
        sa.ForeignKeyConstraint(["record"], ["records.code"], name="fk_record_endings_record"),
        sa.PrimaryKeyConstraint("seq", name="pk_record_endings"),
    )
    op.create_index("ix_record_endings_record", "record_endings", ["record"])
    op.create_index("ix_record_endings_at", "record_endings", ["at"])


def _dossiers() -> None:
    op.create_table(
        "dossiers", sa.Column("seq", SERIAL, autoincrement=True, nullable=False),
        *_text("code", "unit", "procedure", "procedure_name", "field", "owner_id", "owner_id_kind"),
        *_of(sa.SmallInteger(), "owner_kind"), *_text("owner_name", "owner_identity"), *_of(sa.SmallInteger(), "channel"),
        _time("received_at"), _time("due_at", nullable=True), _time("resolved_at", nullable=True), *_text("state"),
        *_of(sa.Boolean(), "returns_document"), *_text("result_record", "result_link"),
        *_of(sa.Boolean(), "vneid", nullable=True), *_text("late_reason", "opened_by"), _time("created_at"), _time("changed_at"),
        *_of(sa.Integer(), "version"),
        sa.PrimaryKeyConstraint("seq", name="pk_dossiers"), sa.UniqueConstraint("code", name="uq_dossiers_code"),
    )
    op.create_index("ix_dossiers_unit_received_at", "dossiers", ["unit", "received_at"])
    op.create_index("ix_dossiers_owner_id", "dossiers", ["owner_id"])
    op.create_index("ix_dossiers_received_at", "dossiers", ["received_at"])
    given = sa.text("result_record <> ''")
    op.create_index("ix_dossiers_result_record", "dossiers", ["result_record"], sqlite_where=given, postgresql_where=given)


def _components() -> None:
    op.create_table(
        "dossier_components", *_text("dossier", "code"), *_of(sa.Integer(), "place"), *_text("name"),
        *_of(sa.Boolean(), "required"), *_text("form", "state", "paper_id", "record"), *_of(sa.SmallInteger(), "reuse"),
        *_text("replacement"), *_of(sa.Boolean(), "from_store"), *_text("reason_code", "reason_note"), _time("changed_at"),
        *_text("changed_by"),
        sa.ForeignKeyConstraint(["dossier"], ["dossiers.code"], name="fk_dossier_components_dossier"),
        sa.PrimaryKeyConstraint("dossier", "code", name="pk_dossier_components"),
    )
    used = sa.text("record <> ''")
    op.create_index("ix_dossier_components_record", "dossier_components", ["record"], sqlite_where=used, postgresql_where=used)


def _reuses() -> None:
    op.create_table(
        "reuses", sa.Column("seq", SERIAL, autoincrement=True, nullable=False),
        *_text("id", "record", "sealed_sha256", "dossier", "component", "unit", "by"), _time("at"), *_text("purpose"),
        *_of(sa.Date(), "filed_on"), *_of(sa.SmallInteger(), "flag"), *_text("replacement"), *_of(sa.Boolean(), "from_store"),
        *_text("checks"), _time("withdrawn_at", nullable=True), *_text("withdrawn_by", "withdrawn_reason"),
        sa.ForeignKeyConstraint(["dossier"], ["dossiers.code"], name="fk_reuses_dossier"),
        sa.PrimaryKeyConstraint("seq", name="pk_reuses"), sa.UniqueConstraint("id", name="uq_reuses_id"),
    )
    op.create_index("ix_reuses_record", "reuses", ["record"])
    op.create_index("ix_reuses_dossier", "reuses", ["dossier"])
    op.create_index("ix_reuses_unit_at", "reuses", ["unit", "at"])
    standing = sa.text("withdrawn_at IS NULL")
    op.create_index(
        "uq_reuses_standing", "reuses", ["dossier", "component"], unique=True, sqlite_where=standing, postgresql_where=standing
    )


def downgrade() -> None:
    for table in ("record_endings", "reuses", "dossier_components", "dossiers"):
        op.drop_table(table)
    op.drop_index("ix_papers_dossier", table_name="papers")
    for table, column in (("batches", "component"), ("papers", "component"), ("records", "access")):
        op.drop_column(table, column)
