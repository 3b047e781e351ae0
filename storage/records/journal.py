"""The ledger seen from one paper."""

from __future__ import annotations

from sqlalchemy import select

from storage.errors import NotFound
from storage.model import LedgerEntry
from storage.records.ledger import Ledger
from storage.records.tables import pages, papers
from storage.records.work import Work


class Journal:
    """What happened to one paper."""

    def __init__(self, work: Work, ledger: Ledger) -> None:
        self._work = work
        self._ledger = ledger

    def of_paper(self, paper_id: str) -> tuple[LedgerEntry, ...]:
        """Entries about the paper (by id or code), its file or its pages, oldest first; NotFound without such a paper."""
        row = self._work.connection.execute(select(papers.c.file_id, papers.c.code).where(papers.c.id == paper_id)).one_or_none()
        if row is None:
            raise NotFound(what="paper", key=paper_id)
        found = self._work.connection.execute(select(pages.c.id).where(pages.c.paper_id == paper_id)).scalars()
        subjects = [paper_id, row.file_id, *([row.code] if row.code else []), *found]
        return self._ledger.of_subjects(subjects)
