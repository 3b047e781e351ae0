"""What a person can do about failures leaves every file, paper and step in a state that goes on or ends."""

from __future__ import annotations

import io
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from api.intake.attention import AttentionDesk
from api.intake.receiving import Intake
from api.pipeline.engine import Pipeline, hand_over
from api.refusals import AlreadyGivenUp, ReplaceWouldDouble, SameFile, StepUnexpected
from api.wiring import Sohoa
from api.worker.sweeper import Sweeper
from ingest.model import FileKind, Identified, ObjectRef, Sha256
from storage.errors import Conflict, LeaseLost, StoreUnavailable
from storage.model import Batch, FileRow, FileState, PageRow, Paper, PaperState, Step, StepKind, StepState
from tests.world.product import sohoa_in

IMAGE = ObjectRef(Sha256("0" * 64), 1, "image/png")


@pytest.fixture
def sohoa(tmp_path: Path) -> Iterator[Sohoa]:
    with sohoa_in(tmp_path / "data") as product:
        yield product


def received(sohoa: Sohoa, data: bytes = b"scan", name: str = "scan.tif") -> tuple[Batch, FileRow]:
    intake = Intake(sohoa)
    batch = intake.create_batch(actor="clerk", automatic=True)
    return batch, intake.receive(batch.id, name, io.BytesIO(data), actor="clerk")


def paper_of(sohoa: Sohoa, batch: Batch, file: FileRow, ordinal: int = 0, pages: int = 2) -> Paper:
    """A paper whose pages wait to be read; the file's own step is done."""
    paper = Paper(
        id=f"{ordinal:032x}",
        batch_id=batch.id,
        file_id=file.id,
        ordinal=ordinal,
        first_page=0,
        pages=pages,
        state=PaperState.WORKING,
        dossier="",
        owner="",
        paper_type="generic",
        type_confidence=1.0,
        code="",
        original=file.object,
        sealed=None,
        evidence=None,
        reason_code="",
        reason_params={},
        version=1,
        created_at=datetime.now(UTC),
    )
    with sohoa.database.transaction() as uow:
        taken = uow.steps.find(StepKind.IDENTIFY, file.id)
        if taken and taken.state is StepState.READY:
            held = uow.steps.lease(taken.id, "test", 60)
            assert held
            uow.steps.done(held)
            uow.files.accepted(file.id, Identified(FileKind.TIFF, pages))
        uow.papers.add(paper)
        for index in range(pages):
            page = PageRow(f"{ordinal}{index:031x}", paper.id, file.id, index, IMAGE, {}, None)
            uow.pages.add(page)
            uow.steps.add(StepKind.READ, page.id, batch=batch, file_id=file.id, paper_id=paper.id)
    return paper


def fail(sohoa: Sohoa, kind: StepKind, subject: str) -> Step:
    """The step is taken and fails for good."""
    with sohoa.database.transaction() as uow:
        step = uow.steps.find(kind, subject)
        assert step
        held = uow.steps.lease(step.id, "test", 60)
        assert held
        hand_over(uow, held, StepUnexpected(kind="Test", step=step.id))
    return step


def state(sohoa: Sohoa, paper: Paper) -> PaperState:
    with sohoa.database.read() as uow:
        return uow.papers.get(paper.id).state


def steps(sohoa: Sohoa, paper: Paper) -> list[StepState]:
    with sohoa.database.read() as uow:
        return [step.state for step in uow.steps.of_paper(paper.id)]


def test_retry_revives_every_failed_page_of_the_paper(sohoa: Sohoa) -> None:
    batch, file = received(sohoa)
    paper = paper_of(sohoa, batch, file)
    first = fail(sohoa, StepKind.READ, f"0{0:031x}")
    fail(sohoa, StepKind.READ, f"0{1:031x}")
    assert state(sohoa, paper) is PaperState.ATTENTION
    AttentionDesk(sohoa).retry(first.id, actor="clerk")
    assert (state(sohoa, paper), steps(sohoa, paper)) == (PaperState.WORKING, [StepState.READY] * 2)
    assert AttentionDesk(sohoa).lines() == ()


