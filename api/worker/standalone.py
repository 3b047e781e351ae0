"""A worker process of its own, over RabbitMQ or Redis: `sohoa worker`."""

from __future__ import annotations

from celery.apps.worker import Worker
from celery.signals import worker_shutting_down
from prometheus_client import start_http_server

from api.errors import ApiError
from api.jobs import jobs
from api.pipeline.engine import Pipeline
from api.settings import Settings
from api.watch.measures import PROCESS
from api.wiring import LASTING, build
from api.worker.celery_app import add_task, concurrency_of, make_worker
from api.worker.heart import Ear, Heart, through
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


class MetricsPortTaken(ApiError):
    """The port for metrics is not free."""

    code = "api.metrics_port_taken"
    next_step = NextStep.ADMIN
    vi = "Không mở được {address} để đưa ra số liệu giám sát; hãy đổi SOHOA_WATCH__METRICS_PORT (mỗi bộ xử lý một cổng)."
    en = "{address} cannot be opened to show metrics; change SOHOA_WATCH__METRICS_PORT (each worker its own port)."


def run_worker(settings: Settings, concurrency: int = 0) -> None:
    """Work until SIGTERM or SIGINT: steps in hand are finished first, nothing new is taken. Raises NoBroker."""
    if settings.embedded:
        raise NoBroker
    sohoa = build(settings, LASTING)
    pipeline = Pipeline(sohoa)
    add_task(sohoa.celery, pipeline)
    sweeper = Sweeper(sohoa, pipeline.work)
    scheduler = Scheduler(sohoa, jobs(settings))
    hot = HotFolder(sohoa)
    steps_at_once = concurrency or concurrency_of(settings)
    controller = make_worker(sohoa.celery, steps_at_once, Worker)
    heart = Heart(sohoa, pipeline, steps_at_once, through(controller), Ear(controller).hears)

    def take_nothing_new(**_: object) -> None:
        pipeline.stop()

    # At once: Celery waits for the messages in hand, and one of them works on step after step for a whole stretch.
    worker_shutting_down.connect(take_nothing_new, weak=False)
    show_metrics(settings)
    sweeper.start()
    heart.start()
    hot.start()
    scheduler.start()
    try:
        controller.start()
    finally:
        heart.stop()
        hot.stop()
        pipeline.stop()
        scheduler.stop()
        sweeper.stop()
        pipeline.close()
        sohoa.close()


def show_metrics(settings: Settings) -> None:
    """Serve what this process counts of itself on a port of its own, if one is named. Raises MetricsPortTaken."""
    watch = settings.watch
    if not watch.metrics_port:
        return
    try:
        start_http_server(watch.metrics_port, watch.metrics_host, PROCESS)
    except OSError as error:
        raise MetricsPortTaken(address=f"{watch.metrics_host}:{watch.metrics_port}") from error
