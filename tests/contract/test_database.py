"""Transactions: all or nothing, one snapshot, errors of ours; tables made by many starters at once."""

from __future__ import annotations

import multiprocessing
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, text

from storage.errors import BadStoreUrl, Conflict, NotFound, StorageError, StoreBusy, StoreFull, StoreUnavailable
from storage.migrations.newest import newest, up_to_date
from storage.migrations.upgrade import config
from storage.options import DatabaseOptions
from storage.records.database import Database
from storage.records.tables import metadata
from tests.contract import facts

KINDS = pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
_MIGRATE = "import sys; from storage.records.database import Database; Database(sys.argv[1]).migrate()"


def test_an_exception_undoes_everything(database: Database) -> None:
    batch = facts.batch()
    with pytest.raises(ZeroDivisionError), database.transaction() as unit:  # noqa: PT012 - fails after work
        unit.batches.add(batch)
        raise ZeroDivisionError
    with database.read() as unit, pytest.raises(NotFound):
        unit.batches.get(batch.id)


def test_a_reader_sees_one_moment(database: Database) -> None:
    with database.read() as reader:
        assert reader.batches.latest() == ()
        with database.transaction() as unit:
            unit.batches.add(facts.batch())
        assert reader.batches.latest() == ()
    with database.read() as reader:
        assert len(reader.batches.latest()) == 1


def test_nothing_written_while_reading_is_kept(database: Database) -> None:
    try:
        with database.read() as unit:
            unit.batches.add(facts.batch())
    except StorageError:
        pass  # PostgreSQL refuses at once; SQLite forgets
    with database.read() as unit:
        assert unit.batches.latest() == ()


def test_a_rule_broken_is_a_conflict_and_undoes_everything(database: Database) -> None:
    first, second = facts.batch(), facts.batch()
    with database.transaction() as unit:
        unit.batches.add(first)
    with pytest.raises(Conflict), database.transaction() as unit:  # noqa: PT012 - fails after work
        unit.batches.add(second)
        unit.batches.add(first)
    with database.read() as unit:
        assert unit.batches.latest() == (first,)


def test_rows_cannot_point_at_nothing(database: Database) -> None:
    with pytest.raises(Conflict), database.transaction() as unit:
        unit.files.add(facts.file_of(facts.batch()))


@KINDS
def test_many_starters_make_the_tables_once(empty_url: str) -> None:
    starters = [subprocess.Popen([sys.executable, "-c", _MIGRATE, empty_url], stderr=subprocess.PIPE) for _ in range(3)]
    told = [starter.communicate(timeout=120)[1].decode() for starter in starters]
    assert [starter.returncode for starter in starters] == [0, 0, 0], told
    database = Database(empty_url)
    with database.transaction() as unit:
        unit.ledger.append("x.y", "z", "a")
    database.close()


@KINDS
def test_the_migrations_make_the_tables_the_code_uses(empty_url: str) -> None:
    database = Database(empty_url)
    threads = [threading.Thread(target=database.migrate) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    database.close()
    engine = create_engine(empty_url.replace("postgresql://", "postgresql+psycopg://"))
    with engine.connect() as connection:
        options = {
            "include_name": lambda name, kind, _: kind != "table" or not str(name).startswith("search_terms"),
            "compare_type": True,
        }
        differences = compare_metadata(MigrationContext.configure(connection, opts=options), metadata)
    engine.dispose()
    assert differences == []


def test_tables_are_up_to_date_at_the_newest_revision_alone(tmp_path: Path) -> None:
    """Nearly every start finds them so and then loads no Alembic."""
    database = Database(f"sqlite:///{tmp_path}/a.db")
    with database.connection(writes=False) as connection:
        assert not up_to_date(connection)
    database.migrate()
    with database.connection(writes=False) as connection:
        assert newest() == ScriptDirectory.from_config(config(connection)).get_current_head()
        assert up_to_date(connection)
    for other in ("0016", "9999"):
        with database.connection(writes=True) as connection:
            connection.exec_driver_sql(f"UPDATE alembic_version SET version_num = '{other}'")
            assert not up_to_date(connection)
    database.close()


def test_sqlite_syncs_every_commit_and_keeps_its_rules(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/a.db")
    database.migrate()
    with database._engine.connect() as connection:
        found = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys")
        }
    database.close()
    assert found == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}


def test_a_full_disk_is_told_and_nothing_is_half_written(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/a.db", options=DatabaseOptions(connections=1, extra_connections=0))
    database.migrate()
    with database._engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(StoreFull), database.transaction() as unit:  # noqa: PT012 - some page is the last
        for _ in range(1000):
            unit.batches.add(facts.batch())
    with database.read() as unit:
        assert unit.batches.latest() == ()
    database.close()


def test_a_writer_that_stays_too_long_makes_others_busy(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/a.db"
    first, second = (Database(url, options=DatabaseOptions(busy_seconds=0.05)) for _ in range(2))
    first.migrate()
    with first.transaction() as unit:
        unit.batches.add(facts.batch())
        with pytest.raises(StoreBusy), second.transaction():
            pytest.fail("two writers at once")
        with pytest.raises(StoreBusy), first.transaction():
            pytest.fail("two writers at once")
    with second.transaction() as unit:
        assert len(unit.batches.latest()) == 1


@pytest.mark.parametrize("url", ["", "mysql://x/y", "nonsense", "sqlite://"])
def test_an_address_that_makes_no_sense_is_said(url: str) -> None:
    with pytest.raises(BadStoreUrl):
        Database(url)


def test_a_database_that_is_not_there_is_unavailable(tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    (tmp_path / "a.db").write_bytes(b"this is no database, whatever its name says" * 50)
    for url in (f"postgresql://u:secret@127.0.0.1:{port}/x", f"sqlite:///{tmp_path}/a.db", f"sqlite:///{tmp_path}"):
        with pytest.raises(StoreUnavailable) as caught:
            Database(url).migrate()
        assert "secret" not in str(caught.value)


def test_a_wrong_password_is_unavailable(postgres_url: str) -> None:
    with pytest.raises(StoreUnavailable), Database(postgres_url.replace("sohoa:sohoa@", "sohoa:wrong@")).read() as unit:
        unit.records.count()


def test_a_lost_connection_is_unavailable_and_the_next_use_works(database: Database, database_url: str) -> None:
    if database_url.startswith("sqlite"):
        return  # there is no connection to lose
    killer = create_engine(database_url.replace("postgresql://", "postgresql+psycopg://"))
    with pytest.raises(StoreUnavailable), database.transaction() as unit:  # noqa: PT012 - fails after work
        unit.batches.add(facts.batch())
        with killer.connect() as connection:
            connection.execute(
                text(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE pid <> pg_backend_pid() AND datname = current_database()"
                )
            )
        unit.batches.latest()
    killer.dispose()
    with database.read() as unit:
        assert unit.batches.latest() == ()


def _count_in_child(database: Database, answer: multiprocessing.queues.Queue[int]) -> None:
    with database.transaction() as unit:
        answer.put(len(unit.batches.latest()))


def test_a_forked_child_uses_connections_of_its_own(timed_database: Database) -> None:
    with timed_database.transaction() as unit:
        unit.batches.add(facts.batch())
    context = multiprocessing.get_context("fork")
    answer: multiprocessing.queues.Queue[int] = context.Queue()
    child = context.Process(target=_count_in_child, args=(timed_database, answer))
    child.start()  # with an idle connection in the pool
    assert answer.get(timeout=30) == 1
    child.join(30)
    with timed_database.read() as unit:
        assert len(unit.batches.latest()) == 1
