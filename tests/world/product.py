"""A whole Sohoa in a temporary folder, and separate worker processes that can be killed."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Self

from api.intake.receiving import Intake
from api.options import PipelineOptions
from api.settings import Settings
from api.wiring import Sohoa, build
from api.worker.embedded import EmbeddedWorker
from ingest.options import BoxOptions
from storage.model import Batch, BatchProgress

ROOT = Path(__file__).resolve().parents[2]
QUICK = PipelineOptions(lease_seconds=3, backoff_seconds=0.2, sweep_seconds=0.5, concurrency=2)


def settings_for(data_dir: Path, **changes: Any) -> Settings:
    """Settings with short leases and quick sweeps, independent of the environment."""
    values: dict[str, Any] = {"data_dir": data_dir, "pipeline": QUICK, "box": BoxOptions(workers=2)} | changes
    return Settings(**values)


@contextlib.contextmanager
def sohoa_in(data_dir: Path, **changes: Any) -> Iterator[Sohoa]:
    """A wired product; closed after the block."""
    sohoa = build(settings_for(data_dir, **changes))
    try:
        yield sohoa
    finally:
        sohoa.close()


def send(sohoa: Sohoa, *paths: Path, automatic: bool = True, actor: str = "clerk", **about: str) -> Batch:
    """Receive files into one new batch."""
    intake = Intake(sohoa)
    batch = intake.create_batch(actor=actor, automatic=automatic, **about)
    for path in paths:
        with path.open("rb") as stream:
            intake.receive(batch.id, path.name, stream, actor=actor)
    return batch


def digitise(sohoa: Sohoa, *paths: Path, automatic: bool = True, **about: str) -> tuple[Batch, BatchProgress]:
    """Receive files and work inside this process until nothing is left for a machine."""
    batch = send(sohoa, *paths, automatic=automatic, **about)
    with EmbeddedWorker(sohoa) as worker:
        return batch, worker.wait_for(batch.id)


class WorkerProcess:
    """`sohoa worker` as a real process group, so that a kill takes its children along as a power cut would."""

    def __init__(self, settings: Settings, log: Path) -> None:
        environment = {key: value for key, value in os.environ.items() if not key.startswith("SOHOA_")}
        environment |= {
            "SOHOA_DATA_DIR": str(settings.data_dir),
            "SOHOA_DATABASE_URL": settings.database_url,
            "SOHOA_BROKER_URL": settings.broker_url,
            "SOHOA_OBJECTS_URL": settings.objects_url,
            "SOHOA_PIPELINE__LEASE_SECONDS": str(settings.pipeline.lease_seconds),
            "SOHOA_PIPELINE__SWEEP_SECONDS": str(settings.pipeline.sweep_seconds),
            "SOHOA_PIPELINE__BACKOFF_SECONDS": str(settings.pipeline.backoff_seconds),
            "SOHOA_BOX__WORKERS": "2",
        }
        environment = {key: value for key, value in environment.items() if value}
        self._log = log.open("ab")
        command = [sys.executable, "-m", "api.cli.main", "worker", "--concurrency", "2"]
        self.process = subprocess.Popen(
            command, env=environment, cwd=ROOT, stdout=self._log, stderr=subprocess.STDOUT, start_new_session=True
        )

    def kill(self) -> None:
        """SIGKILL to the whole group."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(timeout=20)
        self._log.close()

    def stop(self) -> None:
        """SIGTERM, as systemd does; the group is killed if that does not help."""
        self.process.terminate()
        try:
            self.process.wait(timeout=40)
        except subprocess.TimeoutExpired:
            self.kill()
        self._log.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.kill()
