"""Arrangements of pages on both databases: versions are kept, pages stand where they were laid, orders are found."""

from __future__ import annotations

import pytest

from storage.arranging import Arrangement, Aside, Change, OrderKind, OrderState, PageOrder, Placed, WhyOut
from storage.errors import Conflict, NotFound
from storage.model import FileState, StepKind
from storage.records.database import Database
from tests.contract import facts


def test_pages_stand_where_they_were_laid(database: Database) -> None:
    batch = facts.batch(hold=True)
    file = facts.file_of(batch)
    paper = facts.paper_of(file, pages=3)
    pages = [facts.page_of(paper, index) for index in range(3)]
    with database.transaction() as unit:
        unit.batches.add(batch)
        unit.files.add(file)
        unit.papers.add(paper)
        for page in pages:
            unit.pages.add(page)
            unit.steps.add(StepKind.READ, page.id, batch=batch, file_id=file.id, paper_id=paper.id)
        late = facts.page_of(paper, 0)
        unit.pages.append(late)
        assert unit.batches.get(batch.id).hold
    with database.transaction() as unit:
        assert [row.id for row in unit.pages.of_paper(paper.id)] == [page.id for page in pages]
        assert [row.id for row in unit.pages.left_out(paper.id)] == [late.id]
        unit.pages.lay(paper.id, [pages[2].id, late.id])
        assert [(row.id, row.index) for row in unit.pages.of_paper(paper.id)] == [(pages[2].id, 0), (late.id, 1)]
        unit.pages.set_text(pages[2].id, facts.ref("text"))
        assert (unit.pages.unread(paper.id), unit.batches.progress(batch.id).pages) == (1, 2)
        unit.steps.drop(frozenset({StepKind.READ}), pages[0].id)
        assert unit.steps.find(StepKind.READ, pages[0].id) is None
        assert unit.steps.find(StepKind.READ, pages[1].id) is not None
    with pytest.raises(NotFound), database.transaction() as unit:
        unit.pages.lay(paper.id, [facts.new_id()])


def test_versions_and_orders(database: Database) -> None:
    batch = facts.batch()
    file, better = facts.file_of(batch), facts.file_of(batch, "trang 2.png", "better")
    paper = facts.paper_of(file)
    gone = Aside("b" * 32, WhyOut.EXCLUDED, "trắng")
    first = Arrangement(paper.id, 1, (Placed("a" * 32, same_sheet=True),), (gone,), Change.LEAVE_OUT, "trắng", "an", facts.WHEN)
    order = PageOrder(better.id, paper.id, "a" * 32, OrderKind.REPLACE, "mờ", "an", OrderState.OPEN, facts.WHEN)
    with database.transaction() as unit:
        unit.batches.add(batch)
        for row in (file, better):
            unit.files.add(row)
        unit.papers.add(paper)
        assert unit.arrangements.current(paper.id) is None
        unit.arrangements.add(first)
        assert unit.arrangements.order(order)
        assert not unit.arrangements.order(order)
        assert unit.arrangements.order_of(better.id) == order
        assert unit.arrangements.coming(paper.id) == (order,)
    with pytest.raises(Conflict), database.transaction() as unit:
        unit.arrangements.add(first)
    with database.transaction() as unit:
        assert unit.arrangements.of_paper(paper.id) == (first,)
        unit.files.set_state(better.id, FileState.REFUSED)
        assert unit.arrangements.coming(paper.id) == ()
        unit.arrangements.settle(better.id, OrderState.DONE)
        assert unit.arrangements.order_of(better.id) is None
