"""Every bad file gets its coded reason in Vietnamese; the good papers of the same batch are done all the same."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from api.intake.attention import AttentionDesk
from api.intake.receiving import Intake
from api.refusals import EmptyFile
from ingest.errors import error_from
from ingest.model import Note
from ingest.notes import sentence
from storage.errors import StoreFull
from storage.model import FileState, PaperState
from tests.world.bad_files import BAD_FILES
from tests.world.product import digitise, sohoa_in
from tests.world.quick_pages import quick_pages

pytestmark = pytest.mark.slow


def test_the_table_is_long_enough() -> None:
    assert len(BAD_FILES) >= 25


def test_each_bad_file_has_its_reason_and_the_rest_goes_on(tmp_path: Path) -> None:
    made = {}
    for name, bad in BAD_FILES.items():
        folder = tmp_path / "in" / name
        folder.mkdir(parents=True)
        made[name] = bad.make(folder)
    good = quick_pages(tmp_path / "good.tif", count=2)
    sizeable = [path for path in made.values() if path.stat().st_size]
    with sohoa_in(tmp_path / "data") as sohoa:
        batch, progress = digitise(sohoa, good, *sizeable)
        with sohoa.database.read() as uow:
            files = {row.name: row for row in uow.files.of_batch(batch.id)}
            papers = uow.papers.of_batch(batch.id)
        assert progress.finished
        assert [paper.state for paper in papers if paper.file_id == files["good.tif"].id] == [PaperState.DONE]
        for name, bad in BAD_FILES.items():
            if made[name] not in sizeable:
                continue
            row = files[made[name].name]
            if bad.code is None:
                assert row.state is FileState.ACCEPTED, (name, row.reason_code)
                continue
            told = {row.reason_code, *(note.code for note in row.notes)}
            children = [child for child in files.values() if child.parent_id == row.id]
            told |= {child.reason_code for child in children}
            assert bad.code in told, (name, row.state, told)
            assert in_vietnamese(row.reason_code, row.reason_params, row.notes), name


def in_vietnamese(code: str, params: dict, notes: tuple[Note, ...]) -> bool:
    """Whether a sentence with Vietnamese letters says what is the matter, or no sentence is due."""
    sentences = [sentence(note, "vi") for note in notes]
    if code:
        error = error_from(code, params)
        assert error is not None
        sentences.append(error.message("vi"))
    return all(any(ord(letter) > 127 for letter in text) for text in sentences)


def test_empty_file_is_refused_at_the_door(tmp_path: Path) -> None:
    empty = tmp_path / "empty.pdf"
    empty.touch()
    with sohoa_in(tmp_path / "data") as sohoa:
        intake = Intake(sohoa)
        batch = intake.create_batch(actor="clerk")
        with empty.open("rb") as stream, pytest.raises(EmptyFile):
            intake.receive(batch.id, empty.name, stream, actor="clerk")


def test_full_disk_is_said_and_nothing_is_half_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scan = quick_pages(tmp_path / "good.tif", count=1)
    with sohoa_in(tmp_path / "data") as sohoa:
        intake = Intake(sohoa)
        batch = intake.create_batch(actor="clerk", automatic=True)

        def full(*_: object) -> None:
            raise OSError(errno.ENOSPC, "No space left on device")

        with monkeypatch.context() as broken:
            broken.setattr("os.fsync", full)
            with scan.open("rb") as stream, pytest.raises(StoreFull):
                intake.receive(batch.id, scan.name, stream, actor="clerk")
        with sohoa.database.read() as uow:
            assert uow.files.of_batch(batch.id) == ()
        with scan.open("rb") as stream:
            row = intake.receive(batch.id, scan.name, stream, actor="clerk")
        assert row.state is FileState.RECEIVED
        assert AttentionDesk(sohoa).lines() == ()
