"""Facts to put into a database, with everything that does not matter filled in."""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from ingest.model import ObjectRef, Sha256
from storage.model import Batch, FileRow, FileState, PageRow, Paper, PaperState, Priority, Record, RecordState
from storage.records.unit_of_work import UnitOfWork

WHEN = datetime(2026, 3, 1, 7, 30, 15, 123456, tzinfo=UTC)


def new_id() -> str:
    return uuid.uuid4().hex


def ref(content: str = "x", media_type: str = "application/pdf") -> ObjectRef:
    return ObjectRef(Sha256(hashlib.sha256(content.encode()).hexdigest()), len(content), media_type)


def batch(**changes: Any) -> Batch:
    made = Batch(
        new_id(), "H56.12", "an.nguyen", "000.00.00.H56-260301-0001", "", Priority.COUNTER, automatic=False, created_at=WHEN
    )
    return replace(made, **changes)


def file_of(of: Batch, name: str = "đơn.pdf", content: str = "x", **changes: Any) -> FileRow:
    made = FileRow(new_id(), of.id, name, ref(content), FileState.RECEIVED, "", 0, "", "", {}, (), WHEN)
    return replace(made, **changes)


def paper_of(of: FileRow, ordinal: int = 0, **changes: Any) -> Paper:
    made = Paper(
        new_id(), of.batch_id, of.id, ordinal, ordinal, 1, PaperState.WORKING, "", "", "", 0.0, "",
        of.object, None, None, "", {}, 0, WHEN,
    )  # fmt: skip
    return replace(made, **changes)


def page_of(of: Paper, index: int = 0, **changes: Any) -> PageRow:
    facts: dict[str, object] = {"dpi": 300.0, "notes": ["mờ"]}
    return replace(PageRow(new_id(), of.id, of.file_id, index, ref(f"page {index}", "image/png"), facts, None), **changes)


def record_of(of: Paper, code: str = "", **changes: Any) -> Record:
    made = Record(
        code=code or f"generic-{of.id}", paper_id=of.id, state=RecordState.IN_FORCE, unit="H56.12", dossier="", owner="",
        paper_type="generic", title="Thông báo", number="2095/TB-ĐHĐL", issued_on=date(2024, 5, 17),
        issuer="Trường Đại học Đà Lạt", subject="Về việc nghỉ lễ", valid_until=None, scope="", pages=1,
        original=ref("original"), sealed=ref("sealed"),
        evidence=ref("evidence", "application/json"), created_at=WHEN,
    )  # fmt: skip
    return replace(made, **changes)


def put_paper(unit: UnitOfWork, of: Batch | None = None, pages: int = 1) -> tuple[Batch, FileRow, Paper, list[PageRow]]:
    """A batch (unless given) with one file of one paper with so many pages."""
    if of is None:
        of = batch()
        unit.batches.add(of)
    file = file_of(of, name=f"{new_id()}.pdf")
    unit.files.add(file)
    paper = paper_of(file, pages=pages)
    unit.papers.add(paper)
    rows = [page_of(paper, index) for index in range(pages)]
    for row in rows:
        unit.pages.add(row)
    return of, file, paper, rows


def put_record(unit: UnitOfWork, text: str, of: Batch, /, **changes: Any) -> Record:
    """A searchable record."""
    _, _, paper, _ = put_paper(unit, of)
    record = record_of(paper, **changes)
    unit.records.add(record)
    unit.search.put(record, text)
    return record