def test_giving_up_a_page_ends_all_work_on_its_paper(sohoa: Sohoa) -> None:
    batch, file = received(sohoa)
    paper = paper_of(sohoa, batch, file, pages=3)
    first, second = (fail(sohoa, StepKind.READ, f"0{index:031x}") for index in range(2))
    with sohoa.database.transaction() as uow:
        other = uow.steps.find(StepKind.READ, f"0{2:031x}")
        assert other
        held = uow.steps.lease(other.id, "another worker", 60)
    desk = AttentionDesk(sohoa)
    desk.give_up(first.id, reason="rách nát", actor="clerk")
    assert (state(sohoa, paper), steps(sohoa, paper)) == (PaperState.GIVEN_UP, [StepState.GIVEN_UP] * 3)
    assert desk.lines() == ()
    with pytest.raises(AlreadyGivenUp):
        desk.retry(second.id, actor="clerk")
    assert held
    with sohoa.database.transaction() as uow, pytest.raises(LeaseLost):
        uow.steps.done(held)
    assert state(sohoa, paper) is PaperState.GIVEN_UP


@pytest.mark.parametrize("press", ["retry", "give_up"])
def test_a_failed_index_never_takes_a_finished_paper_back(sohoa: Sohoa, press: str) -> None:
    batch, file = received(sohoa)
    paper = paper_of(sohoa, batch, file, pages=0)
    with sohoa.database.transaction() as uow:
        uow.papers.update(paper.id, state=PaperState.DONE)
        uow.steps.add(StepKind.INDEX, paper.id, batch=batch, file_id=file.id, paper_id=paper.id)
    step = fail(sohoa, StepKind.INDEX, paper.id)
    desk = AttentionDesk(sohoa)
    if press == "retry":
        desk.retry(step.id, actor="clerk")
    else:
        desk.give_up(step.id, reason="không cần tìm", actor="clerk")
    assert state(sohoa, paper) is PaperState.DONE


def test_a_file_whose_split_is_tried_again_stays_accepted(sohoa: Sohoa) -> None:
    batch, file = received(sohoa)
    paper_of(sohoa, batch, file, pages=0)
    with sohoa.database.transaction() as uow:
        uow.steps.add(StepKind.SPLIT, file.id, batch=batch, file_id=file.id)
    step = fail(sohoa, StepKind.SPLIT, file.id)
    AttentionDesk(sohoa).retry(step.id, actor="clerk")
    with sohoa.database.read() as uow:
        assert uow.files.get(file.id).state is FileState.ACCEPTED


def test_replace_takes_a_new_file_once_and_never_the_same(sohoa: Sohoa) -> None:
    batch, file = received(sohoa)
    step = fail(sohoa, StepKind.IDENTIFY, file.id)
    desk = AttentionDesk(sohoa)
    with pytest.raises(SameFile):
        desk.replace(step.id, "scan.tif", io.BytesIO(b"scan"), actor="clerk")
    row = desk.replace(step.id, "scan.tif", io.BytesIO(b"better scan"), actor="clerk")
    with pytest.raises(Conflict):
        desk.replace(step.id, "scan.tif", io.BytesIO(b"best scan"), actor="clerk")
    with sohoa.database.read() as uow:
        assert [kept.state for kept in uow.files.of_batch(batch.id)] == [FileState.REPLACED, FileState.RECEIVED]
        assert uow.files.of_batch(batch.id)[1] == row


