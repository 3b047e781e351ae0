"""Killed, cut off, interrupted: nothing is lost and nothing doubled. Real PostgreSQL, RabbitMQ, Redis, real kills."""

from __future__ import annotations

import subprocess
import sys
import textwrap
import threading
from pathlib import Path

import pytest
from celery import Celery

from api.wiring import Sohoa
from api.worker.embedded import wait_for
from api.worker.messages import QUEUES
from storage.model import BatchProgress
from tests.world.invariants import problems
from tests.world.product import ROOT, WorkerProcess, send, settings_for, sohoa_in
from tests.world.quick_pages import quick_pages

pytestmark = pytest.mark.slow
WAIT_SECONDS = 150


def wait_until(sohoa, batch_id, enough) -> BatchProgress:
    """Poll until `enough(progress)`; fails after a while instead of hanging."""
    late = threading.Event()
    timer = threading.Timer(WAIT_SECONDS, late.set)
    timer.start()
    reached: list[BatchProgress] = []

    class Enough(Exception):
        pass

    def look(progress: BatchProgress) -> None:
        if enough(progress):
            reached.append(progress)
            raise Enough
        assert not late.is_set(), f"nothing came of it: {progress}"

    try:
        return wait_for(sohoa, batch_id, look)
    except Enough:
        return reached[-1]
    finally:
        timer.cancel()


def finished(progress: BatchProgress) -> bool:
    return progress.finished


@pytest.fixture
def scan(tmp_path: Path) -> Path:
    return quick_pages(tmp_path / "twenty.tif", count=20)


@pytest.mark.parametrize("broker", ["rabbitmq", "redis"])
def test_worker_killed_in_the_middle_of_a_batch(
    tmp_path: Path, scan: Path, broker: str, request, own_database, own_bucket
) -> None:
    broker_url = request.getfixturevalue(f"{broker}_url")
    settings = settings_for(tmp_path / "data", broker_url=broker_url, database_url=own_database, objects_url=own_bucket)
    with sohoa_in(settings.data_dir, broker_url=broker_url, database_url=own_database, objects_url=own_bucket) as sohoa:
        batch = send(sohoa, scan)
        with WorkerProcess(settings, tmp_path / "worker.log") as first:
            wait_until(sohoa, batch.id, lambda progress: progress.pages_read >= 5)
            first.kill()
        with sohoa.database.read() as uow:
            before = uow.batches.progress(batch.id)
        assert before.pages_read < 20, "the kill came too late to prove anything"
        with WorkerProcess(settings, tmp_path / "worker.log"):
            progress = wait_until(sohoa, batch.id, finished)
        assert (progress.papers_done, progress.pages_read) == (1, 20)
        assert problems(sohoa, batch.id) == []


def test_a_worker_told_to_end_finishes_what_is_in_hand_and_takes_nothing_new(
    tmp_path: Path, scan: Path, redis_url: str, own_database: str
) -> None:
    settings = settings_for(tmp_path / "data", broker_url=redis_url, database_url=own_database)
    with sohoa_in(settings.data_dir, broker_url=redis_url, database_url=own_database) as sohoa:
        batch = send(sohoa, scan)
        with WorkerProcess(settings, tmp_path / "worker.log") as first:
            before = wait_until(sohoa, batch.id, lambda progress: progress.pages_read >= 3)
            first.process.terminate()
            assert first.process.wait(timeout=60) == 0
        with sohoa.database.read() as uow:
            after = uow.batches.progress(batch.id)
        # two threads have a page each in hand, and may have finished another each before the signal came
        assert after.pages_read <= before.pages_read + 6, "it went on taking pages"
        with WorkerProcess(settings, tmp_path / "worker.log"):
            assert wait_until(sohoa, batch.id, finished).pages_read == 20
        assert problems(sohoa, batch.id) == []


