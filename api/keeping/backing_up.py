"""Use case: a backup of everything that is kept, while people work: the rows of one moment, then the objects they name.

A folder of backups has the objects of all of them once, under their hashes, so that each backup brings only what is new, and a
folder for each backup that appears whole, with its manifest, or not at all. Keys, settings and the trust folder are not in it.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import closing
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from api.keeping import disposal_papers
from api.wiring import Sohoa
from ingest.errors import FileUnreadable
from ingest.model import ObjectRef, Sha256
from storage import snapshot
from storage.backup_errors import BackupBroken, BackupMissing
from storage.errors import ObjectCorrupt, ObjectMissing, TargetUnwritable
from storage.fixity import examine
from storage.objects.folder import FolderStore
from storage.options import StoreOptions
from storage.preservation import Health, KeepingStore, Place
from storage.records.database import Database
from storage.records.unit_of_work import UnitOfWork

FORMAT = 1
MANIFEST, DATABASE, ROWS, OBJECTS = "manifest.json", "database.sqlite", "rows", "objects.jsonl.gz"
_PARTIAL = ".partial-"


@dataclass(frozen=True, slots=True)
class Manifest:
    """What one backup has."""

    name: str
    made_at: str
    """Aware ISO time of the moment the rows are of."""
    format: int
    revision: str
    """Version of the tables."""
    kind: str
    """`sqlite`: a database file made by SQLite's backup API; `rows`: all rows of one PostgreSQL snapshot, a file a table."""
    rows: dict[str, int]
    ledger_entries: int
    ledger_head: str
    objects: int
    object_bytes: int
    files: dict[str, str]
    """SHA-256 of each file beside the manifest."""
    lacking: tuple[str, ...] = ()
    """Objects that neither store could give when the backup was made."""


@dataclass(slots=True)
class Made:
    """What making a backup came to."""

    manifest: Manifest
    copied: int = 0
    copied_bytes: int = 0
    """Objects that the folder did not have yet."""
    lacking: list[str] = field(default_factory=list)


