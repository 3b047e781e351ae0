"""The first letters of a long text, as part of a statement."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, ColumnElement, case, func

from storage.records.work import Work


def beginning(work: Work, column: Column[Any], letters: int) -> ColumnElement[str]:
    """The first `letters` of the column's text."""
    cut = func.substr(column, 1, letters)
    if not work.postgres:
        return cut
    # PostgreSQL counts letters one by one; most texts are so short that there is nothing to count
    return case((func.octet_length(column) <= letters, column), else_=cut)
