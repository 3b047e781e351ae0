"""The tables of watching a deployment. `storage.records.tables` says how columns are meant. Both are disposable."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Integer, Table

from storage.records.columns import SafeText, UtcTime
from storage.records.tables import metadata

workers = Table(
    "workers", metadata, Column("name", SafeText, primary_key=True), Column("host", SafeText, nullable=False),
    Column("pid", Integer, nullable=False), Column("since", UtcTime, nullable=False), Column("alive_at", UtcTime),
    Column("polled_at", UtcTime), Column("took_at", UtcTime), Column("concurrency", Integer, nullable=False),
    Column("busy", Integer, nullable=False), Column("written_at", UtcTime, nullable=False),
)  # fmt: skip
"""One row for each worker process, written by itself every few seconds; gone when it ends in order."""

disk_samples = Table(
    "disk_samples", metadata, Column("host", SafeText, primary_key=True), Column("at", UtcTime, primary_key=True),
    Column("free", BigInteger, nullable=False), Column("total", BigInteger, nullable=False),
)  # fmt: skip
"""Free bytes of the data folder over time: says in how many days it will be full."""
