"""The table of what waits for a signature made elsewhere. `storage.records.tables` says how columns are meant."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, Index, Table, UniqueConstraint, text

from storage.records.columns import JsonText, SafeText, Serial, UtcTime, ref_columns
from storage.records.tables import metadata


def _text(name: str, **more: Any) -> Column[Any]:
    return Column(name, SafeText, nullable=False, **more)


_TICKET = text("ticket <> ''")
signing_requests = Table(
    "signing_requests", metadata, Column("seq", Serial, primary_key=True, autoincrement=True), _text("id", unique=True),
    _text("kind"), _text("subject"), _text("paper_id"), _text("batch_id"), _text("unit"), _text("role"), _text("level"),
    *ref_columns("source"),
    Column("about", JsonText, nullable=False), _text("state"), _text("ticket"), _text("actor"), _text("certificate"),
    Column("chain", JsonText, nullable=False), Column("prepared", JsonText, nullable=False),
    *ref_columns("tail", required=False), Column("expires_at", UtcTime), _text("signature"),
    Column("created_at", UtcTime, nullable=False), Column("changed_at", UtcTime, nullable=False),
    UniqueConstraint("kind", "subject"), Index(None, "state", "unit"), Index(None, "batch_id"),
    Index("uq_signing_requests_ticket", "ticket", unique=True, sqlite_where=_TICKET, postgresql_where=_TICKET),
)  # fmt: skip
"""One row for each document; a new preparation takes the place of the last, whose ticket is worth nothing from then on.
Bytes (certificates, signature, attributes) stand in base64."""
