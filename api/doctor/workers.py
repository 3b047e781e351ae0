"""The doctor's look at the workers: did one prove of late that it can work (the same proof that `/ready` asks for)?"""

from __future__ import annotations

from api.doctor.check import Check, State
from api.settings import Settings
from storage.records.database import Database


def workers(settings: Settings) -> Check:
    """What the heartbeats say."""
    if not settings.database_url and not (settings.data_dir / "sohoa.db").exists():
        vi, en = "Bộ xử lý sẽ chạy cùng `sohoa run`.", "The worker starts with `sohoa run`."
        return Check("workers", State.OK, vi, en)
    database = Database(settings.effective_database_url)
    try:
        with database.read() as uow:
            now, rows = uow.now(), uow.watching.workers()
    finally:
        database.close()
    alive = [row for row in rows if row.fresh(now, settings.watch.alive_seconds)]
    silent = len(rows) - len(alive)
    if not alive:
        mend = "sohoa run" if settings.embedded else "sohoa worker"
        state = State.WARNING if settings.embedded else State.MISSING
        vi, en = "Không có bộ xử lý nào đang làm việc; giấy tờ đã nhận nằm chờ.", "No worker works; received papers wait."
        return Check("workers", state, vi, en, mend)
    if silent:
        vi = f"{len(alive)} bộ xử lý đang làm việc; {silent} bộ đã im lặng."
        return Check("workers", State.WARNING, vi, f"{len(alive)} workers work; {silent} went silent.", "sohoa worker")
    return Check("workers", State.OK, f"{len(alive)} bộ xử lý đang làm việc.", f"{len(alive)} workers work.")