def test_queues_deleted_while_work_waits(tmp_path: Path, scan: Path, rabbitmq_url: str, own_database: str) -> None:
    settings = settings_for(tmp_path / "data", broker_url=rabbitmq_url, database_url=own_database)
    with sohoa_in(settings.data_dir, broker_url=rabbitmq_url, database_url=own_database) as sohoa:
        batch = send(sohoa, scan)
        wait_for_message(sohoa)
        assert delete_queues(sohoa.celery), "there was no message to lose"
        with WorkerProcess(settings, tmp_path / "worker.log"):
            wait_until(sohoa, batch.id, lambda progress: progress.pages_read >= 3)
            delete_queues(sohoa.celery)
            progress = wait_until(sohoa, batch.id, finished)
        assert (progress.papers_done, progress.pages_read) == (1, 20)
        assert problems(sohoa, batch.id) == []


def wait_for_message(sohoa: Sohoa) -> None:
    """Wait until a hint lies in a queue: a broker does not say when it has put it there, and a slow one may have had none yet."""
    pause = threading.Event()
    with sohoa.celery.connection_for_write() as connection:
        queues = [sohoa.celery.amqp.queues.select_add(name).bind(connection.default_channel) for name in QUEUES.values()]
        for _ in range(5 * WAIT_SECONDS):
            for queue in queues:
                queue.declare()
            if any(queue.queue_declare(passive=True).message_count for queue in queues):
                return
            sohoa.wake_workers()
            pause.wait(0.2)
    raise AssertionError("no hint ever came to a queue")


def delete_queues(app: Celery) -> int:
    """Delete the queues with what is in them; returns how many messages went."""
    lost = 0
    with app.connection_for_write() as connection:
        for name in QUEUES.values():
            queue = app.amqp.queues.select_add(name).bind(connection.default_channel)
            queue.declare()  # a queue nobody has used yet cannot be emptied
            lost += queue.purge() or 0
            queue.delete()
    return lost


@pytest.mark.parametrize("moment", ["put_file", "put_bytes"])
def test_process_killed_between_object_and_commit(tmp_path: Path, moment: str) -> None:
    """A process that dies right after storing an object, before the row: at intake, after reading, after sealing."""
    scan = quick_pages(tmp_path / "three.tif", count=3)
    deaths = 0
    for nth in (1, 2, 4):
        result = subprocess.run(
            [sys.executable, "-c", DYING, str(tmp_path / "data"), str(scan), moment, str(nth)], cwd=ROOT, timeout=120, check=False
        )
        deaths += result.returncode == 137
    assert deaths, "no process died where it should"
    with sohoa_in(tmp_path / "data") as sohoa:
        from api.worker.embedded import EmbeddedWorker

        with sohoa.database.read() as uow:
            batches = uow.batches.latest()
        with EmbeddedWorker(sohoa):
            for batch in batches:
                wait_until(sohoa, batch.id, finished)
        acknowledged = [batch for batch in batches if (tmp_path / "data" / f"told-{batch.id}").exists()]
        for batch in acknowledged:
            with sohoa.database.read() as uow:
                progress = uow.batches.progress(batch.id)
            assert progress.papers_done == 1
        everything = [line for batch in batches for line in problems(sohoa, batch.id)]
        assert everything == []


DYING = textwrap.dedent(
    """
    import os, sys
    from pathlib import Path
    from api.intake.receiving import Intake
    from api.worker.embedded import EmbeddedWorker
    from tests.world.product import sohoa_in

    data, scan, moment, nth = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], int(sys.argv[4])
    with sohoa_in(data) as sohoa:
        kind, calls = type(sohoa.objects), 0
        real = getattr(kind, moment)

        def dying(self, *args, **options):
            global calls
            result = real(self, *args, **options)
            calls += 1
            if calls == nth:
                os._exit(137)
            return result

        setattr(kind, moment, dying)
        intake = Intake(sohoa)
        batch = intake.create_batch(actor="clerk", automatic=True)
        with scan.open("rb") as stream:
            intake.receive(batch.id, scan.name, stream, actor="clerk")
        (data / f"told-{batch.id}").touch()
        with EmbeddedWorker(sohoa) as worker:
            worker.wait_for(batch.id)
    """
)
