"""Time-stamps over the head of the ledger. The rows are an index; the proof is in the objects, and in copies kept elsewhere."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from ingest.model import Sha256
from storage.lasting import AnchorRow
from storage.records.columns import ref_of, ref_values
from storage.records.tables import anchors
from storage.records.work import Work


def _anchor(row: Any) -> AnchorRow:
    return AnchorRow(row.entries, Sha256(row.head), ref_of(row, "object"), row.stamped_at, row.authority)


class Anchors:
    """Anchors."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def add(self, anchor: AnchorRow) -> bool:
        """Write a new anchor; False, with nothing changed, if one covers exactly as many entries."""
        values: dict[str, Any] = {
            "entries": anchor.entries,
            "head": anchor.head,
            "stamped_at": anchor.stamped_at,
            "authority": anchor.authority,
            "created_at": self._work.now(),
        }
        return self._work.insert_once(anchors, values | ref_values("object", anchor.object), ("entries",))

    def latest(self) -> AnchorRow | None:
        """The one that covers most, or None."""
        row = self._work.connection.execute(select(anchors).order_by(anchors.c.entries.desc()).limit(1)).one_or_none()
        return None if row is None else _anchor(row)

    def all(self) -> tuple[AnchorRow, ...]:
        """Every anchor, the one that covers least first."""
        return tuple(_anchor(row) for row in self._work.connection.execute(select(anchors).order_by(anchors.c.entries)))
