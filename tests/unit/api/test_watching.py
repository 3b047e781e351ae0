"""Metrics, readiness and heartbeats: what is shown is so, and nobody sees it who may not."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest
from celery.worker import WorkController, state
from fastapi.testclient import TestClient
from prometheus_client.parser import text_string_to_metric_families

from api.access.permissions import Role
from api.doctor.check import State
from api.doctor.workers import workers
from api.pipeline.engine import Pipeline
from api.watch.figures import sample_disk
from api.watch.options import WatchOptions
from api.wiring import Sohoa
from api.worker.celery_app import make_worker
from api.worker.heart import DEAF_SECONDS, Ear, Heart
from api.worker.messages import make_celery
from ingest.errors import CodedError
from storage.errors import StorageError
from storage.model import StepKind
from tests.unit.api.test_attention import fail
from tests.world.door import HOST, OWNER, Door, open_door, put_paper
from tests.world.working import put_worker


@pytest.fixture
def door(tmp_path: Path) -> Iterator[Door]:
    with open_door(tmp_path / "data", watch=WatchOptions(believed_seconds=0)) as made:
        yield made


def scraped(door: Door) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    """Every sample `/metrics` shows to an administrator's token."""
    client = door.client(None)
    client.headers["Authorization"] = f"Bearer {door.tokens[Role.ADMIN]}"
    answer = client.get("/metrics")
    assert answer.status_code == 200, answer.text
    families = text_string_to_metric_families(answer.text)
    return {(one.name, tuple(sorted(one.labels.items()))): one.value for family in families for one in family.samples}


def value(door: Door, name: str, **labels: str) -> float:
    return scraped(door)[name, tuple(sorted(labels.items()))]


def test_the_queue_workers_and_disk_are_in_the_metrics(door: Door) -> None:
    put_worker(door.sohoa)
    put_worker(door.sohoa, name="scan-2/78", silent_seconds=60)
    sample_disk(door.sohoa)
    paper = put_paper(door.sohoa)
    failed = fail(door.sohoa, StepKind.IDENTIFY, paper.file_id)
    unit = door.sohoa.settings.unit
    with door.sohoa.database.read() as uow:
        code = uow.steps.get(failed.id).error_code
    assert code
    assert value(door, "sohoa_workers_alive") == 1
    assert value(door, "sohoa_worker_silent_seconds", worker="scan-2/78") >= 60
    assert value(door, "sohoa_attention_lines", unit=unit, step="identify", code=code) == 1
    assert value(door, "sohoa_queue_steps", unit=unit, step="identify", state="failed") == 1
    assert value(door, "sohoa_disk_free_bytes") > 0
    assert value(door, "sohoa_part_up", part="worker") == 1
    # the second look counts the first
    assert value(door, "sohoa_http_seconds_count", method="GET", route="/metrics", status="200") >= 1


def test_metrics_tell_nothing_of_anybody(door: Door) -> None:
    paper = put_paper(door.sohoa, name="Nguyễn Văn An.pdf")
    fail(door.sohoa, StepKind.IDENTIFY, paper.file_id)
    door.client(Role.CLERK).get(f"/v1/papers/{paper.id}?purpose=thu")
    shown = repr(scraped(door))
    for personal in (OWNER, "Nguyễn", "quyết", paper.id, paper.batch_id, *door.tokens.values()):
        assert personal not in shown


def test_metrics_need_the_scope_or_the_machine_itself(door: Door, tmp_path: Path) -> None:
    assert door.client(None).get("/metrics").status_code == 401
    assert door.client(Role.CLERK).get("/metrics").status_code == 403
    with open_door(tmp_path / "other", watch=WatchOptions(metrics_loopback=True)) as other:
        assert other.client(None).get("/metrics").status_code == 401, "the tests' client is not this machine"
        here = TestClient(other.app, base_url=f"http://{HOST}", client=("127.0.0.1", 50000))
        assert here.get("/metrics").status_code == 200
        assert here.get("/metrics", headers={"X-Forwarded-For": "10.0.0.7"}).status_code == 401, "a proxy passed it on"
        assert here.get("/v1/batches").status_code == 401, "only the metrics"
    strict = TestClient(door.app, base_url=f"http://{HOST}", client=("127.0.0.1", 50000))
    assert strict.get("/metrics").status_code == 401, "not by default"


