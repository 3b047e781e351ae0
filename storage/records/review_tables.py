"""The tables of the review of papers by people. `storage.records.tables` says how columns are meant."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, SmallInteger, Table

from storage.records.columns import JsonText, SafeText, Serial, UtcTime
from storage.records.tables import metadata


def _text(name: str) -> Column[Any]:
    return Column(name, SafeText, nullable=False)


def _time(name: str) -> Column[Any]:
    return Column(name, UtcTime, nullable=False)


def _key(name: str, target: str) -> Column[Any]:
    return Column(name, SafeText, ForeignKey(target), primary_key=True)


review_leases = Table(
    "review_leases", metadata, _key("paper_id", "papers.id"), _text("holder"), _text("token"), _time("taken_at"),
    _time("ends_at"),
)  # fmt: skip
"""Who has a paper open. A row whose `ends_at` has passed holds nothing."""

review_rounds = Table(
    "review_rounds", metadata, _key("paper_id", "papers.id"),
    Column("batch_id", SafeText, ForeignKey("batches.id"), nullable=False), Column("round", SmallInteger, nullable=False),
    _text("state"), Column("whole", Boolean, nullable=False), Column("keyed", JsonText, nullable=False), _time("changed_at"),
    Index(None, "batch_id", "state"),
)  # fmt: skip
"""Papers that are not simply in their first round. `keyed`: what the second person typed without seeing the first's values."""

review_checks = Table(
    "review_checks", metadata, Column("seq", Serial, primary_key=True, autoincrement=True), _text("paper_id"), _text("batch_id"),
    _text("unit"), _text("paper_type"), _text("field"), Column("round", SmallInteger, nullable=False), _text("step"),
    _text("first_by"), _text("checked_by"), Column("differs", Boolean, nullable=False),
    Column("keyed_differs", Boolean, nullable=False), _time("at"), Index(None, "batch_id", "round"), Index(None, "unit", "at"),
)  # fmt: skip
"""One value somebody looked at again: whose it was and whether it was wrong. The values themselves stand in `decisions`."""

batch_stops = Table(
    "batch_stops", metadata, _key("batch_id", "batches.id"), Column("times", Integer, nullable=False),
    Column("checked", Integer, nullable=False), Column("errors", Integer, nullable=False), _time("stopped_at"),
)  # fmt: skip
"""Batches whose error rate went over the budget; figures are those of the last stop."""
