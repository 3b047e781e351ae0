"""Seals, anchors of the ledger, recurring jobs.

Revision ID: 0002
Revises: 0001
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
AT_ONCE = 1000


def upgrade() -> None:
    seals = _seals()
    _anchors()
    _jobs()
    connection = op.get_bind()
    rows = connection.execute(sa.text(
        "SELECT papers.id AS paper_id, sealed_sha256, sealed_size, sealed_type, ledger.at, ledger.details FROM papers"
        " JOIN ledger ON ledger.subject = papers.id AND ledger.event = 'paper.sealed' WHERE sealed_sha256 IS NOT NULL"
        " ORDER BY ledger.seq"
    ).columns(at=sa.DateTime(timezone=True))).all()
    for part in _parts(rows):
        connection.execute(seals.insert(), [_seal(row) for row in part])


def downgrade() -> None:
    raise NotImplementedError("evidence is never taken away")


def _parts(rows: Any) -> Iterator[list[Any]]:
    """The rows whose ledger entry speaks of the object that is there, in handfuls, each object once."""
    seen: set[str] = set()
    part: list[Any] = []
    for row in rows:
        if json.loads(row.details).get("sha256") != row.sealed_sha256 or row.sealed_sha256 in seen:
            continue
        seen.add(row.sealed_sha256)
        part.append(row)
        if len(part) == AT_ONCE:
            yield part
            part = []
    if part:
        yield part


def _seal(row: Any) -> dict[str, Any]:
    """`evidence_until` stays empty: the file must be looked at, which the renewal job does."""
    told = json.loads(row.details)
    made = uuid.uuid4().hex
    return {
        "id": made, "paper_id": row.paper_id, "kind": told["kind"], "object_sha256": row.sealed_sha256,
        "object_size": row.sealed_size, "object_type": row.sealed_type, "signer": told["signer"],
        "certificate_sha256": told["certificate_sha256"], "role": told["role"], "level": told["level"],
        "signed_at": _utc(datetime.fromisoformat(told["signed_at"])), "time_stamped": told["time_stamped"],
        "evidence_until": None, "state": "current", "previous": "", "origin": made, "created_at": row.at,
    }


def _utc(moment: datetime) -> datetime:
    """As the column takes it: SQLite has no zones."""
    return moment.replace(tzinfo=None) if op.get_bind().dialect.name == "sqlite" else moment


def _text(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.Text(), nullable=False)


def _time(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _seals() -> sa.Table:
    table = op.create_table(
        "seals", sa.Column("seq", SERIAL, autoincrement=True, nullable=False), _text("id"), _text("paper_id"), _text("kind"),
        _text("object_sha256"), sa.Column("object_size", sa.BigInteger(), nullable=False), _text("object_type"), _text("signer"),
        _text("certificate_sha256"), _text("role"), _text("level"), _time("signed_at"),
        sa.Column("time_stamped", sa.Boolean(), nullable=False), _time("evidence_until", nullable=True), _text("state"),
        _text("previous"), _text("origin"), _time("created_at"),
        sa.ForeignKeyConstraint(["paper_id"], ["papers.id"], name="fk_seals_paper_id"),
        sa.PrimaryKeyConstraint("seq", name="pk_seals"), sa.UniqueConstraint("id", name="uq_seals_id"),
        sa.UniqueConstraint("object_sha256", name="uq_seals_object_sha256"),
    )
    op.create_index("ix_seals_origin", "seals", ["origin"], unique=False)
    op.create_index("ix_seals_paper_id", "seals", ["paper_id"], unique=False)
    op.create_index("ix_seals_state_evidence_until", "seals", ["state", "evidence_until"], unique=False)
    return table


def _anchors() -> None:
    op.create_table(
        "anchors", sa.Column("seq", SERIAL, autoincrement=True, nullable=False),
        sa.Column("entries", sa.BigInteger(), nullable=False), _text("head"), _text("object_sha256"),
        sa.Column("object_size", sa.BigInteger(), nullable=False), _text("object_type"), _time("stamped_at"), _text("authority"),
        _time("created_at"), sa.PrimaryKeyConstraint("seq", name="pk_anchors"),
        sa.UniqueConstraint("entries", name="uq_anchors_entries"),
    )


def _jobs() -> None:
    op.create_table(
        "jobs", _text("name"), _time("due_at"), _text("lease"), _time("lease_until", nullable=True),
        _time("started_at", nullable=True), _time("finished_at", nullable=True), _time("succeeded_at", nullable=True),
        sa.Column("runs", sa.Integer(), nullable=False), sa.Column("failures", sa.Integer(), nullable=False), _text("error_code"),
        _text("error_params"), _text("report"), sa.PrimaryKeyConstraint("name", name="pk_jobs"),
    )
