"""The own-unit rule as part of a statement."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, ColumnElement, true

from storage.reach import Reach, codes_in


def within(column: Column[Any], reach: Reach) -> ColumnElement[bool]:
    """True for rows whose unit is within `reach` (`storage.reach`)."""
    codes = codes_in(reach)
    if not codes:
        return true()
    return column == codes[0] if len(codes) == 1 else column.in_(codes)
