"""A delivery from the command line: what is new is received, what is there already is left alone, all of it is worked off."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field

from api.cli.already import Known, known_files, sha256_of
from api.cli.opening import actor
from api.cli.paths import Found
from api.intake import Intake
from api.refusals import EmptyFile, FileTooLarge
from api.wiring import Sohoa
from api.worker.embedded import EmbeddedWorker, wait_for
from ingest.errors import CodedError
from storage.model import Batch, BatchProgress, FileRow, Priority

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
    known: list[tuple[Found, Known]] = field(default_factory=list)
    twins: list[tuple[Found, Found]] = field(default_factory=list)
    """Files with the same bytes as another one of this delivery."""


def deliver(sohoa: Sohoa, found: Sequence[Found], order: Order, on_progress: OnProgress) -> Delivery:
    """Receive what is new and wait until machines have done with it and with whatever is known and unfinished.

    Without a broker the worker runs inside this process; with one, workers elsewhere do the work.
    """
    delivery = Delivery()
    fresh = _sort_out(sohoa, found, order, delivery)
    with EmbeddedWorker(sohoa) if sohoa.settings.embedded else nullcontext():
        if fresh:
            _receive(sohoa, fresh, order, delivery)
        batches = {known.file.batch_id for _, known in delivery.known}
        if delivery.batch is not None:
            batches.add(delivery.batch.id)
        for batch_id in sorted(batches, key=lambda one: delivery.batch is not None and one == delivery.batch.id):
            wait_for(sohoa, batch_id, on_progress)
    return delivery


def _sort_out(sohoa: Sohoa, found: Sequence[Found], order: Order, delivery: Delivery) -> list[tuple[Found, str]]:
    """New files with their hashes; known ones and twins are noted in the delivery."""
    hashes = [(one, sha256_of(one.path)) for one in found]
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


def _receive(sohoa: Sohoa, fresh: Sequence[tuple[Found, str]], order: Order, delivery: Delivery) -> None:
    intake, who = Intake(sohoa), actor()
    delivery.batch = intake.create_batch(
        actor=who, dossier=order.dossier, owner=order.owner, priority=Priority.BULK, automatic=order.automatic
    )
    for one, sha256 in fresh:
        try:
            with one.path.open("rb") as stream:
                row = intake.receive(delivery.batch.id, one.path.name, stream, actor=who, expect_sha256=sha256)
        except (EmptyFile, FileTooLarge) as error:
            delivery.refused.append((one, error))
        else:
            delivery.received[row.id] = one


def rows_of(sohoa: Sohoa, delivery: Delivery) -> tuple[FileRow, ...]:
    """The files of this delivery's batch, those out of archives among them."""
    if delivery.batch is None:
        return ()
    with sohoa.database.read() as uow:
        return uow.files.of_batch(delivery.batch.id)
