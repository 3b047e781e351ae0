"""Runs the migrations on a connection that has a transaction open; the caller commits.

All of it is one transaction on both databases. Starters that come at the same time wait: on PostgreSQL for an advisory lock,
on SQLite for the write lock of BEGIN IMMEDIATE.
"""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text

_LOCK = 0x536F686F61  # "Sohoa"


def upgrade(connection: Connection) -> None:
    """To the newest revision; nothing is done when it is there."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
    command.upgrade(config(connection), "head")


def config(connection: Connection) -> Config:
    """Alembic's configuration without a file."""
    made = Config()
    # Alembic reads % as the start of an interpolation
    made.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    made.set_main_option("path_separator", "os")
    made.attributes["connection"] = connection
    return made
