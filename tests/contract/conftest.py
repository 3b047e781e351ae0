"""Every port on its embedded and its real adapter: `database` is SQLite and PostgreSQL, `store` a folder and a living S3."""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ingest.ports import ObjectStore
from storage.ledger import GENESIS
from storage.objects import open_store
from storage.options import StoreOptions
from storage.records.database import Database
from storage.records.tables import metadata
from tests.world.fresh import administer, beside, bucket_on, database_on
from tests.world.servers import postgres_url, s3_url  # noqa: F401 - fixtures


class HandClock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def forward(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture(scope="session")
def postgres_database(request: pytest.FixtureRequest) -> str:
    """The URL of a database with the tables in it, for this test process alone."""
    server = request.getfixturevalue("postgres_url")
    name = f"contract_{uuid.uuid4().hex}"
    administer(server, f"CREATE DATABASE {name}")
    database = Database(beside(server, name))
    database.migrate()
    database.close()
    return beside(server, name)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database file with the tables in it, to be copied."""
    path = tmp_path_factory.mktemp("template") / "sohoa.db"
    database = Database(f"sqlite:///{path}")
    database.migrate()
    database.close()
    return path


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a database with all tables and nothing in them."""
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("sqlite_template"), tmp_path / "sohoa.db")
        return f"sqlite:///{tmp_path}/sohoa.db"
    url = str(request.getfixturevalue("postgres_database"))
    # a new database for each test would take a second each
    emptied = "; ".join(f'DELETE FROM "{name}"' for name in ("search_terms", *(t.name for t in reversed(metadata.sorted_tables))))
    administer(url, f"{emptied}; INSERT INTO ledger_head (id, entries, hash) VALUES (1, 0, '{GENESIS}')")
    return url


@pytest.fixture
def empty_url(request: pytest.FixtureRequest, tmp_path: Path, kind: str) -> Iterator[str]:
    """The URL of a database without any table; `kind` is a parameter of the test."""
    if kind == "sqlite":
        yield f"sqlite:///{tmp_path}/new/sohoa.db"
        return
    server = request.getfixturevalue("postgres_url")
    with database_on(server) as url:
        yield url


@pytest.fixture
def database(database_url: str, clock: HandClock) -> Iterator[Database]:
    """A fresh database whose time stands still."""
    opened = Database(database_url, clock=clock)
    yield opened
    opened.close()


@pytest.fixture
def timed_database(database_url: str) -> Iterator[Database]:
    """A fresh database with real time."""
    opened = Database(database_url)
    yield opened
    opened.close()


@pytest.fixture(params=["folder", "s3"])
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty store."""
    if request.param == "folder":
        return f"file://{tmp_path}/objects-of-test"
    return bucket_on(str(request.getfixturevalue("s3_url")))


@pytest.fixture
def store(store_url: str) -> ObjectStore:
    """An empty store; objects above 5 MiB go to S3 in parts."""
    return open_store(store_url, options=StoreOptions(part_bytes=5 * 1024**2, chunk_bytes=64 * 1024))
