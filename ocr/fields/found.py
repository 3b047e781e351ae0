"""Building fields: one place where probability, checks and evidence become a `Field`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ocr.fields.confidence import DOUBT, all_right
from ocr.fields.layout import Cell, evidence_of
from ocr.fields.words import nfc
from ocr.model import Check, Evidence, Field


def field(
    name: str,
    raw: str,
    value: str,
    confidence: float,
    *,
    where: Sequence[Evidence] = (),
    candidates: Iterable[str] = (),
    checks: Iterable[Check] = (),
) -> Field:
    """A field whose confidence is held below every threshold when a check contradicts, and 0 when it has no value."""
    judged = tuple(checks)
    sure = min(1.0, max(0.0, confidence))
    if any(check.ok is False for check in judged):
        sure = min(sure, DOUBT)
    others = tuple(dict.fromkeys(candidate for candidate in candidates if candidate and candidate != value))
    return Field(
        name=name,
        raw=nfc(raw),
        value=nfc(value),
        confidence=round(sure, 4) if value else 0.0,
        evidence=tuple(where),
        candidates=others,
        checks=judged,
    )


def from_cells(name: str, cells: Sequence[Cell], *, value: str = "", factor: float = 1.0, joint: str = " ") -> Field:
    """A field whose value is the text of whole cells; `factor` is the strength of the pattern that chose them."""
    raw = joint.join(cell.text for cell in cells)
    confidence = all_right(confidence for cell in cells for confidence in cell.confidences)
    return field(name, raw, value or raw, confidence * factor, where=evidence_of(cells))
