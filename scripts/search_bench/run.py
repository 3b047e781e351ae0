"""`make bench-search`: how long a search takes, and whether it finds the record that is meant.

Generated records on SQLite and on PostgreSQL, a named list of 40 questions (each drawn from a record that exists), and known
items: the place of the record a question was drawn from. On PostgreSQL the plain set-up (`unaccent`, `simple`, one weighted
tsvector, `websearch_to_tsquery`, `ts_rank`) answers the same questions after ours, on the same server with the same texts;
it gives the 20 best, without facets, snippets or a count, and is given up after `--patience` seconds. Before
each way is measured it is asked other questions of the same kinds, so that the server has in memory what one in use has.
"""

from __future__ import annotations

import argparse
import math
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from scripts.search_bench.load import fill_postgres, fill_sqlite, is_filled
from scripts.search_bench.plain import Plain
from scripts.search_bench.shapes import KNOWN, SHAPES, Shape, drawn
from storage.finding import SearchQuery
from storage.records.database import Database

SERVICE = Path(__file__).parents[1] / "services" / "postgres.sh"
SETTINGS = Path(__file__).parents[2] / "docs" / "operations" / "postgresql.conf"
"""What the guide tells everybody to set."""
Answer = Callable[[SearchQuery], Sequence[int]]
"""The numbers of the records found, best first."""


@dataclass(frozen=True)
class Amount:
    """How much is asked."""

    runs: int = 10
    """Questions of each shape that are timed."""
    known: int = 50
    """Known items of each kind."""
    before: int = 10
    """Other questions of each shape before those, as to a server in use."""
    tries: int = 1
    """A question's time is the best of so many."""


@dataclass
class Figures:
    """What was measured of one way to search, in milliseconds."""

    runs: dict[str, list[float]] = field(default_factory=dict)
    cpu: list[float] = field(default_factory=list)
    """Of this process and of the server's that answer it: what is left of a run when nobody else needs the machine."""
    places: dict[str, list[float]] = field(default_factory=dict)

    def time(self, shape: str, answer: Answer, query: SearchQuery, served_ms: Callable[[], float], tries: int) -> None:
        """One more run: the best of so many tries."""
        best, least = math.inf, math.inf
        for _ in range(tries):
            began, used, served = time.perf_counter(), time.process_time(), served_ms()
            answer(query)
            least = min(least, (time.process_time() - used) * 1000 + served_ms() - served)
            best = min(best, (time.perf_counter() - began) * 1000)
        self.cpu.append(least)
        self.runs.setdefault(shape, []).append(best)

    def place(self, shape: str, answer: Answer, query: SearchQuery, number: int) -> None:
        """1 / the place of the record that is meant, 0 when it is not among the first 20."""
        found = list(answer(query))[:20]
        self.places.setdefault(shape, []).append(1 / (found.index(number) + 1) if number in found else 0.0)

    def p95(self, shape: str | None = None) -> float:
        """Of one shape, or of all runs."""
        runs = sorted(self.runs[shape] if shape else [run for one in self.runs.values() for run in one])
        return runs[min(len(runs) - 1, int(len(runs) * 0.95))]

    def mean_reciprocal_rank(self) -> float:
        """Over all known items."""
        return statistics.mean(place for one in self.places.values() for place in one)


def ours(database: Database) -> Answer:
    """Our search with everything the page shows: count, facets, snippets."""

    def answer(query: SearchQuery) -> Sequence[int]:
        with database.read() as uow:
            return [int(hit.record.paper_id, 16) for hit in uow.search.find(query).hits]

    return answer


def no_server() -> float:
    """What a database in this process has used elsewhere."""
    return 0.0


def of_backends(url: str) -> Callable[[], float]:
    """Tells the CPU time in ms that the server's processes for the database at `url` have used; 0 when it runs elsewhere."""
    with psycopg.connect(url, autocommit=True) as connection:
        asked = (
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            " AND backend_type = 'client backend'"
        )
        files = [Path(f"/proc/{pid}/schedstat") for (pid,) in connection.execute(asked).fetchall()]
    return lambda: sum(int(file.read_text().split()[0]) for file in files if file.exists()) / 1e6


def measure(ways: dict[str, Answer], total: int, amount: Amount, url: str = "") -> dict[str, Figures]:
    """Every question to every way, one way after the other: in turns, each would push the other out of the server's memory.

    `url`: of the server both ask.
    """
    figures = {name: Figures() for name in ways}
    for name, answer in ways.items():
        print(f"measuring {name}", file=sys.stderr)
        answer(drawn(SHAPES[0], 1, total)[0][1])
        for shape in SHAPES:
            for _, query in drawn(shape, amount.before, total, seed=3):
                answer(query)
        served_ms = of_backends(url) if url else no_server
        for shape in SHAPES:
            for _, query in drawn(shape, amount.runs, total):
                figures[name].time(shape.name, answer, query, served_ms, amount.tries)
        for shape in KNOWN:
            for one, query in drawn(shape, amount.known, total, seed=2):
                figures[name].place(shape.name, answer, query, one.number)
    return figures


