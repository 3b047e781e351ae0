"""A delivery from the command line: what is new is received, what is there already is left alone, all of it is worked off."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from api.cli.already import known_files, sha256_of
from api.cli.opening import actor
from api.cli.paths import Found
from api.intake.receiving import Intake
from api.refusals import EmptyFile, FileTooLarge, HashMismatch
from api.wiring import Sohoa
from api.worker.embedded import EmbeddedWorker, wait_for
from ingest.errors import CodedError, FileUnreadable
from storage.model import Batch, BatchProgress, FileRow, Priority

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

MIB = 1024**2


class _Source(io.FileIO):
    """A file whose reading faults are its own: they must not look like faults of the store it is written to."""

    def readinto(self, buffer: WriteableBuffer, /) -> int | None:
        try:
            return super().readinto(buffer)
        except OSError as error:
            raise FileUnreadable from error


def _opened(path: Path) -> BinaryIO:
    """The file, ready to be read; raises FileUnreadable, also while it is read."""
    try:
        return io.BufferedReader(_Source(path))
    except OSError as error:
        raise FileUnreadable from error


OnProgress = Callable[[BatchProgress], None]


@dataclass(frozen=True, slots=True)
class Order:
    """What the user asked for."""

    dossier: str = ""
    owner: str = ""
    automatic: bool | None = None
    """None: as the settings say."""


@dataclass(slots=True)
class Delivery:
    """What became of every path: received now, refused at the door, or there already."""

    batch: Batch | None = None
    received: dict[str, Found] = field(default_factory=dict)
    """By the id of the file row."""
    refused: list[tuple[Found, CodedError]] = field(default_factory=list)
    known: list[tuple[Found, FileRow]] = field(default_factory=list)
    twins: list[tuple[Found, Found]] = field(default_factory=list)
    """Files with the same bytes as another one of this delivery."""

    @property
    def batch_ids(self) -> tuple[str, ...]:
        """Every batch that files of this delivery are in, the new one last."""
        known = dict.fromkeys(row.batch_id for _, row in self.known)
        return (*known, self.batch.id) if self.batch else tuple(known)


def deliver(sohoa: Sohoa, found: Sequence[Found], order: Order, on_progress: OnProgress) -> Delivery:
    """Receive what is new and wait until machines have done with it and with whatever is known and unfinished.

    Without a broker the worker runs inside this process; with one, workers elsewhere do the work.
    """
    delivery = Delivery()
    fresh = _sort_out(sohoa, found, order, delivery)
    with EmbeddedWorker(sohoa) if sohoa.settings.embedded else nullcontext() as worker:
        if fresh:
            _receive(sohoa, fresh, order, delivery)
        for batch_id in delivery.batch_ids:
            if worker is None:
                wait_for(sohoa, batch_id, on_progress)
            else:
                worker.wait_for(batch_id, on_progress)
    return delivery


def _sort_out(sohoa: Sohoa, found: Sequence[Found], order: Order, delivery: Delivery) -> list[tuple[Found, str]]:
    """New files with their hashes; known ones and twins are noted in the delivery."""
    hashes = [(one, sha256) for one in found if (sha256 := _hash(sohoa, one, delivery))]
    known = known_files(sohoa, (sha256 for _, sha256 in hashes), dossier=order.dossier, owner=order.owner)
    fresh: dict[str, Found] = {}
    for one, sha256 in hashes:
        if sha256 in known:
            delivery.known.append((one, known[sha256]))
        elif sha256 in fresh:
            delivery.twins.append((one, fresh[sha256]))
        else:
            fresh[sha256] = one
    return [(one, sha256) for sha256, one in fresh.items()]


def _hash(sohoa: Sohoa, one: Found, delivery: Delivery) -> str:
    """The hash of a file that may be sent; empty, with the reason in the delivery, for one that may not or cannot be read."""
    try:
        return sha256_of(one.path) if _fits(sohoa, one, delivery) else ""
    except OSError:  # gone since the folder was walked, or on a disk that fails
        delivery.refused.append((one, FileUnreadable()))
        return ""


def _fits(sohoa: Sohoa, one: Found, delivery: Delivery) -> bool:
    """Whether the file may be sent at all: what intake would refuse for its size is not even hashed."""
    size, limit = one.path.stat().st_size, sohoa.settings.intake.max_file_bytes
    if size == 0:
        delivery.refused.append((one, EmptyFile()))
    elif size > limit:
        delivery.refused.append((one, FileTooLarge(limit_mib=limit // MIB)))
    return 0 < size <= limit


def _receive(sohoa: Sohoa, fresh: Sequence[tuple[Found, str]], order: Order, delivery: Delivery) -> None:
    intake, who = Intake(sohoa), actor()
    delivery.batch = intake.create_batch(
        actor=who, dossier=order.dossier, owner=order.owner, priority=Priority.BULK, automatic=order.automatic
    )
    for one, sha256 in fresh:
        try:
            with _opened(one.path) as stream:
                row = intake.receive(delivery.batch.id, one.path.name, stream, actor=who, expect_sha256=sha256)
        except (EmptyFile, FileTooLarge, HashMismatch, FileUnreadable) as error:  # changed since it was hashed
            delivery.refused.append((one, error))
        else:
            delivery.received[row.id] = one
