"""What a person types is understood as people write it, and kept in one form."""

from __future__ import annotations

import contextlib
from datetime import UTC, date, datetime

from api.refusals import BadValue, UnknownField
from ocr.fields.types import FieldKind, PaperType

NONE = frozenset({"-", "–", "—"})
"""What a person types into a required field that the paper really does not have."""


def checked_values(kind: PaperType, values: dict[str, str]) -> dict[str, str]:
    """The values in their normal form. Raises UnknownField for a field the type does not have, BadValue for no real date."""
    normal = {}
    for name, value in values.items():
        spec = kind.spec(name)
        if spec is None:
            raise UnknownField(field=name)
        text = value.strip()
        normal[name] = "" if text in NONE else text
        if spec.kind is FieldKind.DATE and normal[name]:
            day = _day(text)
            if day is None:
                raise BadValue(field=spec.label_vi, field_en=spec.label_en, name=name)
            normal[name] = day.isoformat()
    return normal


def as_typed(kind: FieldKind | None, value: str) -> str:
    """A kept value as a person types it: 2025-01-31 as 31/01/2025."""
    if kind is FieldKind.DATE:
        with contextlib.suppress(ValueError):
            return date.fromisoformat(value).strftime("%d/%m/%Y")
    return value


def _day(text: str) -> date | None:
    """The day a person means by 31/01/2025, 31-1-2025, 31.1.2025 or 2025-01-31."""
    for form in ("%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%Y-%m-%d"):
        with contextlib.suppress(ValueError):
            return datetime.strptime(text, form).replace(tzinfo=UTC).date()
    return None
