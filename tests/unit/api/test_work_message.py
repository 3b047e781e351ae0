"""What a worker does and says while its database or its queue is away."""

from __future__ import annotations

import logging
from contextlib import AbstractContextManager, nullcontext
from threading import Lock
from types import SimpleNamespace
from typing import Any, NoReturn, cast
from unittest.mock import MagicMock

import pytest
from celery.worker.consumer import Consumer

from api.pipeline.engine import Pipeline
from api.wiring import Sohoa
from api.worker import celery_app
from api.worker.celery_app import add_task
from api.worker.messages import WORK, make_celery
from storage.errors import StoreUnavailable


class AwayAtTimes:
    """A pipeline whose database does not answer, except at the looks named."""

    def __init__(self, *answered: int) -> None:
        self.answered, self.looks = answered, 0

    def work(self) -> bool:
        self.looks += 1
        if self.looks in self.answered:
            return False
        raise StoreUnavailable(what="database")


def test_a_database_that_is_away_is_one_warning_and_no_failed_task(caplog: pytest.LogCaptureFixture) -> None:
    app = make_celery("")
    add_task(app, cast("Pipeline", AwayAtTimes(4)))
    task: Any = app.tasks[WORK]
    with caplog.at_level(logging.WARNING):
        for _ in range(6):
            task()
    assert [record.getMessage() for record in caplog.records] == ["no step could be taken: storage.unavailable"] * 2
    app.close()


@pytest.mark.parametrize(("left", "told"), [(True, ["work"]), (False, [])])
def test_a_worker_whose_stretch_ends_says_that_there_is_more(
    left: bool, told: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    monkeypatch.setattr(celery_app, "STRETCH_S", 0.001)
    monkeypatch.setattr(celery_app, "publisher", lambda _app: lambda topic, _payload: said.append(topic))
    app = make_celery("")
    add_task(app, cast("Pipeline", SimpleNamespace(work=lambda: left)))
    app.tasks[WORK]()
    assert said == told, "a step that its worker was to take next has left no message of its own"
    app.close()


def no_database() -> AbstractContextManager[NoReturn]:
    raise StoreUnavailable(what="database")


def no_queue(topic: str, payload: dict[str, object]) -> None:
    raise ConnectionRefusedError


def one_hint() -> list[dict[str, object]]:
    return [{}]


@pytest.mark.parametrize(
    ("database", "said", "unsaid"),
    [
        (
            SimpleNamespace(hints=one_hint, transaction=no_database),
            "outbox not reached, work goes on by sweeping: storage.unavailable",
            "queue",
        ),
        (
            SimpleNamespace(hints=one_hint, transaction=lambda: nullcontext(MagicMock())),
            "queue not reached, work goes on by sweeping: ConnectionRefusedError",
            "outbox",
        ),
    ],
    ids=["database", "queue"],
)
def test_what_is_away_is_named(database: object, said: str, unsaid: str, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        Sohoa.wake_workers(cast("Sohoa", SimpleNamespace(database=database, publish=no_queue)))
    assert said in caplog.text
    assert unsaid not in caplog.text


def test_after_a_reconnection_no_thread_of_the_pool_waits_for_an_answer_of_the_broker() -> None:
    app = make_celery("amqp://")
    asked: list[int] = []
    qos = SimpleNamespace(_mutex=Lock(), value=1, set=asked.append)
    consumer = SimpleNamespace(
        app=app, qos=qos, _maximum_prefetch_restored=False, max_prefetch_count=2, initial_prefetch_count=1, _new_prefetch_count=2
    )
    Consumer._restore_prefetch_count_after_connection_restart(consumer, None)  # runs where a step ended: in the pool
    assert not asked
    app.close()
