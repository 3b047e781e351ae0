"""Stored bytes are read again, kept twice and mended; objects and rows agree. Both databases, folder and living S3 store."""

from __future__ import annotations

import hashlib
import sqlite3
import zlib
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from minio import Minio
from sqlalchemy import Column

from api.intake.attention import AttentionDesk
from api.jobs import jobs
from api.keeping import fixity
from api.keeping.fixity_errors import ObjectLost, ObjectsLost
from api.keeping.reconciling import reconcile
from api.pipeline.engine import Pipeline
from api.wiring import Sohoa
from api.worker.schedule import Scheduler
from ingest.model import ObjectRef, Sha256
from storage.errors import StoreUnavailable
from storage.fixity import Pace, examine
from storage.model import StepKind
from storage.objects.names import key_of
from storage.preservation import Health, Place
from storage.records.columns import JsonText, UtcTime
from storage.records.naming import naming_columns
from tests.contract import facts
from tests.world.product import sohoa_in

NOTHING = timedelta(0)
TEXTS = [f"tờ {number}" for number in range(4)]


@pytest.fixture
def sohoa(database_url: str, store_url: str, tmp_path: Path) -> Iterator[Sohoa]:
    """The product on this database and store, its second copy in a folder."""
    with sohoa_in(
        tmp_path / "data", database_url=database_url, objects_url=store_url, replica_url=f"file://{tmp_path}/copy"
    ) as made:
        yield made


@pytest.fixture
def here(tmp_path: Path, sqlite_template: Path) -> Iterator[Sohoa]:
    """The product on one machine."""
    del sqlite_template
    with sohoa_in(tmp_path / "data", replica_url=f"file://{tmp_path}/copy") as made:
        yield made


def _papers(sohoa: Sohoa) -> list[ObjectRef]:
    """Papers whose original, pages and nothing else are stored."""
    refs = [sohoa.objects.put_bytes(text.encode(), "application/pdf") for text in TEXTS]
    batch = facts.batch()
    with sohoa.database.transaction() as uow:
        uow.batches.add(batch)
        for number, ref in enumerate(refs):
            file = facts.file_of(batch, name=f"{number}.pdf", object=ref)
            uow.files.add(file)
            uow.papers.add(facts.paper_of(file))
    return refs


def _spoil(url: str, sha256: str, data: bytes | None) -> None:
    """Other bytes under a name (None: gone), behind the store's back."""
    parts = urlsplit(url)
    if parts.scheme == "file":
        path = Path(parts.path) / key_of(sha256)
        path.unlink()
        if data is not None:
            path.write_bytes(data)
        return
    client = Minio(f"{parts.hostname}:{parts.port}", parts.username, parts.password, secure=False)
    bucket, _, prefix = parts.path.strip("/").partition("/")
    client.remove_object(bucket, f"{prefix}/{key_of(sha256)}")
    if data is not None:
        client.put_object(bucket, f"{prefix}/{key_of(sha256)}", BytesIO(data), len(data))


def _flipped(text: str) -> bytes:
    data = bytearray(text.encode())
    data[-1] ^= 1
    return bytes(data)


def _events(sohoa: Sohoa) -> list[tuple[str, str]]:
    with sohoa.database.read() as uow:
        return [(one.event, one.subject) for one in uow.ledger.entries() if one.event.startswith("object.")]


def test_a_flipped_bit_is_found_and_mended_from_the_second_store(sohoa: Sohoa, store_url: str, tmp_path: Path) -> None:
    refs = _papers(sohoa)
    assert fixity.replicate(sohoa).copied == len(refs)
    assert fixity.replicate(sohoa).copied == 0, "again is harmless"
    _spoil(store_url, refs[0].sha256, _flipped(TEXTS[0]))
    _spoil(store_url, refs[1].sha256, None)
    _spoil(f"file://{tmp_path}/copy", refs[2].sha256, _flipped(TEXTS[2]))
    done = fixity.run(sohoa, whole=True)
    assert (done.checked, done.repaired, done.lost) == (2 * len(refs), 3, 0)
    assert fixity.status(sohoa).ok
    for store in (sohoa.objects, sohoa.replica):
        assert store is not None
        assert [store.read_bytes(ref.sha256).decode() for ref in refs] == TEXTS
    assert {subject for event, subject in _events(sohoa) if event == fixity.REPAIRED} == {ref.sha256 for ref in refs[:3]}
    with sohoa.database.read() as uow:
        assert uow.ledger.verify().ok


def test_every_kind_of_object_is_read_again_and_mended(here: Sohoa, tmp_path: Path) -> None:
    kinds = {f"{table.name}.{prefix}": (table, prefix) for table, prefix in naming_columns()}
    refs = {name: here.objects.put_bytes(name.encode(), "text/plain") for name in [*kinds, "ledger"]}
    other = here.objects.put_bytes(b"what else a row must name", "text/plain")
    with closing(sqlite3.connect(tmp_path / "data" / "sohoa.db")) as rows:  # which minds no foreign keys
        for name, (table, prefix) in kinds.items():
            ref = refs[name]
            values = {column.name: _any_value(column, name, other) for column in table.c if not column.nullable}
            values |= {f"{prefix}_sha256": ref.sha256, f"{prefix}_size": ref.size, f"{prefix}_type": ref.media_type}
            marks = ", ".join("?" * len(values))
            rows.execute(f"INSERT INTO {table.name} ({', '.join(values)}) VALUES ({marks})", list(values.values()))
        rows.commit()
    with here.database.transaction() as uow:
        uow.ledger.append("file.signatures_verified", "x", "sohoa", {"report": refs["ledger"].sha256})
    reconcile(here)
    fixity.replicate(here)
    for url in (f"file://{tmp_path}/data/objects", f"file://{tmp_path}/copy"):
        for name, ref in refs.items():
            _spoil(url, ref.sha256, _flipped(name))
        fixity.run(here, whole=True)
        for store in (here.objects, here.replica):
            assert store is not None
            assert {name: store.read_bytes(ref.sha256).decode() for name, ref in refs.items()} == {name: name for name in refs}
    assert fixity.status(here).ok


