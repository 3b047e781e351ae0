"""An export is written down before it leaves, is on disk when it returns, and says whose fault it is when it fails."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from api.records.export import ExportUnwritable, export
from storage.errors import StoreBusy
from storage.model import LedgerEntry
from storage.records.ledger import Ledger
from tests.world.door import Door, open_door, put_record


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    with open_door(tmp_path_factory.mktemp("export") / "data") as opened:
        yield opened


def exported(door: Door, paper_id: str) -> list[LedgerEntry]:
    with door.sohoa.database.read() as uow:
        return [entry for entry in uow.ledger.entries(subject=paper_id) if entry.event == "record.exported"]


def test_an_export_is_written_down_and_synced(door: Door, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    record, synced, real = put_record(door.sohoa), set[str](), os.fsync

    def fsync(handle: int) -> None:
        synced.add(Path(f"/proc/self/fd/{handle}").readlink().name)
        real(handle)

    monkeypatch.setattr(os, "fsync", fsync)
    result = export(door.sohoa, record.code, tmp_path / "out", actor="an", purpose="H55")
    assert {path.name for path in result.files} == {"original.bin", "sealed.pdf", "evidence.json", "manifest.json"}
    assert {f".{path.name}.part" for path in result.files} | {result.folder.name, "out"} <= synced
    assert [entry.details["purpose"] for entry in exported(door, record.paper_id)] == ["H55"]


def test_what_cannot_be_written_down_does_not_leave(door: Door, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    record = put_record(door.sohoa)

    def busy(*_: object) -> None:
        raise StoreBusy

    monkeypatch.setattr(Ledger, "append", busy)
    with pytest.raises(StoreBusy):
        export(door.sohoa, record.code, tmp_path / "out", actor="an")
    assert not (tmp_path / "out").exists()


def test_a_full_target_is_not_the_store_s_fault(door: Door, tmp_path: Path) -> None:
    record = put_record(door.sohoa)
    folder = tmp_path / "out" / record.code
    folder.mkdir(parents=True)
    (folder / f"..sealed.pdf.part.{os.getpid()}-{threading.get_ident()}.part").symlink_to("/dev/full")
    with pytest.raises(ExportUnwritable) as caught:
        export(door.sohoa, record.code, tmp_path / "out", actor="an")
    assert caught.value.params == {"path": str(folder), "why": "ENOSPC"}
    assert {path.name for path in folder.iterdir()} == {"original.bin"}
