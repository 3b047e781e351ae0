"""PostgreSQL, the broker and the S3 store as private real servers that can be stopped, crashed and started again in place."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from api.worker.messages import QUEUES, make_celery

SCRIPTS = Path(__file__).parents[1] / "services"
START_SECONDS = 600
"""Several soaks beside each other on two cores have needed more than three minutes for Ceph."""
NOT_INSTALLED = 3


def free_port() -> int:
    """A port nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _short_folder() -> Path:
    # sockets have short paths, and PostgreSQL runs as a user of its own
    folder = Path(tempfile.mkdtemp(prefix="sohoa-", dir="/tmp"))
    folder.chmod(0o755)
    return folder


class ServerFailed(Exception):
    """A server could not be started; the text says why."""


class ServerMissing(ServerFailed):
    """It is not installed."""


@dataclass
class Server:
    """One server of `scripts/services`, in a folder and on a port of its own."""

    name: str
    folder: Path = field(default_factory=_short_folder)
    port: int = field(default_factory=free_port)
    url: str = ""

    def start(self) -> str:
        """Start it, or start it again with what it kept; its URL. Raises ServerMissing, ServerFailed."""
        try:
            done = subprocess.run(
                [SCRIPTS / f"{self.name}.sh", "start", self.folder, str(self.port)],
                capture_output=True, text=True, timeout=START_SECONDS, check=False,
            )  # fmt: skip
        except subprocess.TimeoutExpired as error:
            raise ServerFailed(f"{self.name}: not there after {START_SECONDS} s") from error
        if done.returncode:
            kind = ServerMissing if done.returncode == NOT_INSTALLED else ServerFailed
            raise kind(f"{self.name}: {done.stderr.strip()[-2000:] or f'exit {done.returncode}'}")
        self.url = done.stdout.strip().splitlines()[-1]
        return self.url

    def stop(self) -> None:
        """Stop it; its folder stays."""
        subprocess.run(
            [SCRIPTS / f"{self.name}.sh", "stop", self.folder], check=False, capture_output=True, timeout=START_SECONDS
        )

    def close(self) -> None:
        """Stop it for good."""
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)


class Postgres(Server):
    """The database server."""

    def crash(self) -> None:
        """End at once without a checkpoint (SIGQUIT): the next start recovers from the log."""
        pid_file = self.folder / "postgres" / "data" / "postmaster.pid"
        pid = int(pid_file.read_text().splitlines()[0])
        os.kill(pid, signal.SIGQUIT)
        with suppress(ChildProcessError, ProcessLookupError):
            while True:
                os.kill(pid, 0)
                _wait_a_moment()

    def cut(self) -> int:
        """End every session but ours; how many."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            row = connection.execute(
                "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
                " WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'"
            ).fetchone()
        return int(row[0]) if row else 0


class Broker(Server):
    """RabbitMQ or Redis."""

    def wipe(self) -> int:
        """Delete the queues with every message in them; how many messages went."""
        lost, app = 0, make_celery(self.url)
        try:
            with app.connection_for_write() as connection:
                for name in QUEUES.values():
                    queue = app.amqp.queues.select_add(name).bind(connection.default_channel)
                    queue.declare()
                    lost += queue.purge() or 0
                    queue.delete()
        finally:
            app.close()
        return lost


def _wait_a_moment() -> None:
    subprocess.run(["sleep", "0.05"], check=False)