def _any_value(column: Column[Any], text: str, other: ObjectRef) -> object:
    if column.name.endswith("_sha256"):
        return other.sha256
    if column.name.endswith("_size"):
        return other.size
    kind = column.type.python_type if not isinstance(column.type, UtcTime) else datetime
    if kind in {int, float, bool}:
        return zlib.crc32(text.encode()) if column.primary_key or column.unique else 0
    if kind is datetime:
        return "2026-01-01 00:00:00.000000"
    return "{}" if isinstance(column.type, JsonText) else f"{column.name} {text}"


def test_objects_and_rows_are_held_against_each_other(sohoa: Sohoa, store_url: str) -> None:
    refs = _papers(sohoa)
    fixity.replicate(sohoa)
    left = sohoa.objects.put_bytes(b"a crash left this behind", "text/plain")
    report = sohoa.objects.put_bytes(b"the ledger alone names this", "application/json")
    with sohoa.database.transaction() as uow:
        uow.ledger.append("file.signatures_verified", "x", "sohoa", {"report": report.sha256})
    _spoil(store_url, refs[3].sha256, None)
    young = reconcile(sohoa)
    assert (young.missing, young.repaired, young.unnamed, young.set_aside) == (1, 1, 1, 0)
    old = reconcile(sohoa, grace=-timedelta(days=1))
    assert (old.named, old.stored, old.missing, old.set_aside) == (len(refs) + 1, len(refs) + 2, 0, 1)
    assert sohoa.objects.size(left.sha256) is None
    assert sohoa.objects.read_bytes(report.sha256) == b"the ledger alone names this"
    with sohoa.database.transaction() as uow:
        batch = facts.batch()
        uow.batches.add(batch)
        uow.files.add(facts.file_of(batch, object=left))
    assert reconcile(sohoa, grace=NOTHING).brought_back == 1
    assert sohoa.objects.read_bytes(left.sha256) == b"a crash left this behind"
    assert fixity.status(sohoa).aside == 0


def test_without_a_good_copy_everybody_is_told(here: Sohoa, tmp_path: Path) -> None:
    refs = _papers(here)
    fixity.replicate(here)
    for folder in ("data/objects", "copy"):
        _spoil(f"file://{tmp_path}/{folder}", refs[0].sha256, _flipped(TEXTS[0]))
    with pytest.raises(ObjectsLost) as caught:
        Scheduler(here, jobs(here.settings)).run_now("fixity")
    assert caught.value.params == {"count": 1}
    pipeline = Pipeline(here)
    pipeline.work(frozenset({StepKind.RECOVER}))
    (line,) = AttentionDesk(here).lines()
    assert (line.kind, line.error_code, line.error_params) == (StepKind.RECOVER, ObjectLost.code, {"sha256": refs[0].sha256})
    here.objects.store_again(_backup(tmp_path, TEXTS[0]), "application/pdf")
    AttentionDesk(here).retry(line.step_id, actor="admin")
    pipeline.work(frozenset({StepKind.RECOVER}))
    pipeline.close()
    assert AttentionDesk(here).lines() == ()
    assert fixity.status(here).ok
    assert [event for event, _ in _events(here)].count(fixity.LOST) == 1, "told once"
    assert here.replica is not None
    assert here.replica.read_bytes(refs[0].sha256).decode() == TEXTS[0], "the second copy is mended on the way"


def _backup(folder: Path, text: str) -> Path:
    path = folder / "from-backup"
    path.write_text(text)
    return path


def test_a_run_reads_a_share_and_the_next_goes_on(here: Sohoa) -> None:
    _papers(here)
    tired = Pace(0, -1)
    assert fixity.run(here, pace=tired).checked == 0
    assert fixity.run(here).checked == len(TEXTS), "what was never read is read first"
    assert fixity.run(here).checked == 0, "and then left in peace"


def test_the_speed_limit_is_kept() -> None:
    waited: list[float] = []
    pace = Pace(1000, 60, wait=waited.append)
    pace.took(500)
    assert waited[-1] == pytest.approx(0.5, abs=0.05)


def test_a_store_that_does_not_answer_says_nothing_about_its_objects(here: Sohoa, monkeypatch: pytest.MonkeyPatch) -> None:
    refs = _papers(here)

    def away(*_: object) -> None:
        raise StoreUnavailable(what="objects")

    monkeypatch.setattr(type(here.objects), "open_range", away)
    with pytest.raises(StoreUnavailable):
        fixity.run(here)
    monkeypatch.undo()
    with here.database.read() as uow:
        assert {uow.objects.get(Place.MAIN, ref.sha256).health for ref in refs} == {Health.UNCHECKED}  # type: ignore[union-attr]


def test_length_counts_too(here: Sohoa) -> None:
    ref = here.objects.put_bytes(b"x", "text/plain")
    longer = ObjectRef(ref.sha256, 2, ref.media_type)
    gone = ObjectRef(Sha256(hashlib.sha256(b"never").hexdigest()), 5, "text/plain")
    assert [examine(here.objects, one) for one in (ref, longer, gone)] == [Health.GOOD, Health.CORRUPT, Health.MISSING]
