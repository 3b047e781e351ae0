"""Many at once, in processes and threads: each step to one worker, no gap in a number, one seal for a paper, one chain.

Work is done by `crew` in two child processes with four threads each, so that both SQLite's queue inside a process and its lock
between processes are in play.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from typing import Any

from storage.model import StepKind
from storage.records.database import Database
from tests.contract import facts

PROCESSES, THREADS = 2, 4


def _crew(url: str, job: str, *arguments: str) -> list[Any]:
    """What `PROCESSES` x `THREADS` runs of `tests.contract.crew` answered."""
    command = [sys.executable, "-m", "tests.contract.crew", url, job, str(THREADS), *arguments]
    workers = [
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.PIPE) for _ in range(PROCESSES)
    ]
    for worker in workers:
        assert worker.stdout is not None
        assert worker.stdout.readline() == b"ready\n", worker.communicate(timeout=60)[1].decode()
    for number, worker in enumerate(workers):
        assert worker.stdin is not None
        places = [number * THREADS + thread for thread in range(THREADS)]
        worker.stdin.write(f"{json.dumps(places)}\n".encode())
        worker.stdin.flush()
    answers: list[Any] = []
    for worker in workers:
        out, err = worker.communicate(timeout=240)
        assert worker.returncode == 0, err.decode()
        answers += json.loads(out)
    return answers


def test_each_step_is_leased_exactly_once(timed_database: Database, database_url: str) -> None:
    with timed_database.transaction() as unit:
        for number in range(4):
            batch = facts.batch(unit=f"unit-{number}")
            file = facts.file_of(batch)
            unit.batches.add(batch)
            unit.files.add(file)
            for _ in range(50):
                unit.steps.add(StepKind.READ, facts.new_id(), batch=batch, file_id=file.id)
    taken = [step for worker in _crew(database_url, "lease") for step in worker]
    assert len(taken) == 200
    assert [step for step, times in Counter(taken).items() if times != 1] == []
    with timed_database.read() as unit:
        assert unit.steps.backlog() == {}


def test_numbers_have_no_gap_under_concurrency_and_rollbacks(timed_database: Database, database_url: str) -> None:
    numbers = [number for worker in _crew(database_url, "number") for number in worker]
    assert sorted(numbers) == list(range(1, len(numbers) + 1))
    assert len(numbers) == PROCESSES * THREADS * 20
    with timed_database.transaction() as unit:
        assert unit.codes.next("result/H56/2026") == len(numbers) + 1


def test_the_last_two_pages_add_exactly_one_seal(timed_database: Database, database_url: str) -> None:
    papers = {}
    with timed_database.transaction() as unit:
        batch = facts.batch()
        unit.batches.add(batch)
        for _ in range(15):
            _, file, paper, pages = facts.put_paper(unit, batch, pages=PROCESSES * THREADS)
            papers[paper.id] = {"file": file.id, "pages": [page.id for page in pages]}
    # every worker finishes another page of the same paper at the same time
    fans = [fan for worker in _crew(database_url, "finish", batch.id, json.dumps(papers)) for fan in worker]
    with timed_database.read() as unit:
        for paper in papers:
            assert unit.pages.unread(paper) == 0
            assert unit.steps.find(StepKind.SEAL, paper) is not None, "nobody saw the last page"
        assert len(unit.outbox.pending()) == len(papers)
    assert sorted(fans) == sorted(papers), "each paper was found complete by exactly one"


def test_the_chain_stays_whole_under_concurrency(timed_database: Database, database_url: str) -> None:
    noted = sum(_crew(database_url, "ledger"))
    with timed_database.read() as unit:
        verdict = unit.ledger.verify()
        entries = unit.ledger.entries(limit=10_000)
    assert verdict.ok
    assert verdict.entries == noted == len(entries)
    assert {entry.event for entry in entries} == {"kept"}, "what was rolled back is not in it"
