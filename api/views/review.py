"""Views of the review by people: worklist, leases, a region read again, error rates."""

from __future__ import annotations

from datetime import datetime
from typing import Self

from api.views.base import ReasonView, View
from api.views.papers import PaperView
from storage.model import Priority
from storage.review import BatchStop, Lease, Rate, Waiting


class LeaseView(View):
    """Who has a paper open, and until when unless they say so again."""

    holder: str
    ends_at: datetime
    token: str
    """Of this very opening; only its holder is told."""

    @classmethod
    def of(cls, lease: Lease, *, own: bool) -> Self:
        """The lease; its token only for whoever holds it."""
        return cls(holder=lease.holder, ends_at=lease.ends_at, token=lease.token if own else "")


class WaitingView(View):
    """One paper in the worklist."""

    paper: PaperView
    file_name: str
    unit: str
    priority: Priority
    round: int
    reason: ReasonView | None
    lease: LeaseView | None
    not_yours: bool
    """Drawn for a second look, and whoever asks confirmed it in the first round."""

    @classmethod
    def of(cls, waiting: Waiting, lang: str = "vi") -> Self:
        """The line, its owner masked."""
        paper = PaperView.of(waiting.paper, lang)
        return cls(
            paper=paper,
            file_name=waiting.file_name,
            unit=waiting.unit,
            priority=waiting.priority,
            round=waiting.round,
            reason=paper.reason,
            lease=LeaseView.of(waiting.lease, own=False) if waiting.lease else None,
            not_yours=waiting.mine_first,
        )


class WorklistView(View):
    """A page of the worklist."""

    total: int
    waiting: tuple[WaitingView, ...]


class RegionView(View):
    """What was read again in a part of a page."""

    text: str
    confidence: float


class RateView(View):
    """How many values of one person, step or field were looked at again, and how many were wrong."""

    key: str
    checked: int
    errors: int
    percent: float
    keyed_differs: int

    @classmethod
    def of(cls, rate: Rate) -> Self:
        """The rate, percent with two decimals."""
        return cls(
            key=rate.key,
            checked=rate.checked,
            errors=rate.errors,
            percent=round(rate.percent, 2),
            keyed_differs=rate.keyed_differs,
        )


class BatchStopView(View):
    """A batch that was stopped because of its errors."""

    batch_id: str
    times: int
    checked: int
    errors: int
    stopped_at: datetime

    @classmethod
    def of(cls, stop: BatchStop) -> Self:
        """As of its last stop."""
        return cls(batch_id=stop.batch_id, times=stop.times, checked=stop.checked, errors=stop.errors, stopped_at=stop.stopped_at)


class FiguresView(View):
    """Error rates of review."""

    by_step: tuple[RateView, ...]
    by_person: tuple[RateView, ...]
    """People whose decisions were looked at in the second round."""
    by_field: tuple[RateView, ...]
    stops: tuple[BatchStopView, ...]
