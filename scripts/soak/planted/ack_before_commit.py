"""Bug: the door says "received" at once and commits the row a moment later, in the background."""

from __future__ import annotations

import threading
from contextlib import suppress
from datetime import UTC, datetime
from typing import BinaryIO
from uuid import uuid4

from api.intake.receiving import Intake
from ingest.errors import CodedError
from ingest.names import safe_name
from storage.model import FileRow, FileState, StepKind

LATER_S = 1.0


def plant() -> None:
    """Replace `Intake.receive`."""
    Intake.receive = _receive  # type: ignore[method-assign]


def _receive(self: Intake, batch_id: str, name: str, stream: BinaryIO, *, actor: str, expect_sha256: str = "") -> FileRow:
    sohoa = self._sohoa
    ref = self.keep(stream, expect_sha256=expect_sha256)
    told = FileRow(uuid4().hex, batch_id, safe_name(name), ref, FileState.RECEIVED, "", 0, "", "", {}, (), datetime.now(UTC))
    with sohoa.database.read() as uow:
        if known := uow.files.find(batch_id, ref.sha256, told.name):
            return known

    def commit() -> None:
        with suppress(CodedError), sohoa.database.transaction() as uow:
            if uow.files.add(told):
                uow.steps.add(StepKind.IDENTIFY, told.id, batch=uow.batches.get(batch_id), file_id=told.id)
                uow.ledger.append("file.received", told.id, actor, {"sha256": ref.sha256, "size": ref.size, "batch": batch_id})
        sohoa.wake_workers()

    threading.Timer(LATER_S, commit).start()
    return told
