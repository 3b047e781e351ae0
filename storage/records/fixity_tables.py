"""The tables of keeping bytes. `storage.records.tables` says how columns are meant."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Table

from storage.records.columns import SafeText, UtcTime
from storage.records.tables import metadata

object_states = Table(
    "object_states", metadata, Column("place", SafeText, primary_key=True), Column("sha256", SafeText, primary_key=True),
    Column("size", BigInteger, nullable=False), Column("media_type", SafeText, nullable=False),
    Column("health", SafeText, nullable=False), Column("checked_at", UtcTime), Column("changed_at", UtcTime, nullable=False),
    Index(None, "place", "checked_at"), Index(None, "health"),
)  # fmt: skip
"""How every object was found when it was last read. Disposable: enrolled again from the rows that name objects."""

orphans = Table(
    "orphans", metadata, Column("sha256", SafeText, primary_key=True), Column("size", BigInteger, nullable=False),
    Column("set_aside_at", UtcTime, nullable=False),
)  # fmt: skip
"""Objects that no row named and that were moved to the quarantine."""
