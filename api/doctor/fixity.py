"""The doctor's look at stored bytes: is any damaged, are they read again in time, is there a second copy."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from api.doctor.check import Check, State
from api.settings import Settings
from storage.errors import StorageError
from storage.objects import open_store
from storage.preservation import Place
from storage.records.database import Database


def fixity(settings: Settings) -> Check:
    """What the rows know; reads no object."""
    if not settings.database_url and not (settings.data_dir / "sohoa.db").exists():
        return Check("fixity", State.OK, "Chưa có tệp nào để đọc lại.", "There is nothing to read again yet.")
    database = Database(settings.effective_database_url)
    try:
        with database.read() as uow:
            main, copy = uow.objects.tally(Place.MAIN), uow.objects.tally(Place.COPY)
    finally:
        database.close()
    bad = main.bad + (copy.bad if settings.replica_url else 0)
    if bad:
        vi, en = f"{bad} tệp trong kho bị hỏng hoặc mất.", f"{bad} stored objects are damaged or gone."
        return Check("fixity", State.MISSING, vi, en, "sohoa fixity status")
    late = timedelta(days=settings.fixity.within_days)
    if main.oldest_check is not None and main.oldest_check < datetime.now(UTC) - late:
        vi = f"Có tệp chưa được đọc lại từ {main.oldest_check:%d/%m/%Y} (hạn {settings.fixity.within_days} ngày)."
        en = f"Some objects were last read on {main.oldest_check:%d/%m/%Y} (limit {settings.fixity.within_days} days)."
        return Check("fixity", State.WARNING, vi, en, "sohoa fixity run --all")
    if not settings.replica_url:
        vi = f"{main.objects} tệp, không tệp nào hỏng; CHƯA có bản thứ hai (SOHOA_REPLICA_URL): hỏng thì không tự sửa được."
        en = f"{main.objects} objects, none damaged; NO second copy (SOHOA_REPLICA_URL): damage cannot be mended by itself."
        return Check("fixity", State.WARNING, vi, en, "sohoa settings")
    vi = f"{main.objects} tệp, {copy.objects - copy.unchecked} đã có bản thứ hai, không tệp nào hỏng."
    en = f"{main.objects} objects, {copy.objects - copy.unchecked} with a second copy, none damaged."
    return Check("fixity", State.OK, vi, en)


def worm(settings: Settings) -> Check:
    """Whether the store itself keeps anybody from deleting; asks the store."""
    try:
        locked = open_store(settings.effective_objects_url).worm()
    except StorageError as error:
        return Check("worm", State.WARNING, error.message("vi"), error.message("en"), "sohoa settings")
    if locked and settings.retention.lock_mode:
        vi = f"Kho khóa tệp (Object Lock, {settings.retention.lock_mode}) trong {settings.retention.lock_years} năm."
        en = f"The store locks objects (Object Lock, {settings.retention.lock_mode}) for {settings.retention.lock_years} years."
        return Check("worm", State.OK, vi, en)
    vi = "KHO TỆP KHÔNG PHẢI WORM: tệp chỉ đọc, nhưng quản trị máy vẫn xóa được. Dùng kho S3 có Object Lock."
    en = "THE STORE IS NOT WORM: objects are read-only, yet whoever runs the machine can delete them. Use S3 with Object Lock."
    return Check("worm", State.WARNING, vi, en, "SOHOA_RETENTION__LOCK_MODE, SOHOA_RETENTION__LOCK_YEARS")
