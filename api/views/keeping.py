"""Views of retention: how long records are kept, what holds them, and their disposals."""

from __future__ import annotations

from datetime import date, datetime
from typing import Self

from api.keeping.disposal import Kept
from api.views.base import View, mask_code
from storage.model import Record
from storage.retention import Disposal, DisposalState, LegalHold


class KeptView(View):
    """A record with the day until which it is kept."""

    record: str
    record_shown: str
    """The same for the eye: the owner's number is masked."""
    paper_type: str
    unit: str
    until: date | None
    """None: permanently."""
    basis: str
    verified: bool

    @classmethod
    def of(cls, one: Kept) -> Self:
        """The record and its term."""
        record = one.record
        return cls(
            record=record.code, record_shown=mask_code(record.code, record.owner), paper_type=record.paper_type,
            unit=record.unit, until=one.until, basis=one.basis, verified=one.verified,
        )  # fmt: skip


class HoldView(View):
    """A legal hold."""

    id: str
    record: str
    record_shown: str
    reason: str
    placed_by: str
    placed_at: datetime
    lifted_by: str
    lifted_at: datetime | None
    lifted_reason: str

    @classmethod
    def of(cls, one: LegalHold, record: Record | None = None) -> Self:
        """The hold; the code for the eye needs its record."""
        plain = {name: getattr(one, name) for name in cls.model_fields if name != "record_shown"}
        return cls(record_shown=mask_code(one.record, record.owner) if record else one.record, **plain)


class DisposalView(View):
    """One request to dispose of a record, and what became of it."""

    id: str
    record: str
    record_shown: str
    unit: str
    reason: str
    state: DisposalState
    requested_by: str
    requested_at: datetime
    decided_by: str
    decided_at: datetime | None
    decided_reason: str
    objects: int
    """How many objects go, or went."""
    done_at: datetime | None
    certified: bool
    """The certificate can be had."""

    @classmethod
    def of(cls, one: Disposal, record: Record | None = None) -> Self:
        """The disposal; the code for the eye needs its record."""
        made = {"record_shown", "objects", "certified"}
        plain = {name: getattr(one, name) for name in cls.model_fields if name not in made}
        shown = mask_code(one.record, record.owner) if record else one.record
        return cls(record_shown=shown, objects=len(one.objects), certified=one.sheet is not None, **plain)
