"""Received files."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, literal_column, select

from ingest.errors import Param
from ingest.model import Identified, Note
from storage.errors import Conflict, NotFound
from storage.model import FileRow, FileState
from storage.reach import Reach
from storage.records.columns import ref_of, ref_values
from storage.records.tables import batches, files
from storage.records.within import within
from storage.records.work import Work

# Made once: putting a statement together costs more than running it.
_BY_ID = select(files).where(files.c.id == bindparam("file"))
_SAME = (
    select(files)
    .where(files.c.batch_id == bindparam("batch"), files.c.object_sha256 == bindparam("sha256"), files.c.name == bindparam("of"))
    .order_by(files.c.parent_id, files.c.seq)
    .limit(1)
)
_CHANGED = files.update().where(files.c.id == bindparam("file"))


def _file(row: Any) -> FileRow:
    return FileRow(
        id=row.id,
        batch_id=row.batch_id,
        name=row.name,
        object=ref_of(row, "object"),
        state=FileState(row.state),
        kind=row.kind,
        pages=row.pages,
        parent_id=row.parent_id,
        reason_code=row.reason_code,
        reason_params=row.reason_params,
        notes=tuple(Note(**note) for note in row.notes),
        created_at=row.created_at,
    )


class Files:
    """Files of batches."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def add(self, row: FileRow) -> bool:
        """Write a new file; False, with nothing changed, if the batch already has these bytes under this name and parent."""
        values = {
            "id": row.id,
            "batch_id": row.batch_id,
            "name": row.name,
            **ref_values("object", row.object),
            "state": str(row.state),
            "kind": row.kind,
            "pages": row.pages,
            "parent_id": row.parent_id,
            "reason_code": row.reason_code,
            "reason_params": row.reason_params,
            "notes": [asdict(note) for note in row.notes],
            "created_at": row.created_at,
        }
        return self._work.insert_once(files, values, ("batch_id", "object_sha256", "name", "parent_id"))

    def find(self, batch_id: str, sha256: str, name: str) -> FileRow | None:
        """The file of this batch with these bytes and this name; one sent by itself before one out of an archive."""
        row = self._work.connection.execute(_SAME, {"batch": batch_id, "sha256": sha256, "of": name}).one_or_none()
        return _file(row) if row is not None else None

    def received_since(self, moment: datetime, *, unit: str = "", actor: str = "") -> tuple[int, int]:
        """How many files, and bytes, came since then by themselves (not out of archives) into batches of this unit or person."""
        statement = (
            select(func.count(), func.coalesce(func.sum(files.c.object_size), 0))
            .join(batches, batches.c.id == files.c.batch_id)
            .where(files.c.created_at >= moment, files.c.parent_id == "")
        )
        for column, wanted in ((batches.c.unit, unit), (batches.c.actor, actor)):
            if wanted:
                statement = statement.where(column == wanted)
        count, size = self._work.connection.execute(statement).one()
        return int(count), int(size)

    def get(self, file_id: str) -> FileRow:
        """The file, or NotFound."""
        row = self._work.connection.execute(_BY_ID, {"file": file_id}).one_or_none()
        if row is None:
            raise NotFound(what="file", key=file_id)
        return _file(row)

    def of_batch(self, batch_id: str) -> tuple[FileRow, ...]:
        """In order of arrival."""
        rows = self._work.connection.execute(select(files).where(files.c.batch_id == batch_id).order_by(files.c.seq))
        return tuple(_file(row) for row in rows)

    def refused_within(self, reach: Reach, limit: int, batch_id: str = "") -> tuple[FileRow, ...]:
        """Refused files that nobody has replaced or given up, of batches (or one) of units within `reach`, the newest first."""
        refused = files.c.state == literal_column("'refused'")  # not a parameter: the index holds these alone
        found = select(files).join(batches, batches.c.id == files.c.batch_id).where(refused, within(batches.c.unit, reach))
        if batch_id:
            found = found.where(files.c.batch_id == batch_id)
        rows = self._work.connection.execute(found.order_by(files.c.seq.desc()).limit(limit))
        return tuple(_file(row) for row in rows)

    def accepted(self, file_id: str, identified: Identified) -> None:
        """The file is what `identified` says and may be taken in; a former reason is cleared."""
        self._change(
            file_id,
            state=str(FileState.ACCEPTED),
            kind=str(identified.kind),
            pages=identified.pages,
            notes=[asdict(note) for note in identified.notes],
            reason_code="",
            reason_params={},
        )

    def refused(self, file_id: str, code: str, params: dict[str, Param]) -> None:
        """The file is kept, nothing is made from it, and this is why."""
        self._change(file_id, state=str(FileState.REFUSED), reason_code=code, reason_params=params)

    def settle_refused(self, file_id: str, state: FileState) -> None:
        """A person acted on a refused file; Conflict if it is not refused any more."""
        refused = (files.c.id == file_id) & (files.c.state == str(FileState.REFUSED))
        if not self._work.connection.execute(files.update().where(refused).values(state=str(state))).rowcount:
            raise Conflict

    def set_state(self, file_id: str, state: FileState) -> None:
        """Change only the state."""
        self._change(file_id, state=str(state))

    def _change(self, file_id: str, **values: Any) -> None:
        if not self._work.connection.execute(_CHANGED, {"file": file_id, **values}).rowcount:
            raise NotFound(what="file", key=file_id)
