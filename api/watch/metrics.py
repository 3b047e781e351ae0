"""The metrics of the whole place, from the database: the same from every web process. `api.watch.measures` has the others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from api.watch.figures import Believed, Figures
from api.watch.measures import PROCESS
from ingest.errors import CodedError
from storage.model import StepState

Parts = Callable[[], tuple[tuple[str, bool, float], ...]]
"""Each part the product needs: its name, whether it answers, and seconds it took."""


class Place(Collector):
    """Everything about the place, made when it is asked for."""

    def __init__(self, believed: Believed, parts: Parts, alive_seconds: float) -> None:
        self._believed, self._parts, self._alive = believed, parts, alive_seconds

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """The parts always; figures only while the database gives them."""
        up = GaugeMetricFamily("sohoa_part_up", "Whether a part the product needs answers", labels=("part",))
        took = GaugeMetricFamily("sohoa_part_seconds", "How long its answer took", labels=("part",))
        for name, ok, seconds in self._parts():
            up.add_metric((name,), float(ok))
            took.add_metric((name,), seconds)
        yield from (up, took)
        try:
            figures = self._believed.figures()
        except CodedError:
            return  # sohoa_part_up{part="database"} says why
        yield from _queue(figures)
        yield from _workers(figures, self._alive)
        yield from _jobs(figures)
        yield from _kept(figures)


def text(place: Collector) -> bytes:
    """This process's own figures and those of the place, as Prometheus reads them."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(place)
    return generate_latest(PROCESS) + generate_latest(registry)


def _age(figures: Figures, moment: datetime | None) -> float:
    return max(0.0, (figures.now - moment).total_seconds()) if moment else 0.0


def _queue(figures: Figures) -> Iterator[GaugeMetricFamily]:
    by = ("unit", "step", "state")
    depth = GaugeMetricFamily("sohoa_queue_steps", "Steps not done", labels=by)
    age = GaugeMetricFamily("sohoa_queue_age_seconds", "Age of the oldest of them in this state", labels=by)
    counts: Counter[tuple[str, str, str]] = Counter()
    ages: dict[tuple[str, str, str], float] = {}
    lines: Counter[tuple[str, str, str]] = Counter()
    for one in figures.queue:
        key = (one.unit, str(one.kind), str(one.state))
        counts[key] += one.count
        ages[key] = max(ages.get(key, 0.0), _age(figures, one.since))
        if one.state is StepState.FAILED:
            lines[one.unit, str(one.kind), one.error_code] += one.count
    retried = GaugeMetricFamily("sohoa_steps_retried", "Steps tried again after a failure", labels=("step", "code"))
    for tried, count in _retried(figures).items():
        retried.add_metric(tried, count)
    for key, count in counts.items():
        depth.add_metric(key, count)
        age.add_metric(key, ages[key])
    attention = GaugeMetricFamily("sohoa_attention_lines", "Failures that wait for a person", labels=("unit", "step", "code"))
    for line, count in lines.items():
        attention.add_metric(line, count)
    expired = sum(one.expired for one in figures.queue)
    yield from (depth, age, attention, retried)
    yield GaugeMetricFamily("sohoa_leases_expired", "Leases that ran out and that nobody has taken over yet", value=expired)
    yield GaugeMetricFamily("sohoa_outbox_messages", "Hints not sent yet", value=figures.outbox)
    yield GaugeMetricFamily("sohoa_outbox_age_seconds", "Age of the oldest", value=_age(figures, figures.outbox_since))


def _retried(figures: Figures) -> Counter[tuple[str, str]]:
    found: Counter[tuple[str, str]] = Counter()
    for one in figures.queue:
        if one.state is StepState.READY and one.error_code:
            found[str(one.kind), one.error_code] += one.count
    return found


def _workers(figures: Figures, alive_seconds: float) -> Iterator[GaugeMetricFamily]:
    silent = GaugeMetricFamily("sohoa_worker_silent_seconds", "Since a worker last proved that it can work", labels=("worker",))
    for row in figures.workers:
        silent.add_metric((row.name,), _age(figures, row.alive_at or row.since))
    alive = figures.alive(alive_seconds)
    yield silent
    yield GaugeMetricFamily("sohoa_workers_alive", "Workers that can work", value=len(alive))
    yield GaugeMetricFamily("sohoa_workers_busy_steps", "Steps in their hands", value=sum(row.busy for row in alive))


def _jobs(figures: Figures) -> Iterator[GaugeMetricFamily]:
    failing = GaugeMetricFamily("sohoa_job_failures", "Failures in a row of a recurring job", labels=("job",))
    succeeded = GaugeMetricFamily("sohoa_job_success_age_seconds", "Since its last success", labels=("job",))
    overdue = GaugeMetricFamily("sohoa_job_overdue_seconds", "How long it is due already", labels=("job",))
    for row in figures.jobs:
        failing.add_metric((row.name,), row.failures)
        overdue.add_metric((row.name,), 0 if row.lease else _age(figures, row.due_at))
        if row.succeeded_at:
            succeeded.add_metric((row.name,), _age(figures, row.succeeded_at))
    yield from (failing, succeeded, overdue)


def _kept(figures: Figures) -> Iterator[GaugeMetricFamily]:
    if figures.anchored_at:
        age = _age(figures, figures.anchored_at)
        yield GaugeMetricFamily("sohoa_ledger_anchor_age_seconds", "Since the ledger was anchored", value=age)
    bad = GaugeMetricFamily("sohoa_objects_bad", "Stored objects damaged or gone", labels=("place",))
    unread = GaugeMetricFamily("sohoa_objects_unchecked", "Stored objects never read again yet", labels=("place",))
    oldest = GaugeMetricFamily("sohoa_objects_check_age_seconds", "Age of the oldest reading again", labels=("place",))
    for tally in filter(None, (figures.objects, figures.copies)):
        bad.add_metric((str(tally.place),), tally.bad)
        unread.add_metric((str(tally.place),), tally.unchecked)
        oldest.add_metric((str(tally.place),), _age(figures, tally.oldest_check))
    yield from (bad, unread, oldest)
    yield GaugeMetricFamily("sohoa_disk_free_bytes", "Free bytes of the data folder", value=figures.disk.free)
    yield GaugeMetricFamily("sohoa_disk_total_bytes", "All bytes of its disk", value=figures.disk.total)
    if figures.days_left is not None:
        yield GaugeMetricFamily("sohoa_disk_days_left", "Days until it is full at this week's rate", value=figures.days_left)
