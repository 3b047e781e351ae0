"""A sender is told that the disk is full, and not that the program is broken."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import BinaryIO

import pytest

from api.http import bodies
from tests.world.door import open_door


def test_a_spool_that_cannot_be_written_nor_closed_is_a_full_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(**_: object) -> BinaryIO:
        return Path("/dev/full").open("w+b")  # what is in its buffer fails a second time when it is closed

    monkeypatch.setattr(bodies.tempfile, "TemporaryFile", full)
    data = b"x" * 3000
    with open_door(tmp_path / "data") as door:
        clerk = door.client()
        batch = clerk.post("/v1/batches", json={}).json()["id"]
        answer = clerk.put(f"/v1/batches/{batch}/files/{hashlib.sha256(data).hexdigest()}?name=a.pdf", content=data)
    assert (answer.status_code, answer.json()["code"]) == (507, "storage.full")
