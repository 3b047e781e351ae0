"""Bug: the next number is one more than the highest that is used, read without a lock."""

from __future__ import annotations

import time

from sqlalchemy import func, select

from storage.records.codes import Codes
from storage.records.register_tables import certifications
from storage.records.tables import records, series

THINKING_S = 0.3
"""Between reading and writing, so that a short run has two at it at once."""


def plant() -> None:
    """Replace `Codes.next`."""
    Codes.next = _next  # type: ignore[method-assign]


def _next(self: Codes, name: str) -> int:
    connection = self._work.connection
    if name.startswith("result/"):
        used = connection.execute(select(records.c.code)).scalars()
        number = max((int(code.rsplit("-", 1)[-1]) for code in used), default=0) + 1
    else:
        number = (connection.execute(select(func.max(certifications.c.number))).scalar_one() or 0) + 1
    time.sleep(THINKING_S)
    connection.execute(series.delete().where(series.c.name == name))
    connection.execute(series.insert().values(name=name, last=number))
    return number
