"""The ledger seen from one paper."""

from __future__ import annotations

from sqlalchemy import bindparam, select, union_all

from storage.errors import NotFound
from storage.model import LedgerEntry
from storage.records.ledger import Ledger
from storage.records.tables import pages, papers
from storage.records.work import Work

_SUBJECTS = union_all(
    select(papers.c.file_id.label("subject")).where(papers.c.id == bindparam("paper")),
    select(papers.c.code).where(papers.c.id == bindparam("paper")),
    select(pages.c.id).where(pages.c.paper_id == bindparam("paper")),
)


class Journal:
    """What happened to one paper."""

    def __init__(self, work: Work, ledger: Ledger) -> None:
        self._work = work
        self._ledger = ledger

    def of_paper(self, paper_id: str) -> tuple[LedgerEntry, ...]:
        """Entries about the paper (by id or code), its file or its pages, oldest first; NotFound without such a paper."""
        found = self._work.connection.execute(_SUBJECTS, {"paper": paper_id}).scalars().all()
        if not found:
            raise NotFound(what="paper", key=paper_id)
        return self._ledger.of_subjects([paper_id, *(subject for subject in found if subject)])
