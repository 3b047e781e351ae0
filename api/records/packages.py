"""Use case: several records leave as one ZIP: their files, what is known of them as JSON and CSV, and the SHA-256 of everything.

The archive is written as it is sent, whatever its size; nothing is kept on disk. Each file is hashed on the way and compared
with the name of its object: a difference breaks the transfer off, so that a package that arrived whole is right. Stored, not
compressed: scans and PDFs do not get smaller.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import IO, cast

from api.access.permissions import Action, Principal
from api.access.privacy import purpose_to_read
from api.dossiers.errors import PackageTooLarge
from api.records.export import ended, file_ending, folder_name, further_originals, refuse_withheld
from api.spreadsheet import safe_cell
from api.wiring import Sohoa
from ingest.model import ObjectRef
from signing.model import SealKind
from signing.report import VIETNAM
from storage.dossiers import RecordEnding
from storage.errors import ObjectCorrupt
from storage.model import Record
from storage.reach import covers
from storage.records.unit_of_work import UnitOfWork
from storage.registers import DELIVERED

FORMAT = 1
CHUNK_BYTES = 256 * 1024
EXPORTED = "record.exported"
_COLUMNS = (
    "code", "state", "access", "title", "paper_type", "number", "issued_on", "issuer", "subject", "owner", "dossier",
    "valid_until", "scope", "pages", "unit", "created_at",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Packed:
    """One record with its files by their path in the package."""

    record: Record
    ending: RecordEnding | None
    files: dict[str, ObjectRef]


def prepare(sohoa: Sohoa, codes: tuple[str, ...], principal: Principal, purpose: str) -> tuple[Packed, ...]:
    """What goes into the package; the ledger says so before the first byte leaves.

    Certified copies go along for whoever may see that certification, of the own units.

    Raises PackageTooLarge, NotFound, Forbidden, PurposeMissing, PurposeUnknown, SecretWithheld.
    """
    wanted = tuple(dict.fromkeys(codes))
    most = sohoa.settings.dossiers.package_most
    if not 1 <= len(wanted) <= most:
        raise PackageTooLarge(most=most, count=len(wanted))
    with sohoa.database.transaction() as uow:
        packed = tuple(_packed(uow, uow.records.get(code), principal) for code in wanted)
        said = {one.record.code: purpose_to_read(sohoa, one.record, principal, purpose) for one in packed}
        for one in packed:
            details: dict[str, object] = {
                "purpose": said[one.record.code], "role": principal.role.value, "files": sorted(one.files),
                "package": len(packed),
            }  # fmt: skip
            uow.ledger.append(EXPORTED, one.record.paper_id, principal.name, details)
    return packed


def _packed(uow: UnitOfWork, record: Record, principal: Principal) -> Packed:
    refuse_withheld(uow, record)
    folder = folder_name(record.code)
    parts = {"original": record.original, "sealed": record.sealed, "evidence": record.evidence}
    files = {f"{folder}/{name}{file_ending(ref)}": ref for name, ref in (parts | further_originals(uow, record)).items()}
    for place, seal in enumerate(row for row in uow.seals.of_paper(record.paper_id) if row.kind is SealKind.SAO_Y):
        files[f"{folder}/sao-y-{place + 1}.pdf"] = seal.object
    certified = uow.certifications.of_paper(record.paper_id) if principal.may(Action.CERTIFICATION_READ) else ()
    for one in certified:
        if one.state in DELIVERED and one.issued is not None and one.entry is not None and covers(principal.reach, one.unit):
            files[f"{folder}/chung-thuc-{one.entry.year}-{one.entry.number}.pdf"] = one.issued.file
    return Packed(record, uow.reuses.endings_of([record.code]).get(record.code), files)


class _Sink(io.RawIOBase):
    """Where `zipfile` writes; what came is taken away piece by piece. It cannot seek, so sizes follow their data."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def writable(self) -> bool:
        """True: it takes bytes."""
        return True

    def write(self, data: object) -> int:
        """Keep `data` until it is taken."""
        piece = bytes(cast("bytes", data))
        self._pieces.append(piece)
        return len(piece)

    def taken(self) -> bytes:
        """Everything written since the last time."""
        pieces, self._pieces = self._pieces, []
        return b"".join(pieces)


def stream(sohoa: Sohoa, packed: tuple[Packed, ...], made_at: datetime) -> Iterator[bytes]:
    """The bytes of the package. Raises ObjectMissing, ObjectCorrupt in mid-stream: the transfer then breaks off."""
    sink, sums = _Sink(), {}
    with zipfile.ZipFile(cast("IO[bytes]", sink), "w", zipfile.ZIP_STORED, allowZip64=True) as archive:
        for one in packed:
            for path, ref in one.files.items():
                yield from _copied(sohoa, archive, sink, path, ref, made_at)
                sums[path] = str(ref.sha256)
        for path, data in (("records.json", _as_json(packed, made_at)), ("records.csv", _as_csv(packed))):
            archive.writestr(_info(path, made_at), data)
            sums[path] = hashlib.sha256(data).hexdigest()
        archive.writestr(_info("SHA256SUMS", made_at), "".join(f"{value}  {path}\n" for path, value in sums.items()))
    yield sink.taken()


def _copied(sohoa: Sohoa, archive: zipfile.ZipFile, sink: _Sink, path: str, ref: ObjectRef, made_at: datetime) -> Iterator[bytes]:
    digest = hashlib.sha256()
    with sohoa.objects.open_range(ref.sha256) as source, archive.open(_info(path, made_at), "w", force_zip64=True) as target:
        while piece := source.read(CHUNK_BYTES):
            digest.update(piece)
            target.write(piece)
            yield sink.taken()
    if digest.hexdigest() != ref.sha256:
        raise ObjectCorrupt(sha256=ref.sha256)
    yield sink.taken()


def _info(path: str, made_at: datetime) -> zipfile.ZipInfo:
    local = made_at.astimezone(VIETNAM)
    return zipfile.ZipInfo(path, (local.year, local.month, local.day, local.hour, local.minute, local.second))


def _as_json(packed: tuple[Packed, ...], made_at: datetime) -> bytes:
    records = [
        _facts(one.record)
        | {
            "ending": ended(one.ending),
            "files": [
                {"path": path, "sha256": ref.sha256, "size": ref.size, "media_type": ref.media_type}
                for path, ref in one.files.items()
            ],
        }
        for one in packed
    ]
    document = {"format": FORMAT, "made_at": made_at.isoformat(timespec="seconds"), "records": records}
    return json.dumps(document, ensure_ascii=False, indent=1).encode() + b"\n"


def _as_csv(packed: tuple[Packed, ...]) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(out, quoting=csv.QUOTE_ALL)
    writer.writerow([*_COLUMNS, "folder"])
    for one in packed:
        facts = _facts(one.record)
        writer.writerow([safe_cell(facts[name]) for name in _COLUMNS] + [safe_cell(folder_name(one.record.code))])
    return out.getvalue().encode("utf-8-sig", "backslashreplace")


def _facts(record: Record) -> dict[str, object]:
    values = {name: getattr(record, name) for name in _COLUMNS}
    return {name: value if value is None or isinstance(value, int) else str(value) for name, value in values.items()}
