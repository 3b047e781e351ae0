"""`make bench-throughput`: what one worker and two do on PostgreSQL and RabbitMQ, what else costs CPU, and how memory goes.

    python -m scripts.bench_throughput workers --pages 40     1 worker beside 2, painted A4 pages, one page at once in each
    python -m scripts.bench_throughput memory --pages 1000    a worker's memory through one long file
    python -m scripts.bench_throughput papers --papers 1000   CPU a paper at the beginning and at the end of many small ones

On a machine with other work the clock says little. The kernel counts how long each process stood ready without a core
(/proc/PID/schedstat); that time is taken off, which leaves what the same run would take alone. Both figures are printed.
Measured are whole papers: received, split, read, sealed with demonstration keys, classified, stored, indexed.
"""

from __future__ import annotations

import argparse
import io
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil
from PIL import Image

from api.demo.painter.papers import PaperKind
from api.demo.painter.sets import paint_page
from api.intake.receiving import Intake
from api.settings import Settings
from api.wiring import Sohoa, build
from scripts.soak.processes import Service
from scripts.soak.servers import Broker, Postgres
from storage.model import Priority, StepKind, StepState
from tests.world.quick_pages import DPI, quick_page

KINDS = ("decision", "birth", "letter", "land", "notice", "application", "marriage", "contract")
LOOK_SECONDS = 0.5
MEBIBYTE = 1024**2


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

    def until(self, papers: int) -> Iterator[tuple[int, int]]:
        """Look until so many papers are done; gives pages and papers at each look."""
        while True:
            self.spent.look(self.groups)
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


def quick(pages: int) -> bytes:
    """Small pages that are read in a moment."""
    return _tiff([quick_page(number + 1) for number in range(pages)], "group4", DPI)


def painted(pages: int, seed: int) -> Iterator[bytes]:
    """A4 pages of every kind of paper, one a file."""
    for number in range(pages):
        page = paint_page(PaperKind(KINDS[number % len(KINDS)]), seed + number, ("clean",))
        yield _tiff([page.image], "tiff_lzw", page.dpi)


def _tiff(pages: list[Image.Image], compression: str, dpi: float) -> bytes:
    out = io.BytesIO()
    pages[0].save(out, "TIFF", save_all=True, append_images=pages[1:], compression=compression, dpi=(dpi, dpi))
    return out.getvalue()


def measure_workers(pages: int) -> int:
    """One worker, then two, on the same pages."""
    files = list(painted(pages, 7))
    speeds = {}
    for workers in (1, 2):
        with place(workers) as made:
            begun, before = time.monotonic(), made.spent.copy()
            for number, data in enumerate(files):
                made.send(f"{number}.tif", data)
            for _ in made.until(2 * workers + pages):
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
            f"{workers} worker{'s'[: workers - 1]}: {pages} pages in {wall:.0f} s ({60 * pages / wall:.1f} a minute), "
            f"{alone:.0f} s without waiting for a core: {speeds[workers]:.1f} a minute; CPU a page: "
            f"children {spent.cpu_s['children'] / pages:.2f} s, workers themselves {main / pages:.3f} s, "
            f"database {spent.cpu_s['database'] / pages:.3f} s, queue {spent.cpu_s['queue'] / pages:.3f} s; "
            f"all besides the children {100 * (main + others) / spent.cpu_s['children']:.1f} % of them, "
            f"database and queue alone {100 * others / spent.cpu_s['children']:.1f} %",
            flush=True,
        )
    ratio = speeds[2] / speeds[1]
    print(f"2 workers do {ratio:.2f} times what 1 does")
    return 0 if ratio >= 1.9 else 1


def measure_memory(pages: int) -> int:
    """One worker through one file of so many pages."""
    with place(1) as made:
        made.send("long.tif", quick(pages))
        told = 0
        for read, _ in made.until(3):
            if read >= told + pages // 10:
                told = read
                main, child = made.spent.rss[-1]
                print(f"{read} pages: main {main // MEBIBYTE} MiB, largest child {child // MEBIBYTE} MiB", flush=True)
        sizes = made.spent.rss
    half = len(sizes) // 2
    early, late = (sorted(sum(one) for one in part)[len(part) // 2] for part in (sizes[len(sizes) // 10 : half], sizes[half:]))
    most = max(main + child for main, child in sizes)
    medians = f"median of the first half {early // MEBIBYTE}, of the second {late // MEBIBYTE}"
    print(f"{pages} pages: at most {most // MEBIBYTE} MiB together; {medians}")
    return 0 if most < 1024 * MEBIBYTE else 1


def measure_papers(papers: int) -> int:
    """CPU a paper of all processes together, tenth by tenth."""
    with place(1) as made:
        costs = []
        for tenth in range(10):
            before = made.spent.copy()
            for number in range(papers // 10):
                made.send(f"{tenth}-{number}.tif", quick(1))
            for _ in made.until(2 + (tenth + 1) * (papers // 10)):
                pass
            spent = made.spent.since(before)
            costs.append(1000 * sum(spent.cpu_s.values()) / (papers // 10))
            parts = ", ".join(f"{name} {1000 * value / (papers // 10):.0f}" for name, value in spent.cpu_s.items())
            print(f"papers {tenth * papers // 10} to {(tenth + 1) * papers // 10}: {costs[-1]:.0f} ms each ({parts})", flush=True)
    first, last = sum(costs[1:4]) / 3, sum(costs[-3:]) / 3
    print(f"CPU a paper: {first:.0f} ms after the start, {last:.0f} ms at the end: {100 * (last / first - 1):+.1f} %")
    return 0 if abs(last / first - 1) <= 0.1 else 1


def main() -> int:
    """Measure what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["workers", "memory", "papers"], nargs="*", default=["workers", "memory", "papers"])
    parser.add_argument("--pages", type=int, default=0, help="default: 60 for workers, 1000 for memory")
    parser.add_argument("--papers", type=int, default=1000)
    asked = parser.parse_args()
    results = []
    for what in asked.what:
        if what == "workers":
            results.append(measure_workers(asked.pages or 60))
        elif what == "memory":
            results.append(measure_memory(asked.pages or 1000))
        else:
            results.append(measure_papers(asked.papers))
    return max(results)


if __name__ == "__main__":
    sys.exit(main())
