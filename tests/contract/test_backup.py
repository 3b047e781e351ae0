"""Backups: made while running, restored on both databases, proven, harmless when killed; old versions migrate with their data."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory

from api.keeping import backing_up
from api.keeping.backing_up import back_up
from api.keeping.restoring import drill, restore
from api.wiring import Sohoa
from ingest.model import ObjectRef, Sha256
from ingest.ports import ObjectStore
from scripts.drill import seed
from storage import snapshot
from storage.backup_errors import BackupBroken, BackupMissing, BackupTooNew, RestoreRefused
from storage.errors import StoreUnavailable
from storage.finding import SearchQuery
from storage.ledger import GENESIS
from storage.migrations.upgrade import config
from storage.objects.folder import FolderStore
from storage.objects.names import key_of
from storage.options import StoreOptions
from storage.records.database import Database
from tests.contract.old_versions import fill
from tests.world.product import sohoa_in

WORDS = SearchQuery(words="khôi phục hồ sơ 17")


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Sohoa]:
    """The product on one machine with a few records."""
    with sohoa_in(tmp_path / "data") as made:
        seed(made, 3, signed=1)
        yield made


@pytest.mark.parametrize(("kind", "records"), [("sqlite", 30), ("postgresql", 20)])
def test_a_backup_is_restored_and_proven(empty_url: str, records: int, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    with sohoa_in(tmp_path / "data", database_url=empty_url) as made:
        sohoa = replace(made, objects=FolderStore(tmp_path / "data" / "objects", StoreOptions(synced=False)))
        seed(sohoa, records, signed=2)
        told = back_up(sohoa, folder)
        assert (told.copied, told.manifest.objects, told.manifest.rows["records"]) == (3 * records, 3 * records, records)
        proof = drill(sohoa, folder)
        assert (proof.ok, proof.objects, proof.signatures, proof.signatures_passed) == (True, 3 * records, 2, 2)
        with pytest.raises(RestoreRefused):
            restore(sohoa, folder)
        before = _everything(sohoa)
        _take_out(sohoa)
        assert restore(sohoa, folder).ok
        assert _everything(sohoa) == before
        _goes_on(sohoa)
    with sohoa_in(tmp_path / "other") as made:  # from PostgreSQL into SQLite, too
        empty = replace(made, objects=FolderStore(tmp_path / "other" / "objects", StoreOptions(synced=False)))
        assert restore(empty, folder).ok
        _goes_on(empty)


def _everything(sohoa: Sohoa) -> dict[str, list[snapshot.Row]]:
    with sohoa.database.connection(writes=False) as connection:
        found = [one for one in snapshot.tables(connection) if not one.name.startswith("search_")]
        return {one.name: list(snapshot.rows(connection, one)) for one in found}


def _take_out(sohoa: Sohoa) -> None:
    with sohoa.database.connection(writes=True) as connection:
        snapshot._empty(connection)
        head = next(one for one in snapshot.tables(connection) if one.name == "ledger_head")
        connection.execute(head.insert().values(id=1, entries=0, hash=GENESIS))


def _goes_on(sohoa: Sohoa) -> None:
    """What was restored can be searched and worked on; numbers go on behind the restored ones."""
    seed(sohoa, 0, signed=0)
    with sohoa.database.transaction() as uow:
        assert uow.search.find(WORDS).total == 1
        uow.ledger.append("x.y", "z", "somebody")
    with sohoa.database.read() as uow:
        assert uow.ledger.verify().ok


def test_the_next_backup_brings_only_what_is_new(small: Sohoa, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    first = back_up(small, folder)
    assert back_up(small, folder).copied == 0
    assert len(list(folder.glob("2*"))) == 2
    assert drill(small, folder, first.manifest.name).ok


def test_killed_in_the_middle_it_begins_anew(small: Sohoa, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "backups"
    take, done = FolderStore.take, list[str]()

    def dying(store: FolderStore, source: ObjectStore, ref: ObjectRef) -> None:
        if len(done) == 4:
            raise KeyboardInterrupt
        take(store, source, ref)
        done.append(ref.sha256)

    monkeypatch.setattr(FolderStore, "take", dying)
    with pytest.raises(KeyboardInterrupt):
        back_up(small, folder)
    monkeypatch.undo()
    with pytest.raises(BackupMissing):
        drill(small, folder)
    _other_bytes(folder / key_of(done[0]))  # what had not reached the disk when the power went
    assert back_up(small, folder).copied == 9 - 4 + 1
    assert list(folder.glob(".partial*")) == []
    assert drill(small, folder).ok
    with sohoa_in(tmp_path / "new") as empty:
        monkeypatch.setattr(snapshot, "pour", _die)
        with pytest.raises(StoreUnavailable):
            restore(empty, folder)
        monkeypatch.undo()
        _other_bytes(tmp_path / "new" / "objects" / key_of(done[1]))
        assert restore(empty, folder).ok, "the same command goes on"


def _die(*_: object) -> None:
    raise StoreUnavailable(what="database")


def _other_bytes(path: Path) -> None:
    size = path.stat().st_size
    path.unlink()
    path.write_bytes(bytes(size))


def test_a_drill_tells_what_is_not_as_it_was(small: Sohoa, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    manifest = back_up(small, folder).manifest
    spoilt = next(ref for ref in backing_up.objects_of(folder, manifest) if ref.media_type == "application/json")
    _other_bytes(folder / key_of(spoilt.sha256))
    proof = drill(small, folder)
    assert (proof.ok, proof.bad_objects) == (False, (spoilt.sha256,))
    (folder / manifest.name / backing_up.OBJECTS).write_bytes(b"")
    with pytest.raises(BackupBroken):
        drill(small, folder)


def test_what_no_store_can_give_is_told(small: Sohoa, tmp_path: Path) -> None:
    gone = Sha256(next(one.sha256 for one in small.objects.names()))
    (tmp_path / "data/objects" / key_of(gone)).unlink()
    made = back_up(small, tmp_path / "backups")
    assert made.lacking == [gone]
    assert not drill(small, tmp_path / "backups").ok


def test_a_backup_of_a_newer_version_is_refused(small: Sohoa, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    name = back_up(small, folder).manifest.name
    path = folder / name / backing_up.MANIFEST
    path.write_text(json.dumps(json.loads(path.read_text()) | {"revision": "9999"}))
    with pytest.raises(BackupTooNew):
        drill(small, folder)


def _revisions() -> list[str]:
    found = ScriptDirectory.from_config(config(None)).walk_revisions()  # type: ignore[arg-type]
    return [one.revision for one in reversed(list(found))]


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_every_version_migrates_with_its_data(empty_url: str, tmp_path: Path) -> None:
    """Version by version: rows as today, reduced to the columns of that version, are there before the next step."""
    with sohoa_in(tmp_path / "data") as today:
        seed(today, 3, signed=1)
        database, filled = Database(empty_url), set[str]()
        for revision in _revisions():
            with database.connection(writes=True) as connection, today.database.connection(writes=False) as source:
                snapshot.make_tables(connection, revision)
                filled |= fill(source, connection, filled)
        assert {"batches", "files", "papers", "records", "ledger", "seals", "tokens", "steps"} <= filled
    database.migrate()
    with database.transaction() as uow:
        assert uow.ledger.verify().ok
        assert uow.records.get("DRILL-000002").number == "2/TB"
        assert len(uow.batches.latest()) == 1
        assert len(uow.seals.sample(9)) == 1
        uow.ledger.append("x.y", "z", "somebody")
    database.close()
