"""The table of pages that bear a mark of state secrecy; see `storage.records.tables`."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, Table

from storage.records.columns import SafeText, UtcTime
from storage.records.tables import metadata

secrecy_holds = Table(
    "secrecy_holds",
    metadata,
    Column("paper_id", SafeText, ForeignKey("papers.id"), primary_key=True),
    Column("page", Integer, primary_key=True, autoincrement=False),
    Column("file_id", SafeText, nullable=False),
    Column("level", SafeText, nullable=False),
    Column("found_at", UtcTime, nullable=False),
    Column("cleared_at", UtcTime),
    Column("cleared_by", SafeText, nullable=False),
    Column("reason", SafeText, nullable=False),
    Index(None, "file_id"),
)
