"""Real servers for tests, each started once for a whole run (all xdist workers together) and stopped after it.

A URL in the environment (SOHOA_TEST_POSTGRES_URL, …, see scripts/services/all.sh) is used instead of starting one. A server
whose program is not installed skips its tests with the reason; with SOHOA_TEST_SERVERS=required it fails them.

Put `from tests.world.servers import postgres_url` (with noqa: F401) into the conftest.py of the folder that needs it.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

SCRIPTS = Path(__file__).parents[2] / "scripts" / "services"
NOT_INSTALLED = 3
START_SECONDS = 180


@pytest.fixture(scope="session")
def postgres_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A PostgreSQL whose user may create databases."""
    with shared_server("postgres", "SOHOA_TEST_POSTGRES_URL", tmp_path_factory) as url:
        yield url


@pytest.fixture(scope="session")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """An empty Redis."""
    with shared_server("redis", "SOHOA_TEST_REDIS_URL", tmp_path_factory) as url:
        yield url


@pytest.fixture(scope="session")
def rabbitmq_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """An empty RabbitMQ."""
    with shared_server("rabbitmq", "SOHOA_TEST_RABBITMQ_URL", tmp_path_factory) as url:
        yield url


@pytest.fixture(scope="session")
def s3_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A living S3 store (Ceph), as an `open_store` URL; the bucket need not exist."""
    with shared_server("ceph", "SOHOA_TEST_S3_URL", tmp_path_factory) as url:
        yield url


@contextmanager
def shared_server(name: str, variable: str, factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a server shared by all processes of this test run; the last one to leave stops it."""
    if given := os.environ.get(variable):
        yield given
        return
    base = factory.getbasetemp()
    # every xdist worker has a folder of its own below that of the run
    state = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / f"server-{name}.json"
    url = _join(name, state)
    try:
        yield url
    finally:
        _leave(name, state)


def _join(name: str, state: Path) -> str:
    with _locked(state) as known:
        if not known.get("url") and "reason" not in known:
            known.update(_start(name))
        if reason := known.get("reason"):
            if known["installed"] or os.environ.get("SOHOA_TEST_SERVERS") == "required":
                pytest.fail(f"{name}: {reason}", pytrace=False)
            pytest.skip(f"NOT TESTED, no {name}: {reason}")
        known["users"] = [*known.get("users", []), os.getpid()]
        return str(known["url"])


def _leave(name: str, state: Path) -> None:
    with _locked(state) as known:
        known["users"] = [pid for pid in known.get("users", []) if pid != os.getpid() and Path(f"/proc/{pid}").exists()]
        if not known["users"] and "dir" in known:  # who left before may have stopped it
            subprocess.run([SCRIPTS / f"{name}.sh", "stop", known["dir"]], check=False, timeout=START_SECONDS)
            shutil.rmtree(known["dir"], ignore_errors=True)
            known.clear()


def _start(name: str) -> dict[str, Any]:
    # short and open to other users: sockets have short paths, and PostgreSQL runs as a user of its own
    folder = tempfile.mkdtemp(prefix="sohoa-", dir="/tmp")
    Path(folder).chmod(0o755)
    done = subprocess.run(
        [SCRIPTS / f"{name}.sh", "start", folder, str(_free_port())],
        capture_output=True, text=True, timeout=START_SECONDS, check=False,
    )  # fmt: skip
    if done.returncode == 0:
        return {"url": done.stdout.strip().splitlines()[-1], "dir": folder}
    subprocess.run([SCRIPTS / f"{name}.sh", "stop", folder], check=False, capture_output=True, timeout=START_SECONDS)
    shutil.rmtree(folder, ignore_errors=True)
    return {"reason": done.stderr.strip()[-2000:] or f"exit {done.returncode}", "installed": done.returncode != NOT_INSTALLED}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def _locked(state: Path) -> Iterator[dict[str, Any]]:
    with state.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        known: dict[str, Any] = json.loads(state.read_text()) if state.exists() else {}
        try:
            yield known
        finally:
            state.write_text(json.dumps(known))