def test_without_a_database_the_metrics_still_say_so(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    shown = door.app.state.place

    def away() -> None:
        raise StorageError

    monkeypatch.setattr(door.app.state.believed, "figures", away)
    names = {family.name for family in shown.collect()}
    assert names == {"sohoa_part_up", "sohoa_part_seconds"}


def test_ready_means_a_worker_that_can_work(door: Door) -> None:
    client = door.client(None)
    silent = put_worker(door.sohoa, silent_seconds=door.sohoa.settings.watch.alive_seconds + 1)
    answer = client.get("/ready")
    assert (answer.status_code, answer.json()["parts"][-1]["detail"]) == (503, "api.no_worker_alive")
    assert workers(door.sohoa.settings).state is State.WARNING
    with door.sohoa.database.transaction() as uow:
        uow.watching.beat(replace(silent, alive_at=uow.now()))
    door.app.state.readiness._seen = None
    assert client.get("/ready").status_code == 200
    assert workers(door.sohoa.settings).state is State.OK


class Pool:
    """Threads that take what they are given only when told: a pool that hangs."""

    def __init__(self) -> None:
        self.given: list[Callable[[], None]] = []

    def submit(self, look: Callable[[], None]) -> bool:
        self.given.append(look)
        return True


def test_a_heart_beats_only_for_a_pool_that_works(door: Door) -> None:
    pool, pipeline = Pool(), Pipeline(door.sohoa)
    heart = Heart(door.sohoa, pipeline, 1, pool.submit)
    assert heart.beat().alive_at is None, "being up proves nothing"
    assert heart.beat().alive_at is None
    assert len(pool.given) == 1, "one look at a time"
    thread = threading.Thread(target=pool.given.pop())
    thread.start()
    thread.join()
    first = heart.beat().alive_at
    assert first is not None
    assert heart.beat().alive_at == first, "the pool hangs: no further proof"
    with pipeline.signs.taking():
        busy = heart.beat()
        assert busy.took_at is not None
        assert heart.beat().alive_at > busy.alive_at, "all threads are busy with steps"  # type: ignore[operator]
    heart.stop()
    with door.sohoa.database.read() as uow:
        assert uow.watching.workers() == ()
    pipeline.close()


def test_a_worker_that_hears_no_messages_goes_silent(
    door: Door, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    now = 0.0
    monkeypatch.setattr("api.worker.heart.monotonic", lambda: now)
    loop: list[Callable[[], None]] = []
    consumer = SimpleNamespace(connection=object(), call_soon=loop.append)
    ear = Ear(cast("WorkController", SimpleNamespace(consumer=consumer)))
    pipeline = Pipeline(door.sohoa)
    heart = Heart(door.sohoa, pipeline, 1, Pool().submit, ear.hears)

    def beat() -> datetime | None:
        pipeline.signs.polled()
        return heart.beat().alive_at

    first = beat()
    assert first is not None
    now = DEAF_SECONDS + 1
    assert beat() == first, "its pool works, and no message reaches it"
    assert "hears no messages" in caplog.text
    consumer.connection = None
    swept = beat()
    assert swept != first, "it has lost the broker, and works by sweeping"
    consumer.connection = object()
    beat()
    loop.pop()()
    now += DEAF_SECONDS + 1
    assert beat() != swept, "it came round"
    assert len(loop) == 2, "and is asked anew"
    heart.stop()
    pipeline.close()


def test_a_real_consumer_comes_round() -> None:
    app, begun, came_round = make_celery(""), threading.Event(), threading.Event()

    class Telling(WorkController):
        def on_consumer_ready(self, _consumer: object) -> None:
            begun.set()

    controller = make_worker(app, 1, Telling)
    thread = threading.Thread(target=controller.start, daemon=True)
    thread.start()
    try:
        assert begun.wait(60)
        assert controller.consumer.connection is not None, "that is how an ear knows whether there is a broker"
        controller.consumer.call_soon(came_round.set)
        assert came_round.wait(60)
    finally:
        state.should_stop = 0
        thread.join(60)
        state.should_stop = None
        app.close()


def test_a_look_without_a_database_is_no_proof(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    pool, pipeline = Pool(), Pipeline(door.sohoa)
    heart = Heart(door.sohoa, pipeline, 1, pool.submit)
    heart.beat()

    def away(_: Sohoa) -> None:
        raise StorageError

    monkeypatch.setattr(pipeline, "look", lambda: away(door.sohoa))
    pool.given.pop()()
    assert heart.beat().alive_at is None
    assert issubclass(StorageError, CodedError)
    pipeline.close()
