"""A worker process of its own, over RabbitMQ or Redis: `sohoa worker`."""

from __future__ import annotations

from celery.apps.worker import Worker

from api.errors import ApiError
from api.jobs import jobs
from api.pipeline.engine import Pipeline
from api.settings import Settings
from api.wiring import build
from api.worker.celery_app import add_task, concurrency_of, make_worker
from api.worker.hot import HotFolder
from api.worker.schedule import Scheduler
from api.worker.sweeper import Sweeper
from ingest.errors import NextStep


class NoBroker(ApiError):
    """A worker of its own needs a broker to hear from."""

    code = "api.no_broker"
    next_step = NextStep.ADMIN
    vi = "Chưa cấu hình SOHOA_BROKER_URL; ở chế độ mặc định `sohoa run` đã có sẵn bộ xử lý bên trong."
    en = "SOHOA_BROKER_URL is not set; by default `sohoa run` has its worker inside."


def run_worker(settings: Settings, concurrency: int = 0) -> None:
    """Work until SIGTERM or SIGINT (steps in hand are finished first). Raises NoBroker."""
    if settings.embedded:
        raise NoBroker
    sohoa = build(settings)
    pipeline = Pipeline(sohoa)
    add_task(sohoa.celery, pipeline)
    sweeper = Sweeper(sohoa, pipeline.work)
    scheduler = Scheduler(sohoa, jobs(settings))
    hot = HotFolder(sohoa)
    sweeper.start()
    hot.start()
    scheduler.start()
    try:
        make_worker(sohoa.celery, concurrency or concurrency_of(settings), Worker).start()
    finally:
        hot.stop()
        pipeline.stop()
        scheduler.stop()
        sweeper.stop()
        pipeline.close()
        sohoa.close()
