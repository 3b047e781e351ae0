"""What this process counts of itself. Each process has its own figures and is scraped by itself; sums are made by whoever asks.

Names and labels are a promise to the rules in `docs/operations/alerts.yml`. No label ever holds personal data.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.platform_collector import PlatformCollector
from prometheus_client.process_collector import ProcessCollector

PROCESS = CollectorRegistry()
ProcessCollector(registry=PROCESS)
PlatformCollector(registry=PROCESS)

_STEP_BUCKETS = (0.01, 0.05, 0.1, 0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600)
_HTTP_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)

STEP_SECONDS = Histogram(
    "sohoa_step_seconds", "Wall time of one step that succeeded", ("step",), registry=PROCESS, buckets=_STEP_BUCKETS
)
STEP_FAILURES = Counter(
    "sohoa_step_failures", "Tries of steps that failed, by the code of the error", ("step", "code"), registry=PROCESS
)
PAGES = Counter("sohoa_pages_read", "Pages read by this process", registry=PROCESS)
LEASES_LOST = Counter(
    "sohoa_leases_lost", "Steps this process held too long: another worker or a person took them", ("step",), registry=PROCESS
)
HTTP_SECONDS = Histogram(
    "sohoa_http_seconds",
    "Time until the answer was complete, by route template",
    ("method", "route", "status"),
    registry=PROCESS,
    buckets=_HTTP_BUCKETS,
)
OUTSIDE_SECONDS = Histogram(
    "sohoa_outside_seconds", "Time of one call to a service outside: tsa, ocsp", ("service",), registry=PROCESS
)
OUTSIDE_FAILURES = Counter("sohoa_outside_failures", "Calls to a service outside that failed", ("service",), registry=PROCESS)
OUTSIDE_UP = Gauge("sohoa_outside_up", "Whether the last call to the service outside succeeded", ("service",), registry=PROCESS)


_answered: dict[str, bool] = {}


def answered() -> dict[str, bool]:
    """Services outside that this process has asked, and whether the last call succeeded."""
    return dict(_answered)


@contextmanager
def outside(service: str) -> Iterator[None]:
    """Measure one call to a service outside."""
    begun = perf_counter()
    try:
        yield
    except Exception:
        OUTSIDE_FAILURES.labels(service).inc()
        OUTSIDE_UP.labels(service).set(0)
        _answered[service] = False
        raise
    else:
        OUTSIDE_UP.labels(service).set(1)
        _answered[service] = True
    finally:
        OUTSIDE_SECONDS.labels(service).observe(perf_counter() - begun)
