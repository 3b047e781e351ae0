"""`make bench-throughput`: what one worker and two do on PostgreSQL and RabbitMQ, what else costs CPU, and how memory goes.

    python -m scripts.bench_throughput workers --pages 40     1 worker beside 2, painted A4 pages, one page at once in each
    python -m scripts.bench_throughput memory --pages 5000    a worker's memory through files of a thousand pages
    python -m scripts.bench_throughput papers --papers 1000   CPU a paper at the beginning and at the end of one large batch

On a machine with other work the clock says little. The kernel counts how long each process stood ready without a core
(/proc/PID/schedstat); that time is taken off, which leaves what the same run would take alone. Both figures are printed.
Measured are whole papers: received, split, read, sealed with demonstration keys, classified, stored, indexed.
"""

from __future__ import annotations

import argparse
import io
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

import psutil

from api.intake.receiving import Intake
from api.settings import Settings
from api.wiring import Sohoa, build
from scripts.bench_pages import in_parts, layered, painted, quick
from scripts.soak.processes import Service
from scripts.soak.servers import Broker, Postgres
from storage.model import Priority, StepKind, StepState

LOOK_SECONDS = 0.5
SPENT_SECONDS = 3.0
"""Between looks at all processes: every half second they cost a twentieth of a core, which two workers do not have to spare."""
MEBIBYTE = 1024**2
LONG = 1000
"""Pages of a long file."""


@dataclass
class Spent:
    """CPU and waiting of groups of processes, added up over their lives."""

    cpu_s: dict[str, float] = field(default_factory=dict)
    ready_s: dict[str, float] = field(default_factory=dict)
    """Time ready to run but without a core."""
    rss: list[tuple[int, int]] = field(default_factory=list)
    """Resident bytes of the worker's main process and of its largest child, look by look."""
    _seen: dict[tuple[str, int, float], tuple[float, float]] = field(default_factory=dict)

    def look(self, groups: dict[str, psutil.Process]) -> None:
        """Read the counters of each group's root and everything below it."""
        for name, root in groups.items():
            with suppress(psutil.Error):
                below = root.children(recursive=True)
                self._count(name, root)
                for child in below:
                    self._count("children" if name.startswith("worker") else name, child)
                if name == "worker 1":
                    sizes = [child.memory_info().rss for child in below]
                    self.rss.append((root.memory_info().rss, max(sizes, default=0)))

    def _count(self, name: str, process: psutil.Process) -> None:
        with suppress(psutil.Error, OSError, ValueError):
            times = process.cpu_times()
            ready = sum(int((task / "schedstat").read_text().split()[1]) for task in Path(f"/proc/{process.pid}/task").iterdir())
            self._seen[name, process.pid, process.create_time()] = (times.user + times.system, ready / 1e9)
        self.cpu_s[name] = sum(one[0] for key, one in self._seen.items() if key[0] == name)
        self.ready_s[name] = sum(one[1] for key, one in self._seen.items() if key[0] == name)

    def since(self, before: Spent) -> Spent:
        """What was spent after `before`."""
        return Spent(
            {name: value - before.cpu_s.get(name, 0) for name, value in self.cpu_s.items()},
            {name: value - before.ready_s.get(name, 0) for name, value in self.ready_s.items()},
        )

    def copy(self) -> Spent:
        """The sums as they are now."""
        return Spent(dict(self.cpu_s), dict(self.ready_s))


@dataclass
class Place:
    """An installation with servers and workers of its own."""

    sohoa: Sohoa
    groups: dict[str, psutil.Process]
    spent: Spent = field(default_factory=Spent)

    def send(self, name: str, data: bytes) -> str:
        """One file in a batch of its own, decided by the machine alone."""
        intake = Intake(self.sohoa)
        batch = intake.create_batch(actor="bench", automatic=True, priority=Priority.BULK)
        intake.receive(batch.id, name, io.BytesIO(data), actor="bench")
        return batch.id

    def done(self) -> tuple[int, int]:
        """Pages read and papers that are stored and findable; raises when one needs a person, for the load has none."""
        with self.sohoa.database.read() as uow:
            pages, papers = (uow.steps.tally(kind) for kind in (StepKind.READ, StepKind.INDEX))
            if trouble := uow.steps.attention(limit=1):
                raise RuntimeError(f"{trouble[0].kind} failed: {trouble[0].error_code}")
        return pages.get(StepState.DONE, 0), papers.get(StepState.DONE, 0)

    def until(self, papers: int, every_s: float = SPENT_SECONDS) -> Iterator[tuple[int, int]]:
        """Look until so many papers are done; gives pages and papers at each look. Processes are looked at `every_s`."""
        looked = 0.0
        while True:
            if time.monotonic() >= looked + every_s:
                self.spent.look(self.groups)
                looked = time.monotonic()
            pages, finished = self.done()
            yield pages, finished
            if finished >= papers:
                self.spent.look(self.groups)
                return
            time.sleep(LOOK_SECONDS)


