"""Which rows name objects, and which of those rows still need them: rows of a disposed record do not."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, and_, or_, select, union_all

from storage.model import PaperState, RecordState
from storage.records.register_tables import certifications
from storage.records.signing_tables import signing_requests
from storage.records.tables import files, metadata, pages, papers, records, seals

_SUFFIX = "_sha256"
OF_PAPER = (signing_requests, certifications, pages, records, seals)
"""Tables whose rows belong to the paper in `paper_id`."""


def naming_columns() -> tuple[tuple[Any, str], ...]:
    """Every table with the prefix of each of its columns that name an object."""
    found = []
    for table in metadata.sorted_tables:
        for column in table.c:
            prefix = column.name.removesuffix(_SUFFIX)
            if column.name.endswith(_SUFFIX) and f"{prefix}_size" in table.c and f"{prefix}_type" in table.c:
                found.append((table, prefix))
    return tuple(found)


def needed(sha256: Any) -> Any:
    """A condition: whether anything but disposed records names the object `sha256` (a value or a column)."""
    return or_(*(_alive(table, prefix, sha256).exists() for table, prefix in naming_columns()))


def _alive(table: Any, prefix: str, sha256: Any) -> Select[Any]:
    gone = select(records.c.paper_id).where(records.c.state == str(RecordState.DISPOSED))
    of = table.alias()
    found = select(of.c[f"{prefix}{_SUFFIX}"]).where(of.c[f"{prefix}{_SUFFIX}"] == sha256)
    if table in OF_PAPER:
        return found.where(of.c.paper_id.not_in(gone))
    if table is papers:
        return found.where(of.c.id.not_in(gone))
    if table is files:
        return found.where(_file_alive(of, gone))
    return found


def _file_alive(of: Any, gone: Any) -> Any:
    """A file is needed while one of its papers is; an archive while one of its files is; one that nothing was made of, always."""
    child = files.alias()

    def living(file: Any) -> Any:
        return select(papers.c.id).where(
            papers.c.file_id == file.c.id, papers.c.id.not_in(gone), papers.c.state != str(PaperState.MERGED)
        )

    def any_paper(file: Any) -> Any:
        return select(papers.c.id).where(papers.c.file_id == file.c.id).exists()

    inner = select(child.c.id).where(child.c.parent_id == of.c.id)
    return or_(
        living(of).exists(),
        and_(~any_paper(of), ~inner.exists()),
        inner.where(or_(living(child).exists(), ~any_paper(child))).exists(),
    )


def naming() -> Select[Any] | Any:
    """Every object that some row names, with size and media type; one row a name."""
    parts = [
        select(
            table.c[f"{prefix}_sha256"].label("sha256"),
            table.c[f"{prefix}_size"].label("size"),
            table.c[f"{prefix}_type"].label("media_type"),
        ).where(table.c[f"{prefix}_sha256"].is_not(None))
        for table, prefix in naming_columns()
    ]
    return union_all(*parts)
