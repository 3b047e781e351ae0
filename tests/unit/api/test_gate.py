"""Intake says that it is enough, before a byte of the file is taken, and takes again what it already has."""

from __future__ import annotations

import hashlib
import io
import shutil
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import httpx
import pytest

from api.access.permissions import Role
from api.intake.quota_options import QuotaOptions
from api.intake.receiving import Intake
from api.refusals import QueueFull
from storage.model import FileRow, Priority, StepKind
from tests.contract import facts
from tests.world.door import Door, open_door

UNIT_FILES = 2


@pytest.fixture
def door(tmp_path: Path) -> Iterator[Door]:
    quota = QuotaOptions(unit_files_a_day=UNIT_FILES, waiting_steps=4, unit_waiting_steps=3)
    with open_door(tmp_path / "data", quota=quota) as opened:
        yield opened


def batch(door: Door, unit: str = "H00.DEMO", priority: str = "bulk") -> str:
    with door.sohoa.database.transaction() as uow:
        made = facts.batch(unit=unit, priority=Priority(priority), actor=unit, dossier="")
        uow.batches.add(made)
    return made.id


def put(door: Door, batch_id: str, data: bytes) -> httpx.Response:
    address = f"/v1/batches/{batch_id}/files/{hashlib.sha256(data).hexdigest()}"
    return door.client(Role.CLERK).put(f"{address}?name={len(data)}.pdf", content=data)


def receive(door: Door, batch_id: str, data: bytes) -> FileRow:
    return Intake(door.sohoa).receive(batch_id, "x.pdf", io.BytesIO(data), actor="an")


def test_a_unit_s_quota_is_told_and_does_not_bind_another(door: Door) -> None:
    mine, other = batch(door), batch(door, "H00.DEMO.2")
    assert [put(door, mine, b"x" * n).status_code for n in (1, 2)] == [201, 201]
    refused = put(door, mine, b"xxx")
    assert (refused.status_code, refused.json()["code"]) == (429, "api.quota_reached")
    assert refused.headers["Retry-After"] == "30"
    assert refused.json()["params"] == {"who": "H00.DEMO", "files": 2, "mib": 0}
    assert put(door, mine, b"x").status_code == 200, "what is there already is no new file"
    assert receive(door, other, b"x")


def test_a_full_queue_is_told_and_counter_work_still_comes_in(door: Door) -> None:
    for number in range(4):
        receive(door, batch(door, f"H00.{number}"), b"x")
    refused = put(door, batch(door), b"bulk")
    assert (refused.status_code, refused.json()["code"], refused.json()["retryable"]) == (503, "api.queue_full", True)
    assert put(door, batch(door, priority="counter"), b"counter").status_code == 201


def test_one_unit_alone_does_not_fill_the_queue(door: Door) -> None:
    one = batch(door, "H01")
    for number in range(3):
        with door.sohoa.database.transaction() as uow:
            file = facts.file_of(uow.batches.get(one), name=str(number))
            uow.files.add(file)
            uow.steps.add(StepKind.READ, facts.new_id(), batch=uow.batches.get(one), file_id=file.id)
    with pytest.raises(QueueFull) as caught:
        receive(door, one, b"x")
    assert caught.value.environment, "a hot folder keeps the file and tries again"
    assert put(door, batch(door), b"x").status_code == 201


def test_a_form_tells_it_of_each_file(door: Door) -> None:
    mine = batch(door)
    files = [("files", (f"{n}.pdf", b"y" * n)) for n in (1, 2, 3)]
    said = door.client(Role.CLERK).post(f"/v1/batches/{mine}/files", files=files)
    assert said.status_code == 201
    assert [(one["reason"] or {}).get("code") for one in said.json()] == [None, None, "api.quota_reached"]


def test_nothing_comes_in_when_the_disk_is_nearly_full(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    mine = batch(door)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: SimpleNamespace(free=255 * 1024**2))
    refused = put(door, mine, b"x")
    assert (refused.status_code, refused.json()["code"]) == (507, "storage.full")
    with door.sohoa.database.read() as uow:
        assert uow.files.of_batch(mine) == ()
