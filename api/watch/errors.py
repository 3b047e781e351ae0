"""Refusals of watching a deployment."""

from __future__ import annotations

from api.errors import ApiError
from ingest.errors import NextStep


class NoWorkerAlive(ApiError):
    """Nobody works: papers are received and wait."""

    code = "api.no_worker_alive"
    next_step = NextStep.ADMIN
    vi = "Không có bộ xử lý nào làm việc trong {seconds} giây qua: giấy tờ đã nhận vẫn an toàn, nằm chờ. Chạy `sohoa worker`."
    en = "No worker proved in the last {seconds} s that it can work: received papers are safe and wait. Start `sohoa worker`."