def tell(title: str, figures: dict[str, Figures]) -> None:
    """The tables, as they stand in docs/benchmarks.md."""
    names = list(figures)
    print(f"\n{title}; load of the machine {os.getloadavg()[0]:.1f}\n")
    print(f"| question, p95 ms (median) | {' | '.join(names)} |\n|---|{'---|' * len(names)}")
    for shape in SHAPES:
        cells = (f"{one.p95(shape.name):.0f} ({statistics.median(one.runs[shape.name]):.0f})" for one in figures.values())
        print(f"| {shape.name} | {' | '.join(cells)} |")
    print(f"| **all** | {' | '.join(f'**{one.p95():.0f}**' for one in figures.values())} |")
    cpu = (sorted(one.cpu)[int(len(one.cpu) * 0.95)] for one in figures.values())
    print(f"| all, CPU of asker and server, p95 ms | {' | '.join(f'{one:.0f}' for one in cpu)} |")
    print(f"\n| known items, mean reciprocal rank | {' | '.join(names)} |\n|---|{'---|' * len(names)}")
    for shape in KNOWN:
        print(f"| {shape.name} | {' | '.join(f'{_mean(one, shape):.3f}' for one in figures.values())} |")
    print(f"| **all** | {' | '.join(f'**{one.mean_reciprocal_rank():.3f}**' for one in figures.values())} |", flush=True)


def _mean(one: Figures, shape: Shape) -> float:
    return statistics.mean(one.places[shape.name])


@contextmanager
def private_server(folder: Path, port: int) -> Iterator[str]:
    """A PostgreSQL of our own."""
    environment = os.environ | {"SOHOA_POSTGRES_CONF": str(SETTINGS)}
    done = subprocess.run([SERVICE, "start", folder, str(port)], env=environment, capture_output=True, text=True, check=True)
    try:
        yield done.stdout.strip().splitlines()[-1]
    finally:
        subprocess.run([SERVICE, "stop", folder], check=False)


def on_sqlite(folder: Path, count: int, amount: Amount) -> Figures:
    """Fill (unless it is there) and measure a database file."""
    path = folder / f"search-{count}.db"
    if not path.exists():
        print(f"SQLite: {count:,} records", file=sys.stderr)
        fill_sqlite(path, count)
    database = Database(f"sqlite:///{path}")
    figures = measure({"Sohoa": ours(database)}, count, amount)
    database.close()
    tell(f"SQLite, {count:,} records", figures)
    return figures["Sohoa"]


def on_postgres(server: str, count: int, amount: Amount, patience: float) -> dict[str, Figures]:
    """Fill (unless it is there) and measure a database of the server, the plain set-up beside ours."""
    name = f"search_{count}"
    url = server.rsplit("/", 1)[0] + f"/{name}"
    with psycopg.connect(server, autocommit=True) as connection:
        fresh = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone() is None
        if fresh:
            connection.execute(f"CREATE DATABASE {name}")
    if fresh or not is_filled(url, count):
        print(f"PostgreSQL: {count:,} records", file=sys.stderr)
        fill_postgres(url, count)
    database, plain = Database(url), Plain(url, patience)
    figures = measure({"Sohoa": ours(database), "plain": plain.answer}, count, amount, url)
    database.close()
    plain.close()
    tell(f"PostgreSQL, {count:,} records", figures)
    return figures


def main() -> None:
    """Measure and tell."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sqlite", type=int, default=200_000, help="records on SQLite; 0: none")
    parser.add_argument("--postgres", type=int, default=1_000_000, help="records on PostgreSQL; 0: none")
    parser.add_argument("--server", default="", help="a PostgreSQL whose user may create databases; default: a private one")
    parser.add_argument("--port", type=int, default=8149, help="of the private one")
    parser.add_argument("--runs", type=int, default=Amount.runs, help="questions of each shape")
    parser.add_argument("--known", type=int, default=Amount.known, help="known items of each kind")
    parser.add_argument(
        "--before", type=int, default=Amount.before, help="other questions of each shape before; 0: memory as it is"
    )
    parser.add_argument("--tries", type=int, default=Amount.tries, help="a time is the best of so many (on a busy machine)")
    parser.add_argument("--patience", type=float, default=3.0, help="seconds after which the plain set-up is given up")
    parser.add_argument("--folder", type=Path, default=None, help="keeps the databases for the next time; default: none kept")
    asked = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # ends the server on the way out
    amount = Amount(asked.runs, asked.known, asked.before, asked.tries)
    with tempfile.TemporaryDirectory(prefix="sohoa-search-", dir="/tmp") as scratch:
        folder = asked.folder or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o755)
        if asked.sqlite:
            on_sqlite(folder, asked.sqlite, amount)
        if asked.postgres and asked.server:
            on_postgres(asked.server, asked.postgres, amount, asked.patience)
        elif asked.postgres:
            with private_server(folder, asked.port) as server:
                on_postgres(server, asked.postgres, amount, asked.patience)


if __name__ == "__main__":
    main()
