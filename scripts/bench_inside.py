"""What a paper costs inside a worker: `overhead` of database, store and queue; `growth` with the papers already there.

    python -m scripts.bench_inside overhead --papers 6 --per-paper 6    painted A4 pages; beside the children that read them
    python -m scripts.bench_inside growth --there 10000 --papers 60     by turns in a batch of so many and in an empty one

A worker's loop runs in this process on PostgreSQL and RabbitMQ. CPU is counted in the calls themselves: building a statement, its
answer and what a step writes all count as database; the servers' own CPU is added. In `growth` every row of ten real papers is
written again under other names until so many are there, for real ones would take hours; then both batches get a paper in turn, so
that whatever else the machine does hits both alike.
"""

from __future__ import annotations

import argparse
import io
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import psutil
import psycopg

from api.intake.receiving import Intake
from api.pipeline.engine import Pipeline
from api.settings import Settings
from api.wiring import Sohoa, build
from scripts.bench_pages import in_parts, layered, painted
from scripts.soak.servers import Broker, Postgres
from storage.model import Batch, Priority

_NAMES = frozenset({"id", "paper_id", "file_id", "subject", "page_id", "code", "origin"})
"""Columns that tie rows of one paper together."""
_OF_PAPERS = (
    "files", "papers", "pages", "steps", "fields", "decisions", "seals", "records", "ledger", "search_docs", "search_terms",
)  # fmt: skip
_APART = 1_000_000
_MODEL = 10


class Meter:
    """CPU seconds of this process's threads by what they were spent on."""

    def __init__(self) -> None:
        self.spent: defaultdict[str, float] = defaultdict(float)

    def call(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """The same function, its time counted."""

        def counted(*args: Any, **more: Any) -> Any:
            begun = time.thread_time()
            try:
                return function(*args, **more)
            finally:
                self.spent[name] += time.thread_time() - begun

        return counted

    def block(self, name: str, made: Callable[[], AbstractContextManager[Any]]) -> Callable[[], AbstractContextManager[Any]]:
        """The same context manager, everything in it counted."""

        @contextmanager
        def counted() -> Iterator[Any]:
            begun = time.thread_time()
            try:
                with made() as inner:
                    yield inner
            finally:
                self.spent[name] += time.thread_time() - begun

        return counted


class _Metered:
    """An object some of whose attributes are replaced."""

    def __init__(self, inner: object, **replaced: object) -> None:
        self._inner = inner
        self.__dict__.update(replaced)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)


def metered(sohoa: Sohoa, meter: Meter) -> Sohoa:
    """The product with a meter at database, store and queue."""
    database, store = sohoa.database, sohoa.objects
    stored = {name: meter.call("store", getattr(store, name)) for name in ("put_file", "put_bytes", "fetch", "read_bytes")}
    return replace(
        sohoa,
        database=_Metered(  # type: ignore[arg-type]
            database,
            transaction=meter.block("database", database.transaction),
            read=meter.block("database", database.read),
        ),
        objects=_Metered(store, **stored),
        publish=meter.call("queue", sohoa.publish),
    )


@dataclass
class Bench:
    """One installation and its loop."""

    sohoa: Sohoa
    pipeline: Pipeline
    batch: Batch

    def paper(self, name: str, data: bytes) -> None:
        """From the door to the index."""
        Intake(self.sohoa).receive(self.batch.id, name, io.BytesIO(data), actor="bench")
        while self.pipeline.work():
            pass


@contextmanager
def bench(database_url: str, broker_url: str = "", meter: Meter | None = None) -> Iterator[Bench]:
    """An installation of its own, warm."""
    with tempfile.TemporaryDirectory(prefix="sohoa-bench-") as folder:
        settings = Settings(data_dir=Path(folder, "data"), database_url=database_url, broker_url=broker_url)
        built = build(settings)
        sohoa = metered(built, meter) if meter else built
        pipeline = Pipeline(sohoa)
        batch = Intake(sohoa).create_batch(actor="bench", automatic=True, priority=Priority.BULK)
        try:
            yield Bench(sohoa, pipeline, batch)
        finally:
            pipeline.close()
            built.close()


def cpu_s(processes: Iterable[psutil.Process]) -> float:
    """User and system time of living processes."""
    return sum(sum(one.cpu_times()[:2]) for one in processes)


def below(process: psutil.Process) -> list[psutil.Process]:
    """A process and everything under it."""
    return [process, *process.children(recursive=True)]