def test_a_stack_with_finished_papers_is_not_replaced_whole(sohoa: Sohoa) -> None:
    batch, file = received(sohoa)
    done = paper_of(sohoa, batch, file, ordinal=1, pages=0)
    paper_of(sohoa, batch, file, ordinal=0, pages=1)
    with sohoa.database.transaction() as uow:
        uow.papers.update(done.id, state=PaperState.DONE)
    step = fail(sohoa, StepKind.READ, f"0{0:031x}")
    with pytest.raises(ReplaceWouldDouble):
        AttentionDesk(sohoa).replace(step.id, "new.tif", io.BytesIO(b"new"), actor="clerk")


def test_the_same_file_sent_twice_at_once_is_one_file(sohoa: Sohoa) -> None:
    intake = Intake(sohoa)
    batch = intake.create_batch(actor="clerk")
    rows: list[FileRow] = []
    senders = [
        threading.Thread(target=lambda: rows.append(intake.receive(batch.id, "a.tif", io.BytesIO(b"scan"), actor="clerk")))
        for _ in range(4)
    ]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    assert len({row.id for row in rows}) == 1
    with sohoa.database.read() as uow:
        assert len(uow.files.of_batch(batch.id)) == 1


def test_a_row_that_lost_the_race_gets_the_winners_receipt(sohoa: Sohoa, monkeypatch: pytest.MonkeyPatch) -> None:
    """PostgreSQL shows the other transaction's row only after the insert collided: `find` is blind once."""
    batch, file = received(sohoa)
    with sohoa.database.transaction() as uow:
        real, calls = uow.files.find, iter([None])
        monkeypatch.setattr(uow.files, "find", lambda *key: next(calls, real(*key)))
        from api.intake.receiving import add_file

        again = add_file(uow, batch, file.name, file.object, actor="clerk")
    assert again.id == file.id
    with sohoa.database.read() as uow:
        assert sum(uow.steps.backlog().values()) == 1


def test_a_step_that_kills_its_workers_comes_to_an_end(sohoa: Sohoa) -> None:
    _, file = received(sohoa)
    with sohoa.database.transaction() as uow:
        step = uow.steps.find(StepKind.IDENTIFY, file.id)
        assert step
        for _ in range(sohoa.settings.pipeline.max_attempts):
            assert uow.steps.lease(step.id, "killed", 0)
    pipeline = Pipeline(sohoa)
    try:
        assert pipeline.work()
    finally:
        pipeline.close()
    (line,) = AttentionDesk(sohoa).lines()
    assert line.error_code == "api.worker_lost"


def test_a_store_that_is_away_uses_up_no_tries(sohoa: Sohoa, monkeypatch: pytest.MonkeyPatch) -> None:
    _, file = received(sohoa)
    eager = replace_options(sohoa, backoff_seconds=0)

    def away(*_: object) -> None:
        raise StoreUnavailable(what="objects")

    monkeypatch.setattr(type(sohoa.objects), "fetch", away)
    pipeline = Pipeline(eager)
    try:
        for _ in range(3 * sohoa.settings.pipeline.max_attempts):
            assert pipeline.work()
    finally:
        pipeline.close()
    with sohoa.database.read() as uow:
        step = uow.steps.find(StepKind.IDENTIFY, file.id)
        assert step
        assert (step.state, step.attempts, step.error_code) == (StepState.READY, 0, "storage.unavailable")


def replace_options(sohoa: Sohoa, **changes: object) -> Sohoa:
    pipeline = sohoa.settings.pipeline.model_copy(update=changes)
    return replace(sohoa, settings=sohoa.settings.model_copy(update={"pipeline": pipeline}))


def test_while_the_queue_is_away_the_sweeper_works_itself(sohoa: Sohoa) -> None:
    received(sohoa)

    def dead(*_: object) -> None:
        raise ConnectionRefusedError

    done: list[bool] = []
    cut_off = replace(replace_options(sohoa, sweep_seconds=0.001), publish=dead)
    sweeper = Sweeper(cut_off, lambda: bool(done.append(True)))
    while not done:
        sweeper.sweep()
    assert done
