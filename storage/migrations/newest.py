"""Whether the tables are those of this Sohoa, asked without the library that migrates: nearly every start finds them so."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from sqlalchemy import Connection, inspect, text


@cache
def newest() -> str:
    """The newest revision, from the name of its file (`v0017_refused_files.py`; they are numbered without gaps)."""
    names = (one.name for one in (files("storage.migrations") / "versions").iterdir())
    return max(name[1:5] for name in names if name.startswith("v") and name.endswith(".py"))


def up_to_date(connection: Connection) -> bool:
    """Whether the tables have the newest revision; False also for no tables, and for those of a later Sohoa."""
    if not inspect(connection).has_table("alembic_version"):
        return False
    return list(connection.execute(text("SELECT version_num FROM alembic_version")).scalars()) == [newest()]