def measure_overhead(papers: int, per_paper: int) -> int:
    """Database, store and queue beside the reading."""
    with ExitStack() as stack:
        database, broker = Postgres("postgres"), Broker("rabbitmq")
        for one in (database, broker):
            stack.callback(one.close)
            one.start()
        meter = Meter()
        made = stack.enter_context(bench(database.url, broker.url, meter))
        files = list(painted(papers + 1, per_paper, 7))
        made.paper("first", files.pop())
        me = psutil.Process()
        postgres = psutil.Process(int((database.folder / "postgres/data/postmaster.pid").read_text().split()[0]))
        rabbit = psutil.Process(int((broker.folder / "rabbitmq/pid").read_text()))
        meter.spent.clear()
        before = [cpu_s(below(postgres)), cpu_s(below(rabbit)), cpu_s([me]), cpu_s(me.children(recursive=True))]
        for number, data in enumerate(files):
            made.paper(str(number), data)
        after = [cpu_s(below(postgres)), cpu_s(below(rabbit)), cpu_s([me]), cpu_s(me.children(recursive=True))]
    server, queue, main, reading = (late - early for late, early in zip(after, before, strict=True))
    spent = {f"{name} here": meter.spent[name] for name in ("database", "store", "queue")}
    spent |= {"database server": server, "queue server": queue}
    pages = papers * per_paper
    told = ", ".join(f"{name} {1000 * value / pages:.0f} ms" for name, value in spent.items())
    share = 100 * sum(spent.values()) / reading
    print(f"{papers} papers of {per_paper} pages; a page: children {reading / pages:.2f} s, here {main / pages:.3f} s; {told}")
    print(f"queue, database and store together: {share:.1f} % of what the children spend")
    return 0 if share <= 5 else 1


def multiply(url: str, there: int) -> None:
    """Every row of the papers there again and again, under other names."""
    with psycopg.connect(url) as connection:
        connection.execute("SET session_replication_role = replica")
        times = there // _MODEL
        for table in _OF_PAPERS:
            columns_of = "SELECT column_name FROM information_schema.columns WHERE table_schema = 'public' AND table_name = %s"
            found = connection.execute(columns_of, [table])
            columns = [str(row[0]) for row in found if row[0] != "seq" or table in {"records", "ledger"}]
            chosen = ", ".join(_again(table, column) for column in columns)
            listed = ", ".join(f'"{column}"' for column in columns)
            connection.execute(f"INSERT INTO {table} ({listed}) SELECT {chosen} FROM {table}, generate_series(1, {times}) AS k")
        connection.execute("UPDATE ledger_head SET entries = (SELECT max(seq) FROM ledger)")
        connection.execute("SELECT setval(pg_get_serial_sequence('records', 'seq'), (SELECT max(seq) FROM records))")
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")


def _again(table: str, column: str) -> str:
    if column == "doc" or (table, column) == ("records", "seq"):
        return f"{column} + {_APART} * k"
    if column == "seq":
        return "seq + k * (SELECT max(seq) FROM ledger)"
    if column in _NAMES:
        return f"CASE WHEN {column} = '' THEN {column} ELSE md5({column} || k) END"
    named = {("files", "name"), ("seals", "object_sha256")}
    return f"{column} || '-' || k" if (table, column) in named else f'"{column}"'


def measure_growth(papers: int, there: int) -> int:
    """A paper in an empty batch and in a large one, by turns."""
    with ExitStack() as stack:
        server = Postgres("postgres")
        stack.callback(server.close)
        server.start()
        with psycopg.connect(server.url, autocommit=True) as connection:
            connection.execute("CREATE DATABASE large")
        urls = {"empty": server.url, "large": server.url.rsplit("/", 1)[0] + "/large"}
        both = {name: stack.enter_context(bench(url)) for name, url in urls.items()}
        files = in_parts(layered(2 * (papers + _MODEL)))
        for number in range(_MODEL):
            for made in both.values():
                made.paper(f"first-{number}", next(files))
        multiply(urls["large"], there)
        me = psutil.Process()
        spent: dict[str, list[tuple[float, float]]] = {name: [] for name in both}
        for number in range(papers):
            for name, made in both.items():
                backends = _backends(urls[name])
                before = cpu_s(backends), cpu_s([me])
                made.paper(str(number), next(files))
                spent[name].append((cpu_s(backends) - before[0], cpu_s([me]) - before[1]))
    each = {name: _calm(pairs) for name, pairs in spent.items()}
    for name, (database, worker) in each.items():
        print(f"{name} batch: {database + worker:.0f} ms of CPU a paper (database {database:.1f}, worker {worker:.1f})")
    more = 100 * (sum(each["large"]) / sum(each["empty"]) - 1)
    print(f"with {there} papers in the batch {more:+.1f} %")
    return 0 if abs(more) <= 10 else 1


def _calm(spent: list[tuple[float, float]]) -> tuple[float, float]:
    """Mean milliseconds without the dearest quarter, which is what else the machine did."""
    calm = sorted(spent, key=sum)[: max(1, len(spent) * 3 // 4)]
    database, worker = (1000 * sum(part) / len(calm) for part in zip(*calm, strict=True))
    return database, worker


def _backends(url: str) -> list[psutil.Process]:
    with psycopg.connect(url, autocommit=True) as connection:
        rows = connection.execute(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        ).fetchall()
    return [psutil.Process(row[0]) for row in rows]


def main() -> int:
    """Measure what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["overhead", "growth"])
    parser.add_argument("--papers", type=int, default=0, help="default: 6 for overhead, 60 for growth")
    parser.add_argument("--per-paper", type=int, default=6)
    parser.add_argument("--there", type=int, default=10_000)
    asked = parser.parse_args()
    if asked.what == "overhead":
        return measure_overhead(asked.papers or 6, asked.per_paper)
    return measure_growth(asked.papers or 60, asked.there)


if __name__ == "__main__":
    sys.exit(main())
