"""Use case: a backup is put back into an empty place, or into a temporary one to prove that it could be (the drill).

The objects come first, each verified, then all rows in one transaction: whatever kills it in between leaves an empty database
and objects that the next try finds there already.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

from api.audit import anchoring
from api.finding.indexing import catch_up
from api.keeping import backing_up, disposal_papers, disposing
from api.keeping.backing_up import Manifest
from api.wiring import Sohoa
from ingest.errors import CodedError
from signing.model import Indication
from signing.verify import verify
from storage import snapshot
from storage.backup_errors import RestoreRefused
from storage.errors import ObjectCorrupt, ObjectMissing
from storage.fixity import examine
from storage.objects.folder import FolderStore
from storage.options import StoreOptions
from storage.preservation import Health, KeepingStore, Place
from storage.records.database import Database

SAMPLE = 20
"""Signed objects that a drill verifies."""


@dataclass(frozen=True, slots=True)
class Proof:
    """What was put back, and what was found there."""

    manifest: Manifest
    objects: int
    """Found whole in the new place."""
    bad_objects: tuple[str, ...]
    """Missing or damaged there."""
    unnamed: int
    """Named by a row and not among the objects of the backup."""
    rows_right: bool
    """Every table has as many rows as when the backup was made (tables that are newer than the backup aside)."""
    ledger_right: bool
    """The chain is whole and ends where it ended; every anchor holds."""
    signatures: int
    """Signed objects verified."""
    signatures_passed: int
    """Those that pass with the trust list at hand, which no backup brings."""
    bad_signatures: tuple[str, ...]
    """Signed objects whose signatures are not intact."""

    @property
    def ok(self) -> bool:
        """Everything could be put back and is what it was."""
        return (
            not (self.bad_objects or self.unnamed or self.bad_signatures or self.manifest.lacking)
            and self.rows_right
            and self.ledger_right
        )


def drill(sohoa: Sohoa, folder: Path, name: str = "", sample: int = SAMPLE) -> Proof:
    """Restore into a temporary place and prove what is there; nothing of the running product is touched.

    Raises:
        BackupMissing, BackupBroken, BackupTooNew: the backup cannot be used.
    """
    manifest = backing_up.manifest_of(folder, name)
    backing_up.check_files(folder, manifest)
    with _database(sohoa, folder, manifest) as (database, place):
        store = FolderStore(place / "store", StoreOptions(synced=False))
        _objects(folder, manifest, store, place)
        return _proof(replace(sohoa, database=database, objects=store, replica=None), folder, manifest, sample, place)


def restore(sohoa: Sohoa, folder: Path, name: str = "") -> Proof:
    """Restore into the database and store of the settings, which must be empty, and prove what is there.

    Raises:
        RestoreRefused: there is data in the database.
        BackupMissing, BackupBroken, BackupTooNew: the backup cannot be used; nothing was changed.
        StorageError: database or store do not answer; the same command goes on.
    """
    manifest = backing_up.manifest_of(folder, name)
    backing_up.check_files(folder, manifest)
    with sohoa.database.read() as uow:
        if uow.ledger.head().entries or uow.batches.latest(1):
            raise RestoreRefused
    with _database(sohoa, folder, manifest) as (database, place):
        objects = sohoa.objects
        _objects(folder, manifest, objects.unsynced() if isinstance(objects, FolderStore) else objects, place)
        os.sync()  # once for all objects: they count from their rows on
        with database.connection(writes=False) as source, sohoa.database.connection(writes=True) as target:
            snapshot.pour(source, target)
        proof = _proof(sohoa, folder, manifest, SAMPLE, place)
    disposing.reapply(sohoa, folder)
    catch_up(sohoa)
    return proof


@contextmanager
def _database(sohoa: Sohoa, folder: Path, manifest: Manifest) -> Iterator[tuple[Database, Path]]:
    with tempfile.TemporaryDirectory(dir=sohoa.settings.data_dir / "tmp", prefix="restore-") as name:
        place = Path(name)
        with closing(backing_up.database_of(folder, manifest, place / "restored.db")) as database:
            yield database, place


def _objects(folder: Path, manifest: Manifest, store: KeepingStore, place: Path) -> None:
    """Every object of the backup into the store; what the backup itself has lost is found by the proof."""
    kept = FolderStore(folder, StoreOptions())
    for ref in backing_up.objects_of(folder, manifest):
        # There already from a try that was cut off, which may not have reached the disk.
        if store.size(ref.sha256) == ref.size and examine(store, ref) is Health.GOOD:
            continue
        with suppress(ObjectMissing, ObjectCorrupt):
            if isinstance(store, FolderStore):
                store.take(kept, ref)
            else:
                kept.fetch(ref.sha256, place / "object")
                store.put_file(place / "object", ref.media_type)


def _proof(sohoa: Sohoa, folder: Path, manifest: Manifest, sample: int, place: Path) -> Proof:
    good, bad, names, gone = 0, [], set[str](), disposal_papers.destroyed(folder)
    for ref in backing_up.objects_of(folder, manifest):
        names.add(ref.sha256)
        if examine(sohoa.objects, ref) is Health.GOOD:
            good += 1
        elif ref.sha256 not in gone:
            bad.append(ref.sha256)
    with sohoa.database.transaction() as uow:
        uow.objects.enrol()
    with sohoa.database.read() as uow:
        unnamed = sum(name not in names for name, _ in uow.objects.names(Place.MAIN))
        head = uow.ledger.head()
    with sohoa.database.connection(writes=False) as connection:
        counted = snapshot.counts(connection)
    report = anchoring.verify(sohoa)
    signatures, passed, broken = _signatures(sohoa, sample, place)
    return Proof(
        manifest=manifest,
        objects=good,
        bad_objects=tuple(bad),
        unnamed=unnamed,
        rows_right=all(counted.get(table) == count for table, count in manifest.rows.items()),
        ledger_right=report.ok and (head.entries, head.hash) == (manifest.ledger_entries, manifest.ledger_head),
        signatures=signatures,
        signatures_passed=passed,
        bad_signatures=broken,
    )


def _signatures(sohoa: Sohoa, sample: int, place: Path) -> tuple[int, int, tuple[str, ...]]:
    """A sample of signed objects, spread over all; broken ones are named."""
    with sohoa.database.read() as uow:
        chosen = uow.seals.sample(sample)
    trust, bad, passed = sohoa.signatories.trust(), [], 0
    for row in chosen:
        try:
            sohoa.objects.fetch(row.object.sha256, place / "sealed.pdf")
            verdict = verify(place / "sealed.pdf", trust)
            broken = not verdict.signatures or not all(one.intact for one in verdict.signatures)
            passed += verdict.indication is Indication.PASSED
        except CodedError:
            broken = True
        if broken:
            bad.append(row.object.sha256)
    return len(chosen), passed, tuple(bad)
