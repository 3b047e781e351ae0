"""One process of the concurrency tests.

It says "ready", then reads orders, one JSON line each, runs the job in several threads at once and prints their answers.
"""

from __future__ import annotations

import json
import sys
import threading
import uuid
from collections.abc import Callable
from typing import Any

from storage.model import StepKind
from storage.records.database import Database
from storage.registers import RegisterKind
from tests.contract import facts

FENCE = 20


def lease(database: Database, _place: int) -> list[str]:
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


def number(database: Database, _place: int) -> list[int]:
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


def ledger(database: Database, _place: int) -> int:
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


def finish(database: Database, place: int, batch_id: str, papers: dict[str, Any]) -> list[str]:
    """Read one page of each paper, as the pipeline does: set the text, lock the paper, count, add the seal when all are read."""
    sealed: list[str] = []
    for paper_id, paper in papers.items():
        with database.transaction() as unit:
            unit.pages.set_text(paper["pages"][place], facts.ref("text"))
            unit.papers.lock(paper_id)
            if unit.pages.unread(paper_id) == 0:
                batch = unit.batches.get(batch_id)
                if unit.steps.add(StepKind.SEAL, paper_id, batch=batch, file_id=paper["file"], paper_id=paper_id) is not None:
                    sealed.append(paper_id)
    return sealed


def register(database: Database, place: int) -> list[int]:
    """10 certification numbers; one member closes the book and opens the next one all the while."""
    numbers: list[int] = []
    for _ in range(10):
        with database.transaction() as unit:
            numbers.append(unit.registers.next_number("H56", RegisterKind.ELECTRONIC, "SCTĐT/BS", "crew").number)
        if place == 0:
            with database.transaction() as unit:
                unit.registers.close("H56", RegisterKind.ELECTRONIC, "crew")
                unit.registers.open("H56", RegisterKind.ELECTRONIC, "SCTĐT/BS", "crew")
    return numbers


JOBS: dict[str, Callable[..., object]] = {
    "lease": lease,
    "number": number,
    "ledger": ledger,
    "finish": finish,
    "register": register,
}


def run(order: dict[str, Any]) -> list[object]:
    """The job in one thread for each of the `places`; the answers of all."""
    database = Database(order["url"])
    answers: list[object] = []

    def one(place: int) -> None:
        try:
            answers.append(JOBS[order["job"]](database, place, *order["arguments"]))
        except BaseException as error:  # noqa: BLE001 - an answer of the wrong kind fails the test
            answers.append({"failed": repr(error)})

    crew = [threading.Thread(target=one, args=(place,)) for place in order["places"]]
    for member in crew:
        member.start()
    for member in crew:
        member.join()
    database.close()
    return answers


if __name__ == "__main__":
    print("ready", flush=True)
    for line in sys.stdin:
        print(json.dumps(run(json.loads(line))), flush=True)
