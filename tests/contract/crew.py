"""One process of the concurrency tests: `python -m tests.contract.crew URL JOB THREADS …`.

It says "ready", waits for a line, runs the job in every thread at once and prints a JSON list with one answer for each.
"""

from __future__ import annotations

import json
import sys
import threading
import uuid
from collections.abc import Callable

from storage.model import StepKind
from storage.records.database import Database
from tests.contract import facts

FENCE = 20


def lease(database: Database) -> list[str]:
    """Take and finish steps until there are none."""
    taken: list[str] = []
    worker = uuid.uuid4().hex
    while True:
        with database.transaction() as unit:
            step = unit.steps.lease_next(worker, 60)
        if step is None:
            return taken
        taken.append(step.id)
        with database.transaction() as unit:
            unit.steps.done(step)


def number(database: Database) -> list[int]:
    """20 numbers, with a rollback after every third."""
    numbers: list[int] = []
    while len(numbers) < FENCE:
        with database.transaction() as unit:
            numbers.append(unit.codes.next("result/H56/2026"))
        if len(numbers) % 3 == 0:
            _roll_back(database)
    return numbers


def _roll_back(database: Database) -> None:
    try:
        with database.transaction() as unit:
            unit.codes.next("result/H56/2026")
            unit.ledger.append("undone", "x", "crew")
            raise ZeroDivisionError  # noqa: TRY301 - the point is to leave the block
    except ZeroDivisionError:
        return


def ledger(database: Database) -> int:
    """Note 1 to 3 events in each of 20 transactions, some of them rolled back; the answer is how many were kept."""
    noted = 0
    for turn in range(FENCE):
        with database.transaction() as unit:
            for event in range(turn % 3 + 1):
                unit.ledger.append("kept", f"paper-{turn}", "crew", {"event": event})
                noted += 1
        if turn % 4 == 0:
            _roll_back(database)
    return noted


def finish(database: Database) -> list[str]:
    """Read one page of each paper, as the pipeline does: set the text, lock the paper, count, add the seal when all are read."""
    batch_id, papers = sys.argv[4], json.loads(sys.argv[5])
    mine = int(next(places))
    sealed: list[str] = []
    for paper_id, paper in papers.items():
        with database.transaction() as unit:
            unit.pages.set_text(paper["pages"][mine], facts.ref("text"))
            unit.papers.lock(paper_id)
            if unit.pages.unread(paper_id) == 0:
                batch = unit.batches.get(batch_id)
                if unit.steps.add(StepKind.SEAL, paper_id, batch=batch, file_id=paper["file"], paper_id=paper_id) is not None:
                    sealed.append(paper_id)
    return sealed


JOBS: dict[str, Callable[[Database], object]] = {"lease": lease, "number": number, "ledger": ledger, "finish": finish}


def main() -> None:
    database, job, threads = Database(sys.argv[1]), JOBS[sys.argv[2]], int(sys.argv[3])
    with database.read() as unit:
        unit.records.count()
    answers: list[object] = []
    failures: list[BaseException] = []

    def run() -> None:
        try:
            answers.append(job(database))
        except BaseException as error:  # noqa: BLE001 - raised again below
            failures.append(error)

    print("ready", flush=True)
    global places  # noqa: PLW0603 - each thread takes the next of this process's places
    places = iter(json.loads(sys.stdin.readline()))
    crew = [threading.Thread(target=run) for _ in range(threads)]
    for member in crew:
        member.start()
    for member in crew:
        member.join()
    if failures:
        raise failures[0]
    print(json.dumps(answers))


places = iter([0])

if __name__ == "__main__":
    main()
