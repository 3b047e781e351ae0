"""Papers, with a version that stops two people from overwriting each other."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from sqlalchemy import Select, bindparam, func, select

from storage.errors import Conflict, NotFound
from storage.model import Paper, PaperState
from storage.records.columns import ref_of, ref_or_none, ref_values
from storage.records.tables import batches, files, papers
from storage.records.within import within
from storage.records.work import Work

_REFS = ("original", "sealed", "evidence")
_FIXED = frozenset({"id", "version"})
_NAMES = frozenset(field.name for field in fields(Paper))
# Made once: putting a statement together costs more than running it.
_BY_ID = select(papers).where(papers.c.id == bindparam("paper"))
# NO KEY UPDATE: rows that only point at the paper may still be added meanwhile.
_LOCKED = _BY_ID.with_for_update(key_share=True)
_CHANGED = papers.update().where(papers.c.id == bindparam("paper")).values(version=papers.c.version + 1).returning(*papers.c)
_CHANGED_FROM = _CHANGED.where(papers.c.version == bindparam("expected"))


def paper_of(row: Any) -> Paper:
    """The paper of a row that has its columns."""
    return Paper(
        id=row.id,
        batch_id=row.batch_id,
        file_id=row.file_id,
        ordinal=row.ordinal,
        first_page=row.first_page,
        pages=row.pages,
        state=PaperState(row.state),
        dossier=row.dossier,
        owner=row.owner,
        paper_type=row.paper_type,
        type_confidence=float(row.type_confidence),
        code=row.code,
        original=ref_of(row, "original"),
        sealed=ref_or_none(row, "sealed"),
        evidence=ref_or_none(row, "evidence"),
        reason_code=row.reason_code,
        reason_params=row.reason_params,
        version=row.version,
        created_at=row.created_at,
        component=row.component,
        held=row.held,
    )


def _values(changes: dict[str, Any]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for name, value in changes.items():
        if name in _REFS:
            values.update(ref_values(name, value))
        else:
            values[name] = str(value) if name == "state" else value
    return values


class Papers:
    """Papers of files."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def add(self, paper: Paper) -> bool:
        """Write a new paper; False, with nothing changed, if the file already has one at this place."""
        values = _values({name: getattr(paper, name) for name in _NAMES})
        return self._work.insert_once(papers, values, ("file_id", "ordinal"))

    def get(self, paper_id: str) -> Paper:
        """The paper, or NotFound."""
        return self._one(_BY_ID, paper_id, paper=paper_id)

    def by_code(self, code: str) -> Paper:
        """The paper with this digitisation-result code, or NotFound."""
        return self._one(select(papers).where(papers.c.code == code, papers.c.code != ""), code)

    def of_batch(self, batch_id: str) -> tuple[Paper, ...]:
        """By file in order of arrival, then by place in the file."""
        statement = (
            select(papers)
            .join(files, files.c.id == papers.c.file_id)
            .where(papers.c.batch_id == batch_id)
            .order_by(files.c.seq, papers.c.ordinal)
        )
        return self._all(statement)

    def of_file(self, file_id: str) -> tuple[Paper, ...]:
        """By place in the file."""
        return self._all(select(papers).where(papers.c.file_id == file_id).order_by(papers.c.ordinal))

    def of_dossier(self, dossier: str) -> tuple[Paper, ...]:
        """Every paper scanned for a dossier, oldest first."""
        return self._all(select(papers).where(papers.c.dossier == dossier, papers.c.dossier != "").order_by(papers.c.seq))

    def lock(self, paper_id: str) -> Paper:
        """The paper, with every other `lock` or `update` of it waiting until this transaction ends.

        What was written by others before is seen afterwards, so counting pages after a lock counts right.
        """
        return self._one(_LOCKED, paper_id, paper=paper_id)

    def update(self, paper_id: str, *, expect_version: int | None = None, **changes: Any) -> Paper:
        """Change attributes and count the version up; Conflict if it is not `expect_version` any more, or NotFound."""
        unknown = set(changes) - (_NAMES - _FIXED)
        if unknown:
            raise TypeError(f"a paper has no changeable {', '.join(sorted(unknown))}")
        values = {"paper": paper_id, **_values(changes)}
        if expect_version is None:
            row = self._work.connection.execute(_CHANGED, values).one_or_none()
        else:
            row = self._work.connection.execute(_CHANGED_FROM, {**values, "expected": expect_version}).one_or_none()
        if row is None:
            self.get(paper_id)
            raise Conflict
        return paper_of(row)

    def in_state(self, state: PaperState, limit: int = 100, offset: int = 0, *, unit: str = "") -> tuple[Paper, ...]:
        """Oldest first; within a reach if given."""
        statement = select(papers).where(papers.c.state == str(state)).order_by(papers.c.seq).limit(limit).offset(offset)
        if unit:
            statement = statement.join(batches, batches.c.id == papers.c.batch_id).where(within(batches.c.unit, unit))
        return self._all(statement)

    def count_in_state(self, state: PaperState) -> int:
        """How many there are."""
        return int(self._work.connection.execute(select(func.count()).where(papers.c.state == str(state))).scalar_one())

    def _one(self, statement: Select[Any], key: str, **values: str) -> Paper:
        row = self._work.connection.execute(statement, values).one_or_none()
        if row is None:
            raise NotFound(what="paper", key=key)
        return paper_of(row)

    def _all(self, statement: Select[Any]) -> tuple[Paper, ...]:
        return tuple(paper_of(row) for row in self._work.connection.execute(statement))
