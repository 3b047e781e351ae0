"""The tables of how pages of papers are arranged. `storage.records.tables` says how columns are meant."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, ForeignKey, Index, Integer, Table, UniqueConstraint

from storage.records.columns import JsonText, SafeText, Serial, UtcTime
from storage.records.tables import metadata


def _text(name: str, **more: Any) -> Column[Any]:
    return Column(name, SafeText, nullable=False, **more)


def _paper() -> Column[Any]:
    return Column("paper_id", SafeText, ForeignKey("papers.id"), nullable=False)


arrangements = Table(
    "arrangements", metadata, Column("seq", Serial, primary_key=True, autoincrement=True), _paper(),
    Column("version", Integer, nullable=False), Column("pages", JsonText, nullable=False),
    Column("left_out", JsonText, nullable=False), _text("change"), _text("reason"), _text("by"),
    Column("at", UtcTime, nullable=False), Column("decisions", Integer, nullable=False),
    UniqueConstraint("paper_id", "version"),
)  # fmt: skip
"""One row for each change; none is ever changed. A paper without a row is as it was scanned. `decisions` counts the decisions on
the paper's fields made before: they were about other pages."""

page_orders = Table(
    "page_orders", metadata, Column("file_id", SafeText, ForeignKey("files.id"), primary_key=True), _paper(), _text("page_id"),
    _text("kind"), _text("reason"), _text("by"), _text("state"), Column("at", UtcTime, nullable=False), Index(None, "paper_id"),
)  # fmt: skip
"""A file that was sent for a place in a paper: its pages go there when they are made."""
