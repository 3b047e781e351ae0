"""Bug: a file that is sent again is a new file: nobody looks for the one before, and the table takes it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import text

from storage.model import FileRow
from storage.records.database import Database
from storage.records.files import Files

_CONSTRAINTS = text(
    "SELECT conname FROM pg_constraint WHERE conrelid = 'files'::regclass AND contype = 'u' AND array_length(conkey, 1) > 1"
)


def plant() -> None:
    """Drop the rule of the table, and replace `Files.find` and the insert that minds it."""
    migrate = Database.migrate

    def without_rule(self: Database) -> None:
        migrate(self)
        with self.connection(writes=True) as connection:
            for name in connection.execute(_CONSTRAINTS).scalars().all():
                connection.execute(text(f'ALTER TABLE files DROP CONSTRAINT IF EXISTS "{name}"'))

    add = Files.add

    def add_anyway(self: Files, row: FileRow) -> bool:
        work = self._work
        minding = work.insert_once
        work.insert_once = lambda table, values, _: bool(work.connection.execute(table.insert().values(**values)).rowcount)  # type: ignore[method-assign,assignment]
        try:
            return add(self, row)
        finally:
            work.insert_once = minding  # type: ignore[method-assign]

    Database.migrate = without_rule  # type: ignore[method-assign]
    Files.add = add_anyway  # type: ignore[method-assign]
    Files.find = _nothing  # type: ignore[method-assign]


def _nothing(*_: Any) -> None:
    """As if no file had come before."""
