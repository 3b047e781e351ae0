"""What the machine read, and what was decided about it: side by side, neither in the other's place."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from sqlalchemy import bindparam, func, select

from ocr.model import Box, Check, Decision, DecisionKind, Evidence, Field
from storage.records.arrangement_tables import arrangements
from storage.records.tables import decisions, fields
from storage.records.work import Work

# Made once: putting a statement together costs more than running it.
_FORGET = fields.delete().where(fields.c.paper_id == bindparam("paper"))
_FIELDS = select(fields).where(fields.c.paper_id == bindparam("paper")).order_by(fields.c.place)
_DECISIONS = select(decisions).where(decisions.c.paper_id == bindparam("paper")).order_by(decisions.c.seq)
_ARRANGED = select(func.max(arrangements.c.decisions)).where(arrangements.c.paper_id == bindparam("paper")).scalar_subquery()
_SINCE = _DECISIONS.offset(func.coalesce(_ARRANGED, 0))
_PUT, _DECIDE = fields.insert(), decisions.insert()


def _places(rows: list[dict[str, Any]]) -> tuple[Evidence, ...]:
    return tuple(Evidence(item["page"], Box(**item["box"])) for item in rows)


def _field(row: Any) -> Field:
    return Field(
        name=row.name,
        raw=row.raw,
        value=row.value,
        confidence=float(row.confidence),
        evidence=_places(row.evidence),
        candidates=tuple(row.candidates),
        checks=tuple(Check(**item) for item in row.checks),
    )


def _decision(row: Any) -> Decision:
    return Decision(row.field, row.value, DecisionKind(row.kind), row.by, row.at, row.reason, _places(row.evidence))


class Fields:
    """Fields and decisions of papers."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def put(self, paper_id: str, found: tuple[Field, ...]) -> None:
        """Replace the machine's values of this paper; decisions stay as they are."""
        self._work.connection.execute(_FORGET, {"paper": paper_id})
        rows = [
            {
                "paper_id": paper_id,
                "place": place,
                "name": field.name,
                "raw": field.raw,
                "value": field.value,
                "confidence": field.confidence,
                "evidence": [asdict(item) for item in field.evidence],
                "candidates": list(field.candidates),
                "checks": [asdict(check) for check in field.checks],
            }
            for place, field in enumerate(found)
        ]
        if rows:
            self._work.connection.execute(_PUT, rows)

    def of_paper(self, paper_id: str) -> tuple[Field, ...]:
        """As put."""
        return tuple(_field(row) for row in self._work.connection.execute(_FIELDS, {"paper": paper_id}))

    def decide(self, paper_id: str, made: tuple[Decision, ...]) -> None:
        """Append decisions; earlier ones are kept."""
        rows = [
            {
                "paper_id": paper_id,
                "field": decision.field,
                "value": decision.value,
                "kind": str(decision.kind),
                "by": decision.by,
                "at": decision.at,
                "reason": decision.reason,
                "evidence": [asdict(item) for item in decision.evidence],
            }
            for decision in made
        ]
        if rows:
            self._work.connection.execute(_DECIDE, rows)

    def decisions(self, paper_id: str) -> tuple[Decision, ...]:
        """The whole history, oldest first."""
        return tuple(_decision(row) for row in self._work.connection.execute(_DECISIONS, {"paper": paper_id}))

    def current(self, paper_id: str) -> dict[str, Decision]:
        """The newest decision of each field that has one, about the pages as they are arranged and the type as it is today."""
        found: dict[str, Decision] = {}
        for decision in map(_decision, self._work.connection.execute(_SINCE, {"paper": paper_id})):
            if decision.kind is DecisionKind.RETYPED:
                found.clear()
            else:
                found[decision.field] = decision
        return found
