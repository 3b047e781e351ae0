"""How the pages of papers are arranged, every version; and files on their way to a place in a paper."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from sqlalchemy import bindparam, func, select

from storage.arranging import Arrangement, Aside, Change, OrderKind, OrderState, PageOrder, Placed, WhyOut
from storage.model import FileState
from storage.records.arrangement_tables import arrangements, page_orders
from storage.records.tables import decisions, files
from storage.records.work import Work

_COMING = (FileState.RECEIVED, FileState.ACCEPTED, FileState.ATTENTION)
_OF_PAPER = select(arrangements).where(arrangements.c.paper_id == bindparam("paper")).order_by(arrangements.c.version)
_OPEN_ORDER = select(page_orders).where(page_orders.c.file_id == bindparam("file"), page_orders.c.state == str(OrderState.OPEN))


def _arrangement(row: Any) -> Arrangement:
    return Arrangement(
        paper_id=row.paper_id,
        version=row.version,
        pages=tuple(Placed(**one) for one in row.pages),
        left_out=tuple(Aside(one["page"], WhyOut(one["why"]), one["reason"]) for one in row.left_out),
        change=Change(row.change),
        reason=row.reason,
        by=row.by,
        at=row.at,
    )


def _order(row: Any) -> PageOrder:
    return PageOrder(
        row.file_id, row.paper_id, row.page_id, OrderKind(row.kind), row.reason, row.by, OrderState(row.state), row.at
    )


class Arrangements:
    """Arrangements and page orders."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def add(self, made: Arrangement) -> None:
        """Write a version; Conflict if the paper has it. What was decided on its fields so far counts no more."""
        before = select(func.count()).where(decisions.c.paper_id == made.paper_id)
        self._work.connection.execute(
            arrangements.insert().values(
                paper_id=made.paper_id,
                version=made.version,
                pages=[asdict(one) for one in made.pages],
                left_out=[asdict(one) for one in made.left_out],
                change=str(made.change or ""),
                reason=made.reason,
                by=made.by,
                at=made.at,
                decisions=int(self._work.connection.execute(before).scalar_one()),
            )
        )

    def current(self, paper_id: str) -> Arrangement | None:
        """The newest version, or None for a paper that is as it was scanned."""
        own = arrangements.c.paper_id == paper_id
        statement = select(arrangements).where(own).order_by(arrangements.c.version.desc()).limit(1)
        row = self._work.connection.execute(statement).one_or_none()
        return _arrangement(row) if row is not None else None

    def of_paper(self, paper_id: str) -> tuple[Arrangement, ...]:
        """Every version, oldest first."""
        return tuple(_arrangement(row) for row in self._work.connection.execute(_OF_PAPER, {"paper": paper_id}))

    def order(self, wanted: PageOrder) -> bool:
        """Note that a file was sent for a place; False, with nothing changed, if that is known."""
        values = asdict(wanted) | {"kind": str(wanted.kind), "state": str(wanted.state)}
        return self._work.insert_once(page_orders, values, ("file_id",))

    def order_of(self, file_id: str) -> PageOrder | None:
        """The open order behind a file, or None."""
        row = self._work.connection.execute(_OPEN_ORDER, {"file": file_id}).one_or_none()
        return _order(row) if row is not None else None

    def coming(self, paper_id: str) -> tuple[PageOrder, ...]:
        """Open orders whose files are still on their way, oldest first."""
        statement = (
            select(page_orders)
            .join(files, files.c.id == page_orders.c.file_id)
            .where(page_orders.c.paper_id == paper_id, page_orders.c.state == str(OrderState.OPEN))
            .where(files.c.state.in_([str(state) for state in _COMING]))
            .order_by(files.c.seq)
        )
        return tuple(_order(row) for row in self._work.connection.execute(statement))

    def settle(self, file_id: str, state: OrderState) -> None:
        """The order came to its end."""
        self._work.connection.execute(page_orders.update().where(page_orders.c.file_id == file_id).values(state=str(state)))
