"""The broker lost for good, the database away for minutes, in the middle of work: no paper is lost, and work goes on by itself.

SOHOA_TEST_AWAY_SECONDS=120 keeps the database away for as long as is promised; the short time of every run already outlasts
leases, tries and pauses, which are short here.
"""

from __future__ import annotations

import os
import shutil
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from scripts.soak.servers import Broker, Postgres, Server, ServerMissing
from storage.errors import StorageError
from tests.integration.test_nothing_lost import finished, wait_until
from tests.world.invariants import problems
from tests.world.product import WorkerProcess, send, settings_for, sohoa_in
from tests.world.quick_pages import quick_pages

pytestmark = pytest.mark.slow
AWAY_SECONDS = float(os.environ.get("SOHOA_TEST_AWAY_SECONDS", "12"))
RECOVERY_SECONDS = 60


def started(server: Server) -> Iterator[Server]:
    try:
        server.start()
    except ServerMissing as error:
        pytest.skip(str(error))
    yield server
    server.close()


@pytest.fixture
def own_broker() -> Iterator[Server]:
    yield from started(Broker("rabbitmq"))


@pytest.fixture
def own_postgres() -> Iterator[Server]:
    yield from started(Postgres("postgres"))


def test_the_broker_is_lost_for_good_in_the_middle_of_a_batch(tmp_path: Path, own_broker: Server, own_database: str) -> None:
    settings = settings_for(tmp_path / "data", broker_url=own_broker.url, database_url=own_database)
    with sohoa_in(settings.data_dir, broker_url=own_broker.url, database_url=own_database) as sohoa:
        batch = send(sohoa, quick_pages(tmp_path / "thirty.tif", count=30))
        with WorkerProcess(settings, tmp_path / "worker.log"):
            wait_until(sohoa, batch.id, lambda progress: progress.pages_read >= 3)
            own_broker.stop()
            shutil.rmtree(own_broker.folder / "rabbitmq")
            lost = time.monotonic()
            with sohoa.database.read() as uow:
                before = uow.batches.progress(batch.id).pages_read
            assert before < 25, "the broker went too late to prove anything"
            # what was under way when it went is finished anyway: more than both threads had in hand
            wait_until(sohoa, batch.id, lambda progress: progress.pages_read >= before + 5)
            went_on = time.monotonic() - lost
            print(f"\nfive more pages were read {went_on:.1f} s after the broker was lost")  # seen with -s
            assert went_on < RECOVERY_SECONDS
            # received while there is no broker: nobody can be told, and it is found all the same
            meanwhile = send(sohoa, quick_pages(tmp_path / "two.tif", count=2))
            sent = time.monotonic()
            assert wait_until(sohoa, meanwhile.id, finished).papers_done == 1
            print(f"\na paper received without a broker was done {time.monotonic() - sent:.1f} s later")
            own_broker.start()  # a new one with nothing in it
            progress = wait_until(sohoa, batch.id, finished)
        assert (progress.papers_done, progress.pages_read) == (1, 30)
        assert problems(sohoa, batch.id) == []


def test_the_database_is_away_and_no_paper_is_lost(tmp_path: Path, own_postgres: Server, rabbitmq_url: str) -> None:
    settings = settings_for(tmp_path / "data", broker_url=rabbitmq_url, database_url=own_postgres.url)
    with sohoa_in(settings.data_dir, broker_url=rabbitmq_url, database_url=own_postgres.url) as sohoa:
        batch = send(sohoa, quick_pages(tmp_path / "thirty.tif", count=30))
        with WorkerProcess(settings, tmp_path / "worker.log") as worker:
            wait_until(sohoa, batch.id, lambda progress: progress.pages_read >= 3)
            own_postgres.stop()
            with pytest.raises(StorageError) as refused:
                send(sohoa, quick_pages(tmp_path / "one.tif", count=1))
            assert refused.value.retryable, "the sender hears that nothing was taken"
            threading.Event().wait(AWAY_SECONDS)
            assert worker.process.poll() is None, "the worker waits"
            own_postgres.start()
            back = time.monotonic()
            progress = wait_until(sohoa, batch.id, finished)
            caught_up = time.monotonic() - back
            print(f"\nall 30 pages were done {caught_up:.1f} s after a database that was away for {AWAY_SECONDS:g} s came back")
            assert caught_up < 2 * RECOVERY_SECONDS
        assert (progress.papers_done, progress.pages_read, progress.papers_attention) == (1, 30, 0)
        assert problems(sohoa, batch.id) == []
