"""Batches, files, papers, pages, fields and records come back as they went in, and never twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from ingest.model import FileKind, Identified, Note
from ocr.model import Box, Check, Decision, DecisionKind, Evidence, Field
from storage.errors import Conflict, NotFound, StorageError
from storage.model import FileState, PaperState, Priority, RecordState, StepKind
from storage.records.database import Database
from tests.contract import facts


def test_a_batch_comes_back_whole_and_the_newest_is_first(database: Database) -> None:
    first, second = facts.batch(owner="001"), facts.batch(priority=Priority.BULK, automatic=True)
    with database.transaction() as unit:
        unit.batches.add(first)
        unit.batches.add(second)
    with database.read() as unit:
        assert unit.batches.get(first.id) == first
        assert unit.batches.latest() == (second, first)
        assert unit.batches.latest(limit=1, offset=1) == (first,)
        with pytest.raises(NotFound):
            unit.batches.get("nothing")


def test_times_of_any_zone_come_back_as_utc(database: Database) -> None:
    local = datetime(2026, 3, 1, 14, 30, tzinfo=timezone(timedelta(hours=7)))
    batch = facts.batch(created_at=local)
    with database.transaction() as unit:
        unit.batches.add(batch)
    with database.read() as unit:
        found = unit.batches.get(batch.id).created_at
    assert found == local
    assert found.tzinfo is UTC


def test_a_time_without_a_zone_is_refused(database: Database) -> None:
    with pytest.raises(StorageError), database.transaction() as unit:
        unit.batches.add(facts.batch(created_at=datetime(2026, 3, 1)))


def test_a_file_sent_again_changes_nothing(database: Database) -> None:
    batch = facts.batch()
    file = facts.file_of(batch, notes=(Note("ingest.low_dpi", {"dpi": 150}),))
    with database.transaction() as unit:
        unit.batches.add(batch)
        assert unit.files.add(file)
        assert not unit.files.add(replace(file, id=facts.new_id(), state=FileState.GIVEN_UP))
        assert unit.files.add(facts.file_of(batch, name="khác.pdf")), "another name is another file"
        assert unit.files.add(facts.file_of(batch, parent_id=file.id)), "so is the same out of an archive"
        assert unit.files.get(file.id) == file
        assert unit.files.find(batch.id, file.object.sha256, file.name) == file
        assert unit.files.find(batch.id, file.object.sha256, "không có") is None
        assert len(unit.files.of_batch(batch.id)) == 3


def test_a_file_is_accepted_or_refused_with_its_reason(database: Database) -> None:
    batch = facts.batch()
    file = facts.file_of(batch)
    notes = (Note("ingest.wrong_extension", {"kind": "pdf"}),)
    with database.transaction() as unit:
        unit.batches.add(batch)
        unit.files.add(file)
        unit.files.refused(file.id, "ingest.too_many_pages", {"pages": 5000})
        refused = unit.files.get(file.id)
        unit.files.accepted(file.id, Identified(FileKind.PDF, 3, 0, notes))
        accepted = unit.files.get(file.id)
        unit.files.set_state(file.id, FileState.REPLACED)
        assert unit.files.get(file.id).state is FileState.REPLACED
        with pytest.raises(NotFound):
            unit.files.set_state("nothing", FileState.REPLACED)
    assert (refused.state, refused.reason_code, refused.reason_params) == (
        FileState.REFUSED,
        "ingest.too_many_pages",
        {"pages": 5000},
    )
    assert (accepted.state, accepted.kind, accepted.pages, accepted.notes) == (FileState.ACCEPTED, "pdf", 3, notes)
    assert (accepted.reason_code, accepted.reason_params) == ("", {})


def test_text_no_database_can_hold_is_mended(database: Database) -> None:
    batch = facts.batch()
    file = facts.file_of(batch, name="a\0b\ud800ế.pdf", reason_params={"x": "\0"})
    with database.transaction() as unit:
        unit.batches.add(batch)
        unit.files.add(file)
        found = unit.files.get(file.id)
    assert found.name.startswith("a\N{REPLACEMENT CHARACTER}b")
    assert found.name.endswith("ế.pdf")
    assert found.reason_params == {"x": "\0"}


def test_a_paper_changes_with_its_version(database: Database) -> None:
    with database.transaction() as unit:
        _, file, paper, _ = facts.put_paper(unit)
        assert unit.papers.get(paper.id) == paper
        assert not unit.papers.add(facts.paper_of(file)), "one paper at one place of a file"
        sealed = facts.ref("sealed")
        changed = unit.papers.update(
            paper.id, expect_version=0, sealed=sealed, code="K-1", state=PaperState.REVIEW, type_confidence=0.5
        )
        assert changed == replace(paper, sealed=sealed, code="K-1", state=PaperState.REVIEW, type_confidence=0.5, version=1)
        with pytest.raises(Conflict):
            unit.papers.update(paper.id, expect_version=0, owner="001")
        with pytest.raises(NotFound):
            unit.papers.update("nothing", owner="001")
        with pytest.raises(TypeError):
            unit.papers.update(paper.id, version=9)
        assert unit.papers.update(paper.id, sealed=None).sealed is None
        assert unit.papers.by_code("K-1").version == 2
        with pytest.raises(NotFound):
            unit.papers.by_code("")
        assert unit.papers.lock(paper.id).version == 2


def test_papers_are_listed_by_file_place_and_state(database: Database) -> None:
    with database.transaction() as unit:
        batch, file, first, _ = facts.put_paper(unit)
        _, _, other, _ = facts.put_paper(unit, batch)
        second = facts.paper_of(file, ordinal=1, state=PaperState.REVIEW)
        unit.papers.add(second)
        assert [paper.id for paper in unit.papers.of_batch(batch.id)] == [first.id, second.id, other.id]
        assert [paper.id for paper in unit.papers.of_file(file.id)] == [first.id, second.id]
        assert [paper.id for paper in unit.papers.in_state(PaperState.REVIEW)] == [second.id]
        assert unit.papers.count_in_state(PaperState.WORKING) == 2


def test_two_papers_never_share_a_code(database: Database) -> None:
    with database.transaction() as unit:
        batch, _, first, _ = facts.put_paper(unit)
        _, _, second, _ = facts.put_paper(unit, batch)
        unit.papers.update(first.id, code="K-1")
    with pytest.raises(Conflict), database.transaction() as unit:
        unit.papers.update(second.id, code="K-1")


def test_pages_are_counted_until_all_are_read(database: Database) -> None:
    with database.transaction() as unit:
        _, _, paper, pages = facts.put_paper(unit, pages=12)
        assert not unit.pages.add(facts.page_of(paper, 3))
        assert list(unit.pages.of_paper(paper.id)) == pages, "in order, also beyond 9"
        assert unit.pages.unread(paper.id) == 12
        text = facts.ref("text", "application/json")
        unit.pages.set_text(pages[0].id, text)
        unit.pages.set_text(pages[0].id, text)
        assert unit.pages.unread(paper.id) == 11
        assert unit.pages.get(pages[0].id) == replace(pages[0], text=text)
        with pytest.raises(NotFound):
            unit.pages.set_text("nothing", text)


def test_progress_counts_what_a_machine_can_still_do(database: Database) -> None:
    with database.transaction() as unit:
        batch, file, paper, pages = facts.put_paper(unit, pages=3)
        _, refused, done, _ = facts.put_paper(unit, batch)
        unit.files.refused(refused.id, "ingest.empty", {})
        unit.papers.update(done.id, state=PaperState.DONE)
        unit.pages.set_text(pages[0].id, facts.ref("text"))
        unit.steps.add(StepKind.READ, pages[1].id, batch=batch, file_id=file.id, paper_id=paper.id)
        progress = unit.batches.progress(batch.id)
        step = unit.steps.lease_next("w", 60)
        assert step is not None
        unit.papers.update(paper.id, state=PaperState.REVIEW)
        unit.steps.wait(step)
        later = unit.batches.progress(batch.id)
    assert (progress.files, progress.files_refused, progress.files_open) == (2, 1, 1)
    assert (progress.pages, progress.pages_read, progress.papers, progress.papers_done) == (4, 1, 2, 1)
    assert not progress.finished
    assert later.finished, "what is left is a person's"
    assert (later.files_open, later.papers_review) == (0, 1)


def test_machine_values_are_replaced_and_decisions_only_appended(database: Database) -> None:
    box = Box(1.5, 2.0, 30.0, 40.25)
    number = Field("number", "Số: 12/QD", "12/QĐ", 0.75, (Evidence(0, box),), ("12/QD", "12/QĐ"), (Check("ocr.number", ok=True),))
    title = Field("title", "QUYẾT ĐỊNH", "Quyết định", 1.0)
    read = Decision("number", "12/QĐ", DecisionKind.AUTOMATIC, "auto:0.9", facts.WHEN)
    corrected = Decision("number", "13/QĐ", DecisionKind.CORRECTED, "an.nguyen", facts.WHEN, "mờ")
    with database.transaction() as unit:
        _, _, paper, _ = facts.put_paper(unit)
        unit.fields.put(paper.id, (title,))
        unit.fields.put(paper.id, (number, title))
        unit.fields.decide(paper.id, (read,))
        unit.fields.decide(paper.id, (corrected,))
        unit.fields.put(paper.id, (number, title))
        assert unit.fields.of_paper(paper.id) == (number, title)
        assert unit.fields.decisions(paper.id) == (read, corrected)
        assert unit.fields.current(paper.id) == {"number": corrected}


def test_a_record_is_made_once_for_a_paper(database: Database) -> None:
    with database.transaction() as unit:
        batch, _, paper, _ = facts.put_paper(unit)
        record = facts.record_of(paper, "K-1", valid_until=date(2030, 1, 1), state=RecordState.IN_FORCE)
        assert unit.records.add(record)
        assert not unit.records.add(replace(record, code="K-2"))
        assert unit.records.get("K-1") == record == unit.records.of_paper(paper.id)
        assert unit.records.latest() == (record,)
        assert unit.records.count() == 1
        _, _, other, _ = facts.put_paper(unit, batch)
        assert unit.records.of_paper(other.id) is None
    with pytest.raises(Conflict), database.transaction() as unit:
        unit.records.add(facts.record_of(other, "K-1"))
