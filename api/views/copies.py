"""Copies that the agency signed, as JSON."""

from __future__ import annotations

from datetime import datetime
from typing import Self

from api.certification.sao_y import Copy, Form
from api.views.base import ObjectView, View
from signing.model import Level, Place


class PlaceView(View):
    """Where a mark stands: page from 1, box in points of the page's own space (left, bottom, right, top)."""

    page: int
    box: tuple[float, float, float, float]
    moved: bool

    @classmethod
    def of(cls, place: Place) -> Self:
        """The place."""
        return cls(page=place.page + 1, box=place.box, moved=place.moved)


class CopyView(View):
    """One copy with the agency's signature."""

    id: str
    code: str
    form: Form
    file: ObjectView
    signer: str
    level: Level
    signed_at: datetime
    time_stamped: bool
    evidence_until: datetime | None
    mark: PlaceView | None
    made_now: bool

    @classmethod
    def of(cls, copy: Copy) -> Self:
        """The copy."""
        row = copy.seal
        return cls(
            id=row.id,
            code=copy.record.code,
            form=copy.form,
            file=ObjectView.of(row.object),
            signer=row.signer,
            level=row.level,
            signed_at=row.signed_at,
            time_stamped=row.time_stamped,
            evidence_until=row.evidence_until,
            mark=PlaceView.of(copy.place) if copy.place else None,
            made_now=copy.made_now,
        )
