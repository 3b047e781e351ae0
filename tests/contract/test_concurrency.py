"""Many at once, in processes and threads: each step to one worker, no gap in a number, one seal for a paper, one chain.

Work is done by `crew` in two child processes with four threads each, so that both SQLite's queue inside a process and its lock
between processes are in play.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from storage.model import StepKind
from storage.records.database import Database
from storage.registers import BookState, RegisterKind
from tests.contract import facts

PROCESSES, THREADS = 2, 4


Crew = Callable[..., list[Any]]


@pytest.fixture(scope="module")
def crew() -> Iterator[Crew]:
    """Runs a job in all processes and threads at once: `crew(url, job, *arguments)` gives the answer of each thread."""
    command = [sys.executable, "-m", "tests.contract.crew"]
    members = [subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(PROCESSES)]

    def order(url: str, job: str, *arguments: object) -> list[Any]:
        for number, member in enumerate(members):
            assert member.stdin is not None
            places = range(number * THREADS, (number + 1) * THREADS)
            print(
                json.dumps({"url": url, "job": job, "places": [*places], "arguments": arguments}), file=member.stdin, flush=True
            )
        answers = [answer for member in members for answer in json.loads(_line(member))]
        assert [answer for answer in answers if isinstance(answer, dict)] == []
        return answers

    assert [_line(member) for member in members] == ["ready\n"] * PROCESSES
    yield order
    for member in members:
        member.communicate(timeout=30)


def _line(member: subprocess.Popen[str]) -> str:
    assert member.stdout is not None
    return member.stdout.readline()


def test_each_step_is_leased_exactly_once(timed_database: Database, database_url: str, crew: Crew) -> None:
    with timed_database.transaction() as unit:
        for number in range(4):
            batch = facts.batch(unit=f"unit-{number}")
            file = facts.file_of(batch)
            unit.batches.add(batch)
            unit.files.add(file)
            for _ in range(50):
                unit.steps.add(StepKind.READ, facts.new_id(), batch=batch, file_id=file.id)
    taken = [step for worker in crew(database_url, "lease") for step in worker]
    assert len(taken) == 200
    assert [step for step, times in Counter(taken).items() if times != 1] == []
    with timed_database.read() as unit:
        assert unit.steps.backlog() == {}


def test_numbers_have_no_gap_under_concurrency_and_rollbacks(timed_database: Database, database_url: str, crew: Crew) -> None:
    numbers = [number for worker in crew(database_url, "number") for number in worker]
    assert sorted(numbers) == list(range(1, len(numbers) + 1))
    assert len(numbers) == PROCESSES * THREADS * 20
    with timed_database.transaction() as unit:
        assert unit.codes.next("result/H56/2026") == len(numbers) + 1


def test_certification_numbers_have_no_gap_while_books_change(timed_database: Database, database_url: str, crew: Crew) -> None:
    with timed_database.transaction() as unit:
        unit.registers.open("H56", RegisterKind.ELECTRONIC, "SCTĐT/BS", "crew")
    numbers = [number for worker in crew(database_url, "register") for number in worker]
    assert sorted(numbers) == list(range(1, PROCESSES * THREADS * 10 + 1))
    with timed_database.read() as unit:
        states = [book.state for book in unit.registers.books("H56")]
    assert (len(states), states.count(BookState.OPEN), states[-1]) == (11, 1, BookState.OPEN)


def test_the_last_two_pages_add_exactly_one_seal(timed_database: Database, database_url: str, crew: Crew) -> None:
    papers = {}
    with timed_database.transaction() as unit:
        batch = facts.batch()
        unit.batches.add(batch)
        for _ in range(15):
            _, file, paper, pages = facts.put_paper(unit, batch, pages=PROCESSES * THREADS)
            papers[paper.id] = {"file": file.id, "pages": [page.id for page in pages]}
    # every worker finishes another page of the same paper at the same time
    fans = [fan for worker in crew(database_url, "finish", batch.id, papers) for fan in worker]
    with timed_database.read() as unit:
        for paper in papers:
            assert unit.pages.unread(paper) == 0
            assert unit.steps.find(StepKind.SEAL, paper) is not None, "nobody saw the last page"
    assert sorted(fans) == sorted(papers), "each paper was found complete by exactly one"


def test_the_chain_stays_whole_under_concurrency(timed_database: Database, database_url: str, crew: Crew) -> None:
    noted = sum(crew(database_url, "ledger"))
    with timed_database.read() as unit:
        verdict = unit.ledger.verify()
        entries = unit.ledger.entries(limit=10_000)
    assert verdict.ok
    assert verdict.entries == noted == len(entries)
    assert {entry.event for entry in entries} == {"kept"}, "what was rolled back is not in it"
