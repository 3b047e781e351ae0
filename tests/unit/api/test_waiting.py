"""A paper that waits for something outside says so, is tried again ever more patiently, never counted, and goes on by itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from api.cli.bar import WAITS
from api.options import PipelineOptions, SealOptions, TsaOptions
from api.pipeline import engine
from api.pipeline.engine import Pipeline
from api.pipeline.outcome import Context, Outcome
from api.settings import Settings
from api.signatures.signatories import Signatories
from api.views import PaperView, ProgressView
from api.wiring import Sohoa
from ingest.errors import error_from
from signing.errors import TimestampNotConfigured, TimestampPending
from signing.model import Level
from storage.model import PaperState, Step, StepKind
from storage.records.tables import steps
from tests.contract import facts
from tests.world.product import sohoa_in

PATIENT = PipelineOptions(backoff_seconds=5.0)


@pytest.fixture
def sohoa(tmp_path: Path) -> Iterator[Sohoa]:
    with sohoa_in(tmp_path / "data", pipeline=PATIENT) as product:
        yield product


def waiting_paper(sohoa: Sohoa) -> str:
    with sohoa.database.transaction() as uow:
        batch, file, paper, _ = facts.put_paper(uow)
        uow.steps.add(StepKind.SEAL, paper.id, batch=batch, file_id=file.id, paper_id=paper.id)
    return paper.id


def due_in(sohoa: Sohoa, paper_id: str) -> float:
    """Seconds until the step may be tried again; it is then made due."""
    with sohoa.database.transaction() as uow:
        step = uow.steps.find(StepKind.SEAL, paper_id)
        assert step is not None
        uow.work.connection.execute(steps.update().values(due_at=datetime.now(UTC), not_before=datetime.now(UTC)))
        return (step.not_before - datetime.now(UTC)).total_seconds()


def test_it_waits_longer_each_time_and_says_what_for(sohoa: Sohoa, monkeypatch: pytest.MonkeyPatch) -> None:
    dead = [True]

    def seal(context: Context, step: Step) -> Outcome:
        del context, step
        if dead:
            raise TimestampPending(tried="2/2", why="tsa.example: timeout; tsb.example: html")
        return Outcome(lambda uow: None)

    monkeypatch.setitem(engine.HANDLERS, StepKind.SEAL, seal)
    paper_id = waiting_paper(sohoa)
    pipeline = Pipeline(sohoa)
    pauses = []
    for _ in range(8):
        assert pipeline.work()
        pauses.append(round(due_in(sohoa, paper_id)))
    assert pauses == [5, 10, 20, 40, 60, 60, 60, 60]
    with sohoa.database.read() as uow:
        paper, step = uow.papers.get(paper_id), uow.steps.find(StepKind.SEAL, paper_id)
        progress = uow.batches.progress(paper.batch_id)
    assert step is not None
    assert step.attempts == 0
    assert paper.state is PaperState.WORKING
    reason = PaperView.of(paper).reason
    assert reason is not None
    assert reason.message.startswith("Chờ dấu thời gian")
    assert "tsa.example: không trả lời kịp" in reason.message
    assert (progress.papers_waiting, progress.waiting_for, progress.finished) == (1, "signing.timestamp_pending", False)
    assert ProgressView.of(progress).papers_waiting == 1

    dead.clear()
    assert pipeline.work()
    pipeline.close()
    with sohoa.database.read() as uow:
        paper = uow.papers.get(paper_id)
        assert uow.batches.progress(paper.batch_id).papers_waiting == 0
    assert paper.reason_code == ""


def test_every_wait_with_short_words_is_one_that_waits() -> None:
    for code in WAITS:
        error = error_from(code, {})
        assert error is not None, code
        assert error.environment, code


def test_real_keys_without_an_authority_wait_and_say_how_to_mend_it(sohoa: Sohoa) -> None:
    real = replace(sohoa.signatories, real_keys=True)
    for level in (Level.B_T, Level.B_LT, Level.B_LTA):
        with pytest.raises(TimestampNotConfigured) as caught:
            real.time_at_hand(level)
    assert "SOHOA_TSA__URLS" in caught.value.message("vi")
    assert caught.value.environment
    with pytest.raises(TimestampNotConfigured):
        real.timestamper().token(bytes(32), "sha256")
    real.time_at_hand(Level.B_B)
    assert real.trust().roots == (), "nothing of the demonstration stands in for anything"
    sohoa.signatories.time_at_hand(Level.B_LTA)


def test_authorities_are_settings(tmp_path: Path) -> None:
    tsa = TsaOptions(urls=("http://127.0.0.1:9/a", "http://127.0.0.1:9/b"), timeout_seconds=0.2)
    made = Signatories.of(Settings(data_dir=tmp_path, tsa=tsa, seal=SealOptions(level=Level.B_T)))
    with pytest.raises(TimestampPending, match="2/2"):
        made.timestamper().token(bytes(32), "sha256")
    with pytest.raises(TimestampPending, match="0/2"):
        made.time_at_hand(Level.B_T)
    with pytest.raises(ValueError, match="not an address of the web"):
        TsaOptions(urls=("tsa.example",))