def back_up(sohoa: Sohoa, folder: Path) -> Made:
    """Add a backup to `folder`. What an earlier try left half done is swept away.

    Raises:
        TargetUnwritable: the folder cannot be written, or is full.
        StorageError: database or store do not answer.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        unfinished = list(folder.glob(f"{_PARTIAL}*"))
        for left in unfinished:
            shutil.rmtree(left, ignore_errors=True)
        with sohoa.database.transaction() as uow:
            uow.objects.enrol()
        now = datetime.now(UTC)
        name = now.strftime("%Y%m%dT%H%M%S.%fZ")
        partial = folder / f"{_PARTIAL}{name}"
        partial.mkdir()
        with closing(_rows_into(sohoa.database, partial)) as moment, moment.read() as uow:
            begun = _begun(name, now, moment, uow)
            made = _objects_into(sohoa, uow, _Target(folder, partial, careful=bool(unfinished)), begun)
        os.sync()  # once for all objects: the backup counts from its manifest on
        _finish(made, partial)
        partial.rename(folder / name)
        _forget_disposed(sohoa, folder, made.manifest)
    except OSError as error:
        raise TargetUnwritable(why=error.strerror or type(error).__name__) from error
    return made


def _forget_disposed(sohoa: Sohoa, folder: Path, manifest: Manifest) -> None:
    """What was destroyed by an approved disposal goes from the backups too; its certificate comes in."""
    disposal_papers.hand_on(sohoa.settings.data_dir, folder)
    gone = disposal_papers.destroyed(folder)
    if gone:
        store = FolderStore(folder, StoreOptions(synced=False))
        for sha256 in gone - {ref.sha256 for ref in objects_of(folder, manifest)}:
            store.set_aside(sha256)
            store.erase_aside(sha256)


def _rows_into(database: Database, partial: Path) -> Database:
    """Write the rows of one moment; returns a database that shows that moment."""
    if database.copy_file(partial / DATABASE):
        return Database(f"sqlite:///{partial / DATABASE}")
    with database.connection(writes=False) as connection:
        (partial / "revision").write_text(snapshot.revision(connection), encoding="ascii")
        snapshot.write(connection, partial / ROWS)
    return _rebuilt(partial, partial / "moment.tmp")


def _rebuilt(backup: Path, to: Path) -> Database:
    """Rows in files as an SQLite database of their version."""
    made = Database(f"sqlite:///{to}")
    with made.connection(writes=True) as connection:
        snapshot.make_tables(connection, (backup / "revision").read_text(encoding="ascii"))
        snapshot.read(backup / ROWS, connection)
    return made


def _begun(name: str, now: datetime, moment: Database, uow: UnitOfWork) -> Manifest:
    with moment.connection(writes=False) as connection:
        counted, revision = snapshot.counts(connection), snapshot.revision(connection)
    head = uow.ledger.head()
    return Manifest(name, now.isoformat(), FORMAT, revision, "", counted, head.entries, head.hash, 0, 0, {})


@dataclass(frozen=True, slots=True)
class _Target:
    """Where a backup goes."""

    folder: Path
    partial: Path
    careful: bool
    """An earlier try did not end: what it left may not have reached the disk, so its length proves nothing."""


def _objects_into(sohoa: Sohoa, uow: UnitOfWork, target: _Target, begun: Manifest) -> Made:
    made, store = Made(begun), FolderStore(target.folder, StoreOptions(synced=False))
    count = size = 0
    with gzip.open(target.partial / OBJECTS, "wt", encoding="ascii") as out:
        for ref in uow.objects.refs(Place.MAIN):
            out.write(json.dumps(asdict(ref)) + "\n")
            count, size = count + 1, size + ref.size
            if store.size(ref.sha256) == ref.size and not (target.careful and examine(store, ref) is not Health.GOOD):
                continue
            if _given(sohoa, ref, store):
                made.copied, made.copied_bytes = made.copied + 1, made.copied_bytes + ref.size
            else:
                made.lacking.append(ref.sha256)
    made.manifest = Manifest(
        **asdict(begun) | {"objects": count, "object_bytes": size, "lacking": tuple(made.lacking)},
    )
    return made


def _finish(made: Made, partial: Path) -> None:
    """The manifest, last of all."""
    for left in [*partial.glob("moment.tmp*"), *partial.glob(f"{DATABASE}-*")]:
        left.unlink()
    kind = "sqlite" if (partial / DATABASE).exists() else "rows"
    files = {str(path.relative_to(partial)): _hash(path) for path in sorted(partial.rglob("*")) if path.is_file()}
    made.manifest = Manifest(**asdict(made.manifest) | {"kind": kind, "files": files})
    (partial / MANIFEST).write_text(json.dumps(asdict(made.manifest), indent=1), encoding="utf-8")


def _given(sohoa: Sohoa, ref: ObjectRef, to: FolderStore) -> bool:
    """Whether one of the stores gave the good bytes."""
    stores: tuple[KeepingStore | None, ...] = (sohoa.objects, sohoa.replica)
    for store in stores:
        if store is not None:
            try:
                to.take(store, ref)
            except (ObjectMissing, ObjectCorrupt):
                continue
            return True
    return False


def _hash(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(1 << 20):
            digest.update(chunk)
    return digest.hexdigest()


def manifest_of(folder: Path, name: str = "") -> Manifest:
    """The manifest of one backup, the newest if not named. Raises BackupMissing, BackupBroken, FileUnreadable."""
    try:
        found = sorted(path.parent.name for path in folder.glob(f"*/{MANIFEST}") if not path.parent.name.startswith("."))
        chosen = name or (found[-1] if found else "")
        if not chosen or chosen not in found:
            raise BackupMissing(folder=str(folder))
        told = json.loads((folder / chosen / MANIFEST).read_text(encoding="utf-8"))
        return Manifest(**{**told, "lacking": tuple(told["lacking"])})
    except OSError as error:
        raise FileUnreadable from error
    except (ValueError, TypeError, KeyError) as error:
        raise BackupBroken(what=MANIFEST) from error


def check_files(folder: Path, manifest: Manifest) -> None:
    """Whether the files beside the manifest are those it was written with. Raises BackupBroken."""
    for name, expected in manifest.files.items():
        path = folder / manifest.name / name
        if not path.is_file() or _hash(path) != expected:
            raise BackupBroken(what=name)


def objects_of(folder: Path, manifest: Manifest) -> Iterator[ObjectRef]:
    """The objects of a backup."""
    with gzip.open(folder / manifest.name / OBJECTS, "rt", encoding="ascii") as lines:
        for line in lines:
            told = json.loads(line)
            yield ObjectRef(Sha256(told["sha256"]), told["size"], told["media_type"])


def database_of(folder: Path, manifest: Manifest, to: Path) -> Database:
    """The rows of a backup as an SQLite database at `to`, migrated to today's version. Raises BackupTooNew."""
    backup = folder / manifest.name
    if manifest.kind == "sqlite":
        shutil.copyfile(backup / DATABASE, to)
        made = Database(f"sqlite:///{to}")
        with made.connection(writes=True) as connection:
            snapshot.known(connection, manifest.revision)
        made.migrate()
        return made
    made = _rebuilt(backup, to)
    made.migrate()
    return made
