"""Use case: one record leaves the store as a folder that needs nothing of ours to be checked.

The folder has the untouched original (further ones where pages came from several files), the sealed PDF, the evidence JSON,
and a manifest with the SHA-256 of each. Every file is read back and compared with the name of its object after it was
written: an export that returned is right on disk.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from dataclasses import dataclass, replace
from pathlib import Path

from api.access.privacy import purpose_to_export
from api.access.secrecy_errors import SecretWithheld
from api.errors import ApiError
from api.wiring import Sohoa
from ingest.errors import NextStep
from ingest.model import MEDIA_TYPES, FileKind, ObjectRef
from storage.dossiers import RecordEnding
from storage.errors import TargetUnwritable
from storage.model import Record
from storage.records.unit_of_work import UnitOfWork

MANIFEST = "manifest.json"
FORMAT = 1
_ENDINGS = {
    "application/pdf": ".pdf",
    "image/tiff": ".tif",
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/webp": ".webp",
    "image/heic": ".heic",
    "application/json": ".json",
}


class ExportDamaged(ApiError):
    """A file read back after export does not have the bytes of the store."""

    code = "api.export_damaged"
    retryable = True
    next_step = NextStep.RETRY
    vi = "Tệp «{name}» vừa xuất không khớp mã băm; kiểm tra ổ đĩa đích rồi xuất lại."
    en = "The exported file “{name}” does not match its hash; check the target disk and export again."


class ExportUnwritable(ApiError):
    """The target folder of an export cannot be written."""

    code = "api.export_unwritable"
    retryable = True
    next_step = NextStep.RETRY
    vi = "Không ghi được vào «{path}» ({why}); chọn thư mục khác hoặc giải phóng dung lượng."
    en = "“{path}” cannot be written ({why}); choose another folder or free some space."


@dataclass(frozen=True, slots=True)
class ExportResult:
    """Where the record was written, manifest last."""

    folder: Path
    files: tuple[Path, ...]


def export(sohoa: Sohoa, code: str, out: Path, *, actor: str, purpose: str = "") -> ExportResult:
    """Write the record `code` into a folder of its own under `out`; exporting again writes the same files again.

    The ledger says so before the first byte leaves: what cannot be written down does not go out.
    Raises NotFound, SecretWithheld, PurposeMissing, PurposeUnknown, ObjectMissing, ObjectCorrupt, ExportDamaged,
    ExportUnwritable.
    """
    with sohoa.database.read() as uow:
        record = uow.records.get(code)
        further = further_originals(uow, record)
        purpose = purpose_to_export(sohoa, record, purpose)
        refuse_withheld(uow, record)
        ending = uow.reuses.endings_of([code]).get(code)
    folder = out / folder_name(record.code)
    parts = {"original": record.original, "sealed": record.sealed, "evidence": record.evidence} | further
    files = [folder / f"{role}{file_ending(ref)}" for role, ref in parts.items()]
    with sohoa.database.transaction() as uow:
        details: dict[str, object] = {"purpose": purpose, "files": [path.name for path in files]}
        uow.ledger.append("record.exported", record.paper_id, actor, details)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for ref, path in zip(parts.values(), files, strict=True):
            _write(sohoa, ref, path)
        manifest = folder / MANIFEST
        _replace(manifest, json.dumps(_manifest(record, ending, parts, files), ensure_ascii=False, indent=2).encode() + b"\n")
        for made in (folder, folder.parent):
            _sync(made)
    except OSError as error:
        raise ExportUnwritable(path=str(folder), why=error.strerror or type(error).__name__) from error
    except TargetUnwritable as error:
        raise ExportUnwritable(path=str(folder), why=str(error.params["why"])) from error
    return ExportResult(folder, (*files, manifest))


def refuse_withheld(uow: UnitOfWork, record: Record) -> None:
    """Nothing if every file the record came from may leave; raises SecretWithheld."""
    origins = {row.file_id for row in uow.pages.of_paper(record.paper_id)}
    if uow.secrecy.holds_file(uow.papers.get(record.paper_id).file_id, *origins):
        raise SecretWithheld


def further_originals(uow: UnitOfWork, record: Record) -> dict[str, ObjectRef]:
    """The other received files that pages of the paper came from: a page scanned again, papers merged."""
    files = {row.file_id: uow.files.get(row.file_id) for row in uow.pages.of_paper(record.paper_id)}
    others = [file for file in files.values() if file.object.sha256 != record.original.sha256]
    return {
        f"original-{number}": replace(file.object, media_type=MEDIA_TYPES[FileKind(file.kind)] if file.kind else "")
        for number, file in enumerate(others, 2)
    }


def folder_name(code: str) -> str:
    """The code as one safe path part; one that had to be changed ends with a hash of the true code, so that no two meet."""
    safe = re.sub(r"[^\w.-]+", "_", code).strip(".") or "record"
    return safe if safe == code else f"{safe}-{hashlib.sha256(code.encode()).hexdigest()[:8]}"


def file_ending(ref: ObjectRef) -> str:
    """The ending of a file name for what an object is."""
    return _ENDINGS.get(ref.media_type, ".bin")


def _write(sohoa: Sohoa, ref: ObjectRef, path: Path) -> None:
    part = path.with_name(f".{path.name}.part")
    try:
        sohoa.objects.fetch(ref.sha256, part)
        with part.open("rb") as stream:
            os.fsync(stream.fileno())
            read_back = hashlib.file_digest(stream, "sha256").hexdigest()
        if read_back != ref.sha256:
            raise ExportDamaged(name=path.name)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _replace(path: Path, data: bytes) -> None:
    part = path.with_name(f".{path.name}.part")
    with part.open("wb") as out:
        out.write(data)
        out.flush()
        os.fsync(out.fileno())
    part.replace(path)


def _sync(folder: Path) -> None:
    """Make the names in `folder` survive a power cut."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def ended(ending: RecordEnding | None) -> dict[str, object] | None:
    """Why the record has no force any more, as JSON; None while it stands."""
    if ending is None:
        return None
    return {
        "kind": str(ending.kind),
        "decision": ending.decision,
        "decided_on": ending.decided_on.isoformat(),
        "reason": ending.reason,
        "replaced_by": ending.replaced_by,
    }


def _manifest(record: Record, ending: RecordEnding | None, parts: dict[str, ObjectRef], files: list[Path]) -> dict[str, object]:
    return {
        "format": FORMAT,
        "code": record.code,
        "state": str(record.state),
        "ending": ended(ending),
        "paper_type": record.paper_type,
        "dossier": record.dossier,
        "created_at": record.created_at.isoformat(),
        "files": [
            {"role": role, "name": path.name, "sha256": ref.sha256, "size": ref.size, "media_type": ref.media_type}
            for (role, ref), path in zip(parts.items(), files, strict=True)
        ],
    }
