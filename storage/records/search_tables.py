"""The tables of searching, but for the index itself, which each database has in its own way. See `storage.records.tables`."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, ForeignKey, Integer, SmallInteger, Table, UniqueConstraint

from storage.records.columns import SafeText, Serial, UtcTime
from storage.records.tables import metadata


def _text(name: str, **more: Any) -> Column[Any]:
    return Column(name, SafeText, nullable=False, **more)


search_docs = Table(
    "search_docs", metadata, Column("doc", Serial, ForeignKey("records.seq"), primary_key=True, autoincrement=False),
    _text("heading"), _text("body"), _text("exact"), _text("folded"), Column("version", SmallInteger, nullable=False),
)  # fmt: skip
"""What can be found, as clean text and as words between single spaces; disposable. `version` is of the terms."""

search_words = Table("search_words", metadata, Column("word", SafeText, primary_key=True))
"""Every word of letters that a record ever had, folded: what a beginning or a misspelt word may stand for; disposable."""

saved_searches = Table(
    "saved_searches", metadata, Column("seq", Serial, primary_key=True, autoincrement=True), _text("id", unique=True),
    _text("person"), _text("name"), _text("address"), Column("last_count", Integer, nullable=False),
    Column("last_seen", Serial, nullable=False), Column("looked_at", UtcTime, nullable=False),
    Column("created_at", UtcTime, nullable=False), UniqueConstraint("person", "name"),
)  # fmt: skip
