"""How values are written on a page: days and moments as people in Vietnam write them, sizes, validity."""

from __future__ import annotations

from datetime import date, datetime

from ocr.review.decide import BY_CONFIDENCE
from signing.report import VIETNAM
from storage.model import Record, RecordState

ISO_LENGTH = len("2026-11-02")


def day(value: date | None, lang: str = "vi") -> str:
    """A date: 02/11/2026 in Vietnamese, ISO in English; a dash for none."""
    if value is None:
        return "—"
    return value.strftime("%d/%m/%Y") if lang == "vi" else value.isoformat()


def written(value: str, lang: str = "vi") -> str:
    """A field's value as `day` writes it if it is a date (kept as ISO), else as it is."""
    try:
        return day(date.fromisoformat(value), lang) if len(value) == ISO_LENGTH else value
    except ValueError:
        return value


def moment(value: datetime | None, lang: str = "vi") -> str:
    """A point in time in Vietnam, to the second."""
    if value is None:
        return "—"
    local = value.astimezone(VIETNAM)
    return local.strftime("%H:%M:%S %d/%m/%Y") if lang == "vi" else local.strftime("%Y-%m-%d %H:%M:%S +07:00")


def size(count: int) -> str:
    """Bytes in a unit people know."""
    amount = float(count)
    for unit in ("B", "KB", "MB"):
        if amount < 1024:
            return f"{amount:.0f} {unit}"
        amount /= 1024
    return f"{amount:.1f} GB"


def validity(record: Record, today: date) -> str:
    """Key of what may be said at a glance: `annulled`, `replaced`, `expired`, `no_term` or `in_force`."""
    if record.state is not RecordState.IN_FORCE:
        return record.state.value
    if record.valid_until is None:
        return "no_term"
    return "expired" if record.valid_until < today else "in_force"


def sure_percent(by: str) -> int | None:
    """How sure the machine had to be, if it decided by that rule (`ocr.review.decide`); None: somebody or something else did."""
    return round(float(by.removeprefix(BY_CONFIDENCE)) * 100) if by.startswith(BY_CONFIDENCE) else None
