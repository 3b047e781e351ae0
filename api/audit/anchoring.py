"""Use case: the head of the ledger is time-stamped, the proof kept as an object and as a copy elsewhere, and all of it checked.

The ledger is walked from the last anchor on before a new one is made: an anchor over a changed ledger would cover the change
up. The anchor itself becomes an entry of the ledger.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from uuid import uuid4

from api.wiring import Sohoa
from ingest.errors import FileUnreadable
from ingest.model import Sha256
from signing import anchor
from signing.anchor import Anchor, AnchorVerdict, Statement
from signing.anchor_errors import AnchorUnreadable, ExportRefused
from storage.errors import ObjectCorrupt, ObjectMissing
from storage.lasting import AnchorRow
from storage.ledger import GENESIS, LedgerHead
from storage.records.unit_of_work import UnitOfWork
from storage.trail import LedgerVerdict, Witness

ANCHORED = "ledger.anchored"
_NOTHING_NEW = 1
"""After an anchor comes its own entry; nothing else means that nothing was done since."""


@dataclass(frozen=True, slots=True)
class LedgerReport:
    """What the check of the ledger with all anchors came to."""

    verdict: LedgerVerdict
    anchors: tuple[AnchorVerdict, ...]
    missing: tuple[int, ...]
    """Entries of anchors the ledger speaks of, but that are neither in the table nor among the files given."""
    damaged: tuple[int, ...]
    """Entries of anchors whose object is gone or altered."""

    @property
    def ok(self) -> bool:
        """The ledger is whole, and no anchor is missing or contradicts itself."""
        return self.verdict.ok and not (self.missing or self.damaged or any(one.forged for one in self.anchors))

    @property
    def certain(self) -> bool:
        """Every anchor at hand could be checked to the end."""
        return not any(one.problem for one in self.anchors)


def anchor_head(sohoa: Sohoa, *, actor: str) -> AnchorRow | None:
    """Time-stamp the ledger as it is now; None when nothing was entered since the last anchor.

    Raises:
        LedgerBroken: what was entered since the last anchor does not follow from it.
        TimestampUnavailable: no authority gave a token; nothing was changed.
    """
    with sohoa.database.read() as uow:
        latest = uow.anchors.latest()
        start = LedgerHead(latest.entries, latest.head) if latest else LedgerHead(0, GENESIS)
        grown = uow.ledger.since(start)
    if grown.head_at is None or (latest and grown.head.entries - start.entries <= _NOTHING_NEW):
        return None
    statement = Statement(
        entries=grown.head.entries,
        head=grown.head.hash,
        head_at=grown.head_at,
        since=start.entries,
        marks_sha256=sha256(grown.marks).hexdigest(),
        previous=latest.object.sha256 if latest else "",
    )
    trust = sohoa.signatories.trust_to_sign()
    data = anchor.make(statement, grown.marks, sohoa.signatories.timestamper(), trust, _before(sohoa, latest))
    (made,) = anchor.check([anchor.read(data)], trust)
    ref = sohoa.objects.put_bytes(data, anchor.MEDIA_TYPE)
    row = AnchorRow(grown.head.entries, grown.head.hash, ref, made.stamped_at or grown.head_at, made.authority)
    with sohoa.database.transaction() as uow:
        if uow.anchors.add(row):
            details: dict[str, object] = {
                "entries": row.entries,
                "head": row.head,
                "sha256": ref.sha256,
                "authority": row.authority,
            }
            uow.ledger.append(ANCHORED, f"ledger:{row.entries}", actor, details)
    return row


def _before(sohoa: Sohoa, row: AnchorRow | None) -> Anchor | None:
    """The last anchor, if its object is whole (`verify` tells when it is not)."""
    if row is None:
        return None
    try:
        return anchor.read(sohoa.objects.read_bytes(row.object.sha256))
    except (ObjectMissing, ObjectCorrupt, AnchorUnreadable):
        return None


def file_name(row: AnchorRow) -> str:
    """What an exported anchor is called: entries and day, so that a folder of them sorts by itself."""
    return f"ledger-{row.entries:012d}-{row.stamped_at:%Y%m%d}.anchor.json"


def export(sohoa: Sohoa, folder: Path) -> tuple[Path, ...]:
    """Write every anchor that `folder` does not have yet; returns the new files. Raises ExportRefused, StorageError."""
    with sohoa.database.read() as uow:
        rows = uow.anchors.all()
    written = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for row in rows:
            path = folder / file_name(row)
            if path.exists() and sha256(path.read_bytes()).hexdigest() == row.object.sha256:
                continue
            if path.exists():
                raise ExportRefused(name=path.name)
            fresh = path.with_name(f".{path.name}.{uuid4().hex}.new")
            with fresh.open("wb") as out:
                out.write(sohoa.objects.read_bytes(row.object.sha256))
                out.flush()
                os.fsync(out.fileno())
            fresh.replace(path)
            written.append(path)
    except OSError as error:
        raise ExportRefused(name=folder.name) from error
    return tuple(written)


def verify(sohoa: Sohoa, brought: Sequence[Path] = (), watch: Callable[[int], None] | None = None) -> LedgerReport:
    """Walk the whole ledger and hold it against every anchor: our own, and files (or folders of them) brought along.

    `watch` is told now and then how many entries were walked.

    Raises:
        AnchorUnreadable: a file given is no anchor.
        FileUnreadable: a file given cannot be read.
    """
    elsewhere = {one.sha256: one for one in _brought(brought)}
    trust = sohoa.signatories.trust()
    with sohoa.database.read() as uow:
        ours, damaged = _ours(sohoa, uow)
        known = {**elsewhere, **ours}
        checked = anchor.check(tuple(known.values()), trust)
        witnesses = [_witness(one.anchor, ours=one.anchor.sha256 in ours) for one in checked if not one.forged]
        verdict = uow.ledger.verify(witnesses, watch)
        spoken_of = {str(entry.details.get("sha256")): entry.details.get("entries") for entry in uow.ledger.of_event(ANCHORED)}
    gone = set(spoken_of) - set(known) - {sha for sha, _ in damaged}
    missing = sorted(int(str(spoken_of[sha])) for sha in gone if str(spoken_of[sha]).isdigit())
    return LedgerReport(verdict, checked, tuple(missing), tuple(entries for _, entries in damaged))


def _ours(sohoa: Sohoa, uow: UnitOfWork) -> tuple[dict[Sha256, Anchor], list[tuple[str, int]]]:
    found: dict[Sha256, Anchor] = {}
    damaged: list[tuple[str, int]] = []
    for row in uow.anchors.all():
        try:
            one = anchor.read(sohoa.objects.read_bytes(row.object.sha256))
            found[one.sha256] = one
        except (ObjectMissing, ObjectCorrupt, AnchorUnreadable):
            damaged.append((row.object.sha256, row.entries))
    return found, damaged


def _brought(paths: Sequence[Path]) -> list[Anchor]:
    files = [file for path in paths for file in (sorted(path.glob("*.anchor.json")) if path.is_dir() else [path])]
    found = []
    for file in files:
        try:
            found.append(anchor.read(file.read_bytes()))
        except OSError as error:
            raise FileUnreadable from error
        except AnchorUnreadable as error:
            raise AnchorUnreadable(name=file.name) from error
    return found


def _witness(one: Anchor, *, ours: bool) -> Witness:
    told = one.statement
    return Witness(told.entries, Sha256(told.head), told.since, one.marks, told.head_at, ours)
