"""Composition root: the one place where settings become stores, keys, processes and queues."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from celery import Celery

from api.settings import BadSettings, Settings
from api.signatures.signatories import Signatories
from api.worker.messages import Publish, make_celery, publisher
from ingest.errors import CodedError
from ingest.ports import Box
from ingest.sandbox import ProcessBox
from ingest.scratch import sweep
from storage.objects import open_store
from storage.options import StoreOptions
from storage.preservation import KeepingStore
from storage.records.database import Database
from storage.relay import hint, relay

log = logging.getLogger(__name__)

READING = (
    "ingest.identify",
    "ingest.split",
    "ocr.recognise",
    "ocr.warm",
    "ocr.searchable",
    "signing.marks.place",
)
"""Modules that the way of every page needs in child processes: imported once, before the children are forked."""
LASTING = (*READING, "ingest.archive", "ocr.engines.textlayer", "ocr.region", "signing.copy_pages", "signing.verify")
"""The same for servers and workers, which meet everything in time; a command leaves the rest to the child that needs it."""


@dataclass(frozen=True, slots=True)
class Sohoa:
    """The joined product. One per process; every part may be used from many threads."""

    settings: Settings
    database: Database
    objects: KeepingStore
    box: Box
    signatories: Signatories
    celery: Celery
    publish: Publish
    replica: KeepingStore | None = None
    """The second copy of every object, if one is kept."""

    def wake_workers(self) -> None:
        """Send the hints that transactions of this process left; a dead broker only delays (the sweeper repeats)."""
        with _told():
            hint(self.database, self.publish)

    def send_messages(self) -> None:
        """Send what is in the outbox, hints that the queue did not take among it."""
        with _told():
            relay(self.database, self.publish)

    def close(self) -> None:
        """Stop child processes and close connections."""
        closing = getattr(self.box, "close", None)
        if closing is not None:
            closing()
        self.celery.close()
        self.database.close()


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except CodedError as error:  # the outbox was not read, or not marked as sent: then its messages go out twice
        log.warning("outbox not reached, work goes on by sweeping: %s", error.code)
    except Exception as error:  # noqa: BLE001 - kombu raises whatever its transport raises; the work is safe in the database
        log.warning("queue not reached, work goes on by sweeping: %s", type(error).__name__)


def build(settings: Settings, preload: tuple[str, ...] = READING) -> Sohoa:
    """Open everything `settings` name: the database migrated, the stores reachable, the demo keys there.

    `preload`: `READING` for one command, `LASTING` for what runs on.
    """
    scratch = settings.data_dir.resolve() / "tmp"
    try:
        settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        scratch.mkdir(exist_ok=True, mode=0o700)
    except OSError as error:
        raise BadSettings(what=f"SOHOA_DATA_DIR ({settings.data_dir}: {error.strerror})") from error
    sweep(scratch)
    database = Database(settings.effective_database_url)
    database.migrate()
    celery = make_celery(settings.broker_url)
    stores = StoreOptions(lock_mode=settings.retention.lock_mode, lock_years=settings.retention.lock_years)
    return Sohoa(
        settings=settings,
        database=database,
        objects=open_store(settings.effective_objects_url, options=stores),
        box=ProcessBox(settings.box, preload=preload, scratch=str(scratch)),
        signatories=Signatories.of(settings),
        celery=celery,
        publish=publisher(celery),
        replica=open_store(settings.replica_url, options=stores) if settings.replica_url else None,
    )
