"""Whoever waits for a batch asks the database where a step has ended, not ten times while a page is read."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from types import SimpleNamespace

from api.pipeline.signs import Signs
from api.worker import embedded
from storage.progress import BatchProgress

OPEN = BatchProgress(1, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0, 0, "", finished=False)


def test_the_end_of_a_step_is_told_once() -> None:
    signs = Signs()
    assert not signs.step_ended(0)
    with signs.taking():
        assert not signs.step_ended(0)
    assert signs.step_ended(60)
    assert not signs.step_ended(0)


def test_progress_is_asked_for_after_the_end_of_a_step(monkeypatch) -> None:
    told: list[str] = []

    @contextmanager
    def read():
        def progress(_batch_id: str) -> BatchProgress:
            told.append("asked")
            return replace(OPEN, finished=len(told) > 4)

        yield SimpleNamespace(batches=SimpleNamespace(progress=progress))

    def step_ended(seconds: float) -> bool:
        told.append(f"waited {seconds}")
        return True

    monkeypatch.setattr(embedded, "POLL_SECONDS", 0)
    sohoa = SimpleNamespace(database=SimpleNamespace(read=read))
    assert embedded.wait_for(sohoa, "batch", step_ended=step_ended).finished
    assert told == ["asked", "waited 1.0", "asked", "waited 1.0", "asked"]
