"""`make drill`: a restore drill on many records, seeded through the storage layer (`--records`, 50,000 by default).

Each record has an original, an evidence file and a sealed copy as objects of their own; a few sealed copies carry real
signatures of the demonstration keys, which the drill verifies. Prints what each part took by
the clock and of a core, and fails when anything is not what it was.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import uuid4

import pikepdf

from api.keeping.backing_up import back_up
from api.keeping.restoring import drill
from api.settings import Settings
from api.wiring import Sohoa, build
from ingest.model import ObjectRef
from signing.model import Level, Role, SealKind, SealRequest
from signing.seal import seal
from storage.lasting import SealRow
from storage.model import Batch, FileRow, FileState, Paper, PaperState, Priority, Record, RecordState
from storage.objects.folder import FolderStore
from storage.options import StoreOptions
from storage.records.unit_of_work import UnitOfWork

_AT_ONCE = 500
SIGNED = 5


def seed(sohoa: Sohoa, records: int, signed: int = SIGNED) -> None:
    """So many records with three objects each; `signed` of them really sealed."""
    now = datetime.now(UTC)
    batch = Batch(uuid4().hex, "H56.12", "drill", "", "", Priority.BULK, automatic=True, created_at=now)
    with sohoa.database.transaction() as uow:
        uow.batches.add(batch)
    sealed = _sealed(sohoa, signed)
    for start in range(0, records, _AT_ONCE):
        numbers = range(start, min(start + _AT_ONCE, records))
        stored = [_stored(sohoa, number) for number in numbers]
        with sohoa.database.transaction() as uow:
            for number, refs in zip(numbers, stored, strict=True):
                row = sealed[number] if number < len(sealed) else None
                _record(uow, batch, number, refs if row is None else (refs[0], row.object, refs[2]), row)


def _stored(sohoa: Sohoa, number: int) -> tuple[ObjectRef, ObjectRef, ObjectRef]:
    put = sohoa.objects.put_bytes
    return (
        put(f"original {number}".encode() * 20, "application/pdf"),
        put(f"sealed {number}".encode() * 20, "application/pdf"),
        put(f'{{"evidence": {number}}}'.encode(), "application/json"),
    )


def _record(
    uow: UnitOfWork, batch: Batch, number: int, refs: tuple[ObjectRef, ObjectRef, ObjectRef], row: SealRow | None
) -> None:
    now = datetime.now(UTC)
    file = FileRow(uuid4().hex, batch.id, f"{number}.pdf", refs[0], FileState.ACCEPTED, "pdf", 1, "", "", {}, (), now)
    paper = Paper(
        uuid4().hex,
        batch.id,
        file.id,
        0,
        0,
        1,
        PaperState.DONE,
        "",
        "",
        "generic",
        1.0,
        f"DRILL-{number:06d}",
        *refs,
        "",
        {},
        0,
        now,
    )
    uow.files.add(file)
    uow.papers.add(paper)
    record = Record(
        code=paper.code, paper_id=paper.id, state=RecordState.IN_FORCE, unit=batch.unit, dossier="", owner="",
        paper_type="generic", title=f"Thông báo số {number}", number=f"{number}/TB", issued_on=date(2026, 1, 1),
        issuer="Sở Tư pháp", subject="Diễn tập", valid_until=None, scope="", pages=1, original=refs[0], sealed=refs[1],
        evidence=refs[2], created_at=now,
    )  # fmt: skip
    uow.records.add(record)
    uow.search.put(record, f"diễn tập khôi phục hồ sơ {number}")
    uow.ledger.append("record.stored", record.code, "drill", {"sha256": refs[1].sha256})
    if row is not None:
        uow.seals.add(replace(row, paper_id=paper.id))


def _sealed(sohoa: Sohoa, count: int) -> list[SealRow]:
    """Files that carry a real signature."""
    found = []
    with tempfile.TemporaryDirectory() as name:
        source, out = Path(name, "in.pdf"), Path(name, "out.pdf")
        for number in range(count):
            with pikepdf.new() as pdf:
                pdf.add_blank_page(page_size=(595, 842 + number))
                pdf.save(source)
            request = SealRequest(SealKind.DIGITISED_COPY, Role.PERSONAL, "Clerk", level=Level.B_B)
            facts = seal(source, out, request, sohoa.signatories.personal(), sohoa.signatories.trust(), None)
            found.append(SealRow.of(facts, "", sohoa.objects.put_file(out, "application/pdf"), None))
    return found


@contextmanager
def _told(what: str) -> Iterator[None]:
    clock, cpu = time.monotonic(), time.process_time()
    yield
    print(f"{what} in {time.monotonic() - clock:.0f} s, {time.process_time() - cpu:.0f} s of a core", flush=True)


def main() -> int:
    """Seed, back up, restore, prove."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=50_000)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="sohoa-drill-") as name:
        # Not synced object by object: what is seeded is thrown away.
        built = build(Settings(data_dir=Path(name, "data")))
        sohoa = replace(built, objects=FolderStore(Path(name, "data", "objects"), StoreOptions(synced=False)))
        with _told("seeded"):
            seed(sohoa, asked.records)
        with _told("backed up"):
            made = back_up(sohoa, Path(name, "backup"))
        with _told("restored and proven"):
            proof = drill(sohoa, Path(name, "backup"))
        sohoa.close()
    print(f"{asked.records} records, {made.manifest.objects} objects, {sum(made.manifest.rows.values())} rows")
    told = f"objects whole {proof.objects}, bad {len(proof.bad_objects)}, rows right {proof.rows_right}, "
    told += f"ledger right {proof.ledger_right}, signatures {proof.signatures}, broken {len(proof.bad_signatures)}"
    print(f"{told}: {'OK' if proof.ok else 'FAILED'}")
    return 0 if proof.ok else 1


if __name__ == "__main__":
    sys.exit(main())