@contextmanager
def place(workers: int) -> Iterator[Place]:
    """PostgreSQL, RabbitMQ, a folder store, so many workers that do one step at once each, and nothing in them yet."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="sohoa-bench-")))
        database, broker = Postgres("postgres"), Broker("rabbitmq")
        for server in (database, broker):
            stack.callback(server.close)
            server.start()
        settings = {"data_dir": folder / "data", "database_url": database.url, "broker_url": broker.url}
        sohoa = build(Settings(**settings))  # type: ignore[arg-type]
        stack.callback(sohoa.close)
        environment = {f"SOHOA_{name.upper()}": str(value) for name, value in settings.items()}
        environment |= {"SOHOA_BOX__WORKERS": "1", "PATH": "/usr/bin:/bin"}
        services = [
            Service(f"worker {number + 1}", ("worker", "--concurrency", "1"), environment, folder / f"worker{number}.log")
            for number in range(workers)
        ]
        groups = {"database": psutil.Process(int((database.folder / "postgres/data/postmaster.pid").read_text().split()[0]))}
        groups["queue"] = psutil.Process(int((broker.folder / "rabbitmq/pid").read_text()))
        for service in services:
            service.start()
            stack.callback(service.close)
            groups[service.name] = psutil.Process(service._process.pid)  # type: ignore[union-attr] # noqa: SLF001
        made = Place(sohoa, groups)
        # a first paper each, so that engines are loaded and queues declared
        for number in range(2 * workers):
            made.send(f"first{number}.tif", quick(1))
        for _ in made.until(2 * workers):
            pass
        yield made


def measure_workers(pages: int, per_paper: int, most: int = 2) -> int:
    """One worker, then two, on the same pages."""
    files = list(painted(pages // per_paper, per_paper, 7))
    pages = len(files) * per_paper
    speeds = {}
    for workers in range(1, most + 1):
        with place(workers) as made:
            begun, before = time.monotonic(), made.spent.copy()
            for number, data in enumerate(files):
                made.send(f"{number}.tif", data)
            for _ in made.until(2 * workers + len(files)):
                pass
            wall, spent = time.monotonic() - begun, made.spent.since(before)
        names = [f"worker {number + 1}" for number in range(workers)]
        main = sum(spent.cpu_s[name] for name in names)
        # a worker's main process and its child take turns, and so does a server that answers it
        waited = (sum(spent.ready_s[name] for name in names) + spent.ready_s["children"] + spent.ready_s["database"]) / workers
        alone = wall - min(waited, 0.95 * wall)
        speeds[workers] = 60 * pages / alone
        others = spent.cpu_s["database"] + spent.cpu_s["queue"]
        print(
            f"{workers} worker{'s'[: workers - 1]}: {pages} pages, {per_paper} a paper, "
            f"in {wall:.0f} s ({60 * pages / wall:.1f} a minute), "
            f"{alone:.0f} s without waiting for a core: {speeds[workers]:.1f} a minute; CPU a page: "
            f"children {spent.cpu_s['children'] / pages:.2f} s, workers themselves {main / pages:.3f} s, "
            f"database {spent.cpu_s['database'] / pages:.3f} s, queue {spent.cpu_s['queue'] / pages:.3f} s; "
            f"all besides the children {100 * (main + others) / spent.cpu_s['children']:.1f} % of them, "
            f"database and queue alone {100 * others / spent.cpu_s['children']:.1f} %",
            flush=True,
        )
    if most == 1:
        return 0
    ratio = speeds[2] / speeds[1]
    print(f"2 workers do {ratio:.2f} times what 1 does")
    return 0 if ratio >= 1.9 else 1


def measure_memory(pages: int, *, read: bool) -> int:
    """One worker through one long file after the other, until it had so many pages."""
    files = [quick(pages)] if read else list(in_parts(layered(pages), LONG))
    with place(1) as made:
        for number, data in enumerate(files):
            made.send(f"long{number}", data)
        told, before = 0, made.spent.copy()
        for done, _ in made.until(2 + len(files), every_s=0):
            if done > told and done >= told + pages // 10:
                main, child = made.spent.rss[-1]
                sizes = f"main {main // MEBIBYTE} MiB, largest child {child // MEBIBYTE} MiB"
                print(f"{done} pages read: {sizes}; {_each(made.spent.since(before), done - told, 'page')}", flush=True)
                told, before = done, made.spent.copy()
        sizes_seen = made.spent.rss
    half = len(sizes_seen) // 2
    parts = (sizes_seen[len(sizes_seen) // 10 : half], sizes_seen[half:])
    early, late = (sorted(sum(one) for one in part)[len(part) // 2] for part in parts)
    most = max(main + child for main, child in sizes_seen)
    medians = f"median of the first half {early // MEBIBYTE}, of the second {late // MEBIBYTE}"
    print(f"{pages} pages: at most {most // MEBIBYTE} MiB together; {medians}")
    return 0 if most < 1024 * MEBIBYTE else 1


def measure_papers(papers: int, *, read: bool) -> int:
    """CPU a paper of all processes together, tenth by tenth."""
    tenth = papers // 10
    files = (quick(1) for _ in range(papers)) if read else in_parts(layered(papers))
    with place(1) as made:
        intake, costs = Intake(made.sohoa), list[float]()
        batch = intake.create_batch(actor="bench", automatic=True, priority=Priority.BULK)
        for part in range(10):
            before = made.spent.copy()
            for number, data in enumerate(islice(files, tenth)):
                intake.receive(batch.id, f"{part}-{number}", io.BytesIO(data), actor="bench")
            for _ in made.until(2 + (part + 1) * tenth):
                pass
            spent = made.spent.since(before)
            costs.append(1000 * sum(spent.cpu_s.values()) / tenth)
            print(f"papers {part * tenth} to {(part + 1) * tenth}: {_each(spent, tenth, 'paper')}", flush=True)
    first, last = sum(costs[1:4]) / 3, sum(costs[-3:]) / 3
    print(f"CPU a paper: {first:.0f} ms after the start, {last:.0f} ms at the end: {100 * (last / first - 1):+.1f} %")
    return 0 if abs(last / first - 1) <= 0.1 else 1


def _each(spent: Spent, count: int, what: str) -> str:
    parts = ", ".join(f"{name} {1000 * value / count:.1f}" for name, value in spent.cpu_s.items())
    return f"{1000 * sum(spent.cpu_s.values()) / count:.0f} ms of CPU a {what} ({parts})"


def main() -> int:
    """Measure what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["workers", "memory", "papers"], nargs="*", default=["workers", "memory", "papers"])
    parser.add_argument(
        "--pages",
        type=int,
        default=0,
        help="default: 200 for workers (the last page, which one reads alone, weighs little then), 1000 for memory",
    )
    parser.add_argument("--per-paper", type=int, default=1, help="pages of a paper, for workers")
    parser.add_argument("--workers", type=int, choices=[1, 2], default=2, help="1: without the comparison")
    parser.add_argument("--papers", type=int, default=1000)
    parser.add_argument("--read", action="store_true", help="memory and papers: pages without a text layer")
    asked = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # ends every server and process on the way out
    results = []
    for what in asked.what:
        if what == "workers":
            results.append(measure_workers(asked.pages or 200, asked.per_paper, asked.workers))
        elif what == "memory":
            results.append(measure_memory(asked.pages or 1000, read=asked.read))
        else:
            results.append(measure_papers(asked.papers, read=asked.read))
    return max(results)


if __name__ == "__main__":
    sys.exit(main())
