"""What entries of the ledger are about: papers, records, batches, files, certifications, found again by their ids."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Select, select

from storage.records.register_tables import certifications
from storage.records.tables import batches, files, papers, records
from storage.records.work import Work
from storage.trail import Subject

_AT_ONCE = 500
"""Ids in one question: every database takes so many values."""


class Subjects:
    """Looks ids of the ledger up."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def of(self, ids: Iterable[str]) -> dict[str, Subject]:
        """What is known of each id; ids of nothing that is kept (a search, a job) are left out."""
        wanted = sorted(set(ids))
        found: dict[str, Subject] = {}
        for start in range(0, len(wanted), _AT_ONCE):
            part = wanted[start : start + _AT_ONCE]
            for statement, kind in _questions(part):
                for row in self._work.connection.execute(statement):
                    found[row.id] = Subject(kind, row.unit, row.title, row.code, row.owner, row.id)
        return found

    def of_owner(self, owner: str) -> tuple[str, ...]:
        """Ids of everything that concerns the papers of this owner."""
        return self._with_certifications(
            select(papers.c.id).where(papers.c.owner == owner).union(select(records.c.paper_id).where(records.c.owner == owner))
        )

    def of_code(self, code: str) -> tuple[str, ...]:
        """Ids of everything that concerns the record with this code."""
        return self._with_certifications(select(records.c.paper_id).where(records.c.code == code))

    def _with_certifications(self, statement: Any) -> tuple[str, ...]:
        ids = list(self._work.connection.execute(statement).scalars())
        more = select(certifications.c.id).where(certifications.c.paper_id.in_(ids))
        return (*ids, *self._work.connection.execute(more).scalars())


def _questions(ids: list[str]) -> tuple[tuple[Select[Any], str], ...]:
    paper = (
        select(papers.c.id, batches.c.unit, files.c.name.label("title"), papers.c.code, papers.c.owner)
        .join(batches, batches.c.id == papers.c.batch_id)
        .join(files, files.c.id == papers.c.file_id)
        .where(papers.c.id.in_(ids))
    )
    record = select(records.c.paper_id.label("id"), records.c.unit, records.c.title, records.c.code, records.c.owner).where(
        records.c.paper_id.in_(ids)
    )
    batch = select(
        batches.c.id, batches.c.unit, batches.c.dossier.label("title"), batches.c.dossier.label("code"), batches.c.owner
    )
    file = select(files.c.id, batches.c.unit, files.c.name.label("title"), batches.c.dossier.label("code"), batches.c.owner)
    certified = select(
        certifications.c.id,
        certifications.c.unit,
        certifications.c.title,
        certifications.c.record_code.label("code"),
        records.c.owner,
    ).join(records, records.c.paper_id == certifications.c.paper_id)
    return (
        (paper, "paper"),
        (record, "record"),
        (batch.where(batches.c.id.in_(ids)), "batch"),
        (file.join(batches, batches.c.id == files.c.batch_id).where(files.c.id.in_(ids)), "file"),
        (certified.where(certifications.c.id.in_(ids)), "certification"),
    )
