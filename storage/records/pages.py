"""Pages of papers; the fan-in of reading is counted here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import bindparam, func, select

from ingest.model import ObjectRef
from storage.errors import NotFound
from storage.model import PageRow
from storage.records.columns import ref_of, ref_or_none, ref_values
from storage.records.tables import pages
from storage.records.work import Work

# Made once: putting a statement together costs more than running it.
_BY_ID = select(pages).where(pages.c.id == bindparam("page"))
_LIVE = (pages.c.paper_id == bindparam("paper")) & pages.c.position.is_not(None)
_OF_PAPER = select(pages).where(_LIVE).order_by(pages.c.position)
_UNREAD = select(func.count()).where(_LIVE, pages.c.text_sha256.is_(None))
_CHANGED = pages.update().where(pages.c.id == bindparam("page"))


def _page(row: Any) -> PageRow:
    return PageRow(
        id=row.id,
        paper_id=row.paper_id,
        file_id=row.file_id,
        index=row.place if row.position is None else row.position,
        image=ref_of(row, "image"),
        facts=row.facts,
        text=ref_or_none(row, "text"),
        place=row.place,
    )


def _values(row: PageRow) -> dict[str, Any]:
    return {
        "id": row.id,
        "paper_id": row.paper_id,
        "file_id": row.file_id,
        **ref_values("image", row.image),
        "facts": row.facts,
        **ref_values("text", row.text),
    }


class Pages:
    """Pages."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def add(self, row: PageRow) -> bool:
        """Write a new page; False, with nothing changed, if the paper already has one at this place."""
        values = _values(row) | {"place": row.index, "position": row.index}
        return self._work.insert_once(pages, values, ("paper_id", "place"))

    def append(self, row: PageRow) -> None:
        """Write a further page that stands nowhere yet (see `lay`). Take `papers.lock` first."""
        places = select(func.coalesce(func.max(pages.c.place), -1)).where(pages.c.paper_id == row.paper_id)
        place = int(self._work.connection.execute(places).scalar_one()) + 1
        self._work.connection.execute(pages.insert(), {**_values(row), "place": place, "position": None})

    def lay(self, paper_id: str, page_ids: Sequence[str]) -> None:
        """The paper consists of exactly these pages of its own, in this order. Take `papers.lock` first."""
        own = pages.c.paper_id == paper_id
        self._work.connection.execute(pages.update().where(own).values(position=None))
        for position, page_id in enumerate(page_ids):
            statement = pages.update().where(own, pages.c.id == page_id).values(position=position)
            if not self._work.connection.execute(statement).rowcount:
                raise NotFound(what="page", key=page_id)

    def get(self, page_id: str) -> PageRow:
        """The page, or NotFound."""
        row = self._work.connection.execute(_BY_ID, {"page": page_id}).one_or_none()
        if row is None:
            raise NotFound(what="page", key=page_id)
        return _page(row)

    def of_paper(self, paper_id: str) -> tuple[PageRow, ...]:
        """Those it consists of today, in order."""
        return tuple(_page(row) for row in self._work.connection.execute(_OF_PAPER, {"paper": paper_id}))

    def left_out(self, paper_id: str) -> tuple[PageRow, ...]:
        """Those that belong to it and stand nowhere today: left out, replaced, turned, moved on."""
        aside = (pages.c.paper_id == paper_id) & pages.c.position.is_(None)
        return tuple(_page(row) for row in self._work.connection.execute(select(pages).where(aside).order_by(pages.c.place)))

    def set_text(self, page_id: str, text: ObjectRef) -> None:
        """The page has been read; NotFound if there is none."""
        if not self._work.connection.execute(_CHANGED, {"page": page_id, **ref_values("text", text)}).rowcount:
            raise NotFound(what="page", key=page_id)

    def unread(self, paper_id: str) -> int:
        """Pages of the paper without text. Take `papers.lock` first, or two last pages may each see the other unread."""
        return int(self._work.connection.execute(_UNREAD, {"paper": paper_id}).scalar_one())
