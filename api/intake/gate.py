"""Says that it is enough before disk or queue are full, and keeps one unit or person from taking all of either.

Counter work is never kept out by waiting bulk: only what goes before a file, or beside it, counts.
"""

from __future__ import annotations

import shutil
from datetime import timedelta

from api.refusals import QueueFull, QuotaReached
from api.wiring import Sohoa
from storage.errors import StoreFull
from storage.model import Batch
from storage.records.unit_of_work import UnitOfWork

DAY = timedelta(hours=24)


def admit(sohoa: Sohoa, uow: UnitOfWork, batch: Batch) -> None:
    """Nothing, if one more file may come into the batch. Raises StoreFull, QueueFull, QuotaReached: all pass by themselves."""
    quota = sohoa.settings.quota
    if shutil.disk_usage(sohoa.settings.data_dir).free < quota.free_bytes:
        raise StoreFull
    for unit, most in ((batch.unit, quota.unit_waiting_steps), ("", quota.waiting_steps)):
        if uow.watching.waits_behind(batch.priority, most, unit=unit):
            raise QueueFull(most=most, unit=unit)
    for whose, files, size in (
        ({"unit": batch.unit}, quota.unit_files_a_day, quota.unit_bytes_a_day),
        ({"actor": batch.actor}, quota.person_files_a_day, quota.person_bytes_a_day),
    ):
        if not files and not size:
            continue
        had, had_bytes = uow.files.received_since(uow.now() - DAY, **whose)
        if (files and had >= files) or (size and had_bytes >= size):
            raise QuotaReached(who=next(iter(whose.values())), files=had, mib=had_bytes // 1024**2)
