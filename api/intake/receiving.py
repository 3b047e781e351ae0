"""Use case: a batch is opened and files are received. Durable before acknowledged (design §3.1).

The bytes are in the object store and their row is committed before `receive` returns. Sending a file again, to the same batch
under the same name, changes nothing and returns the first receipt.
"""

from __future__ import annotations

import errno
import hashlib
import os
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO
from uuid import uuid4

from api.dossiers.errors import DossierClosed, DossierUnopened
from api.intake.gate import admit
from api.refusals import EmptyFile, FileTooLarge, HashMismatch
from api.wiring import Sohoa
from ingest.model import ObjectRef
from ingest.names import safe_name
from ocr.fields.dossier import check_owner_id, parse_dossier_code
from signing.report import VIETNAM
from storage.dossiers import DossierState
from storage.errors import StoreFull
from storage.model import Batch, FileRow, FileState, Priority, StepKind
from storage.procedures import procedure_on
from storage.records.unit_of_work import UnitOfWork

CHUNK_BYTES = 1024 * 1024
UNIDENTIFIED = "application/octet-stream"
NO_SPACE = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


@dataclass(frozen=True, slots=True)
class Spooled:
    """An upload on local disk, hashed while it arrived."""

    path: Path
    sha256: str
    size: int


class Intake:
    """Takes batches and files in."""

    def __init__(self, sohoa: Sohoa) -> None:
        self._sohoa = sohoa

    def create_batch(
        self,
        *,
        actor: str,
        unit: str = "",
        dossier: str = "",
        owner: str = "",
        component: str = "",
        priority: Priority = Priority.COUNTER,
        automatic: bool | None = None,
        hold: bool = False,
        batch_id: str = "",
    ) -> Batch:
        """Open a batch. Raises BadDossierCode or BadOwnerId when a code is given that cannot be one.

        With `batch_id` the batch gets this id, and one that is there already is returned as it is.
        DossierUnopened for a component that the dossier does not have, or no such dossier where one must exist; DossierClosed.
        """
        settings = self._sohoa.settings
        batch = Batch(
            id=batch_id or uuid4().hex,
            unit=unit or settings.unit,
            actor=actor,
            dossier=parse_dossier_code(dossier).text if dossier else "",
            owner=check_owner_id(owner).text if owner else "",
            priority=priority,
            automatic=settings.review.automatic if automatic is None else automatic,
            created_at=datetime.now(UTC),
            hold=hold,
            component=component.strip(),
        )
        with self._sohoa.database.transaction() as uow:
            if batch_id and (known := uow.batches.find(batch_id)) is not None:
                return known
            batch = self._for_dossier(uow, batch)
            uow.batches.add(batch)
            details: dict[str, object] = {"unit": batch.unit, "dossier": batch.dossier, "automatic": batch.automatic}
            uow.ledger.append("batch.created", batch.id, actor, details)
        return batch

    def _for_dossier(self, uow: UnitOfWork, batch: Batch) -> Batch:
        """The batch with what its dossier knows: its owner, where the component must be the owner's own and nobody said who."""
        found = uow.dossiers.find(batch.dossier) if batch.dossier else None
        if found is not None and found.unit != batch.unit:
            found = None
        needed = bool(batch.component) or (bool(batch.dossier) and self._sohoa.settings.dossiers.must_exist)
        parts = {part.code for part in uow.dossiers.components(batch.dossier)} if found else set()
        if needed and (found is None or (batch.component and batch.component not in parts)):
            raise DossierUnopened(dossier=batch.dossier, component=batch.component)
        if found is None:
            return batch
        refuse_halted(uow, batch)
        asked = procedure_on(
            found.procedure, found.received_at.astimezone(VIETNAM).date(), self._sohoa.settings.dossiers.procedures_file
        )
        kind = asked.component(batch.component) if asked else None
        own = kind is not None and kind.whose == "owner"
        return replace(batch, owner=batch.owner or (found.owner.id if own else ""))

    def receive(self, batch_id: str, name: str, stream: BinaryIO, *, actor: str, expect_sha256: str = "") -> FileRow:
        """Take one file into the batch and return its receipt.

        Raises EmptyFile, FileTooLarge, HashMismatch, DossierClosed, QueueFull, QuotaReached (nothing is kept), NotFound (no
        such batch), StoreFull, StoreUnavailable.
        """
        with self._sohoa.database.read() as uow:
            batch = uow.batches.get(batch_id)
            if not (expect_sha256 and uow.files.find(batch_id, expect_sha256.lower(), safe_name(name))):
                admit(self._sohoa, uow, batch)
        ref = self.keep(stream, expect_sha256=expect_sha256)
        with self._sohoa.database.transaction() as uow:
            batch = uow.batches.get(batch_id)
            refuse_halted(uow, batch)
            row = add_file(uow, batch, safe_name(name), ref, actor=actor)
        self._sohoa.wake_workers()
        return row

    def keep(self, stream: BinaryIO, *, expect_sha256: str = "") -> ObjectRef:
        """Make the bytes of `stream` durable without telling anybody yet; raises as `receive` does."""
        try:
            with tempfile.TemporaryDirectory(dir=self._sohoa.settings.data_dir / "tmp") as folder:
                spooled = self._spool(stream, Path(folder) / "upload")
                if expect_sha256 and expect_sha256.lower() != spooled.sha256:
                    raise HashMismatch
                return self._sohoa.objects.put_file(spooled.path, UNIDENTIFIED)
        except OSError as error:
            if error.errno in NO_SPACE:
                raise StoreFull from error
            raise

    def _spool(self, stream: BinaryIO, path: Path) -> Spooled:
        spooled = spool(stream, path, self._sohoa.settings.intake.max_file_bytes, self._too_large)
        if not spooled.size:
            raise EmptyFile
        return spooled

    def _too_large(self) -> Exception:
        return FileTooLarge(limit_mib=self._sohoa.settings.intake.max_file_bytes // 1024**2)


def refuse_halted(uow: UnitOfWork, batch: Batch) -> None:
    """Nothing if papers may still come for the dossier of the batch; raises DossierClosed."""
    found = uow.dossiers.find(batch.dossier) if batch.dossier else None
    if found is not None and found.unit == batch.unit and found.state in {DossierState.STOPPED, DossierState.REFUSED}:
        raise DossierClosed(dossier=found.code)


def spool(stream: BinaryIO, path: Path, limit: int, too_large: Callable[[], Exception]) -> Spooled:
    """Write `stream` to `path`, hashing; raises what `too_large` makes when more than `limit` bytes come."""
    digest, size = hashlib.sha256(), 0
    with path.open("wb") as out:
        while chunk := stream.read(CHUNK_BYTES):
            size += len(chunk)
            if size > limit:
                raise too_large()
            digest.update(chunk)
            out.write(chunk)
        out.flush()
        os.fsync(out.fileno())
    return Spooled(path, digest.hexdigest(), size)


def add_file(uow: UnitOfWork, batch: Batch, name: str, ref: ObjectRef, *, actor: str, parent_id: str = "") -> FileRow:
    """Write the row, the first step and the ledger line of a received file; the first receipt if it is already there."""
    row = FileRow(
        id=uuid4().hex,
        batch_id=batch.id,
        name=name,
        object=ref,
        state=FileState.RECEIVED,
        kind="",
        pages=0,
        parent_id=parent_id,
        reason_code="",
        reason_params={},
        notes=(),
        created_at=datetime.now(UTC),
    )
    if known := uow.files.find(batch.id, ref.sha256, name):
        return known
    if not uow.files.add(row):  # somebody else sent the very same file at the same moment
        return uow.files.find(batch.id, ref.sha256, name) or row
    uow.steps.add(StepKind.IDENTIFY, row.id, batch=batch, file_id=row.id)
    details: dict[str, object] = {"sha256": ref.sha256, "size": ref.size, "batch": batch.id}
    uow.ledger.append("file.received", row.id, actor, details)
    return row
