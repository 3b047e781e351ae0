"""The tables of legal holds and disposals. `storage.records.tables` says how columns are meant."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, ForeignKey, Index, Table, text

from storage.records.columns import JsonText, SafeText, Serial, UtcTime, ref_columns
from storage.records.tables import metadata


def _text(name: str, **more: Any) -> Column[Any]:
    return Column(name, SafeText, nullable=False, **more)


def _record() -> Column[Any]:
    return Column("record", SafeText, ForeignKey("records.code"), nullable=False)


legal_holds = Table(
    "legal_holds", metadata, Column("seq", Serial, primary_key=True, autoincrement=True), _text("id", unique=True), _record(),
    _text("reason"), _text("placed_by"), Column("placed_at", UtcTime, nullable=False), _text("lifted_by"),
    Column("lifted_at", UtcTime), _text("lifted_reason"), Index(None, "record"),
)  # fmt: skip

_OPEN = text("state <> 'refused'")
disposals = Table(
    "disposals", metadata, Column("seq", Serial, primary_key=True, autoincrement=True), _text("id", unique=True), _record(),
    _text("unit"), _text("reason"), _text("state"), _text("requested_by"), Column("requested_at", UtcTime, nullable=False),
    _text("decided_by"), Column("decided_at", UtcTime), _text("decided_reason"), Column("objects", JsonText, nullable=False),
    Column("aside_at", UtcTime), Column("done_at", UtcTime), *ref_columns("certificate", required=False),
    *ref_columns("sheet", required=False), Index(None, "state"),
    Index("uq_disposals_record", "record", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN),
)  # fmt: skip
"""The partial index: one disposal of a record at a time, whoever asks."""
