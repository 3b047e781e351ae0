"""The load: clerks who hand dossiers in, one who asks for certified copies, and a scanner that writes to the hot folder.

What was acknowledged is written down the moment it is; those lists are what the invariants hold the product to.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import quote

from api.hot.claims import FILE, HIDDEN
from scripts.soak.door import Door, GivenUp
from scripts.soak.faults import Bell
from scripts.soak.papers import Delivery, Item
from scripts.soak.plan import Options
from signing.grounds import grounds

CERTIFY_PAUSE_S = 3.0
FEWEST_NUMBERS = 3
"""So many certification numbers are asked for, also where the first records come late."""
POLL_S = 1.0


@dataclass(frozen=True, slots=True)
class Receipt:
    """A file that the door said it has."""

    batch: str
    file_id: str
    name: str
    item: Item


@dataclass
class Journal:
    """What was acknowledged."""

    receipts: list[Receipt] = field(default_factory=list)
    dropped: list[Item] = field(default_factory=list)
    """Files put into the hot folder."""
    numbers: dict[str, str] = field(default_factory=dict)
    """Certification → the number the certifier was told."""
    refused_at_door: list[str] = field(default_factory=list)
    """Files that the door would not take, with its code."""
    deliveries: dict[str, int] = field(default_factory=dict)
    """How many of each kind were opened."""


class Load:
    """Threads that hand in, ask and look until `stop`."""

    def __init__(
        self, options: Options, door: Door, tokens: dict[str, str], source: Iterator[Delivery], hot: Path, told: Bell
    ) -> None:
        """`told` rings at each receipt."""
        self._told = told
        self._options, self._door, self._tokens, self._hot = options, door, tokens, hot
        self._source, self._taking = source, threading.Lock()
        self._stop = threading.Event()
        self._room = threading.Semaphore(options.in_flight)
        self._open: dict[str, None] = {}
        self._codes: list[str] = []
        self._chance = Random(f"load {options.seed}")
        self.journal = Journal()
        self.failed: list[str] = []
        """What broke in the load itself."""
        jobs = [*(self._clerk for _ in range(options.clients)), self._looker, self._certifier, self._scanner]
        self._threads = [threading.Thread(target=self._guarded, args=(job,), daemon=True) for job in jobs]

    def start(self) -> None:
        """Begin."""
        for thread in self._threads:
            thread.start()

    def stop(self, patience_s: float) -> bool:
        """Hand nothing more in, and finish what was begun; False if that took longer than `patience_s`."""
        self._stop.set()
        ends = time.monotonic() + patience_s
        for thread in self._threads:
            thread.join(timeout=max(0.0, ends - time.monotonic()))
        return not any(thread.is_alive() for thread in self._threads)

    def _guarded(self, job: Any) -> None:
        try:
            job()
        except GivenUp:
            return
        except Exception as error:  # noqa: BLE001 - a broken load must fail the run, not end it silently
            self.failed.append(f"{job.__name__}: {error!r}")

    def _clerk(self) -> None:
        while not self._stop.is_set():
            if not self._room.acquire(timeout=0.5):
                continue
            with self._taking:
                delivery = next(self._source)
            self._hand_in(delivery)

    def _hand_in(self, delivery: Delivery) -> None:
        body = {"owner": delivery.owner, "priority": delivery.priority, "automatic": True}
        batch = str(self._door.ask(self._tokens["clerk"], "POST", "/v1/batches", body=body).body["id"])
        self.journal.deliveries[delivery.kind] = self.journal.deliveries.get(delivery.kind, 0) + 1
        for item in delivery.items:
            self._send(batch, item)
        self._open[batch] = None

    def _send(self, batch: str, item: Item) -> None:
        path = f"/v1/batches/{batch}/files/{item.sha256}?name={quote(item.name)}"
        answer = self._door.ask(self._tokens["clerk"], "PUT", path, body=item.data, may_break=True)
        if answer.status in {200, 201}:
            self.journal.receipts.append(Receipt(batch, answer.body["id"], item.name, item))
            self._told.ring(answer.port)
        else:
            self.journal.refused_at_door.append(f"{item.name}: {answer.status} {answer.body.get('code')}")

    def _looker(self) -> None:
        """Looks at open batches as a clerk's page does; a finished one makes room for the next delivery."""
        while not (self._stop.is_set() and not self._busy()):
            for batch in list(self._open):
                seen = self._door.ask(self._tokens["clerk"], "GET", f"/v1/batches/{batch}").body
                if seen["batch"]["progress"]["finished"]:
                    self._open.pop(batch)
                    self._codes.extend(paper["code"] for paper in seen["papers"] if paper["code"] and paper["state"] == "done")
                    self._room.release()
            self._door.over.wait(POLL_S)
            if self._door.over.is_set():
                return

    def _busy(self) -> bool:
        return bool(self._open) and not self._door.over.is_set()

    def _certifier(self) -> None:
        """Asks for a certified copy of a finished record now and then, and attests it."""
        while not self._stop.wait(CERTIFY_PAUSE_S) or (self._busy() and len(self.journal.numbers) < FEWEST_NUMBERS):
            if self._codes:
                self._certify(self._codes.pop(self._chance.randrange(len(self._codes))))

    def _certify(self, code: str) -> None:
        asked = {"record": code, "requester_name": "Nguyễn Văn Thử", "requester_id": "000000000001"}
        made = self._door.ask(self._tokens["clerk"], "POST", "/v1/certifications?purpose=soak", body=asked)
        if made.status != 201:
            return
        place, compared = f"/v1/certifications/{made.body['id']}", made.body["compared_sha256"]
        said = {"clear": sorted(grounds()), "matches": True, "complete": True, "compared_sha256": compared, "title": "CHỦ TỊCH"}
        told = self._door.ask(self._tokens["certifier"], "POST", f"{place}/attest", body=said)
        if told.status == 409:  # attested by the try before, whose answer was lost
            told = self._door.ask(self._tokens["certifier"], "GET", place)
        if number := told.body.get("number"):
            self.journal.numbers[made.body["id"]] = str(number)

    def _scanner(self) -> None:
        """Writes a file to the hot folder now and then, as a scanner does."""
        number = 0
        while not self._stop.wait(self._options.hot_pause_s * self._chance.uniform(0.5, 1.5)):
            if sum(claimed_and_waiting(self._hot)) >= self._options.in_flight:
                continue
            with self._taking:
                delivery = next(self._source)
            if delivery.kind == "construction":
                continue
            number += 1
            item = delivery.items[0]
            own = Item(f"may-quet-{number}-{item.name}", item.data, item.pages, item.refusal)
            part = self._hot / f"{own.name}.part"
            part.write_bytes(own.data)
            part.replace(self._hot / own.name)
            self.journal.dropped.append(own)


def claimed_and_waiting(hot: Path) -> tuple[int, int]:
    """Files of the hot folder that watchers have claimed, and files nobody has touched yet."""
    while True:
        try:
            claimed = sum(path.is_file() for path in (hot / HIDDEN).rglob(FILE))
            return claimed, sum(path.is_file() for path in hot.iterdir())
        except FileNotFoundError:  # a claim ended while it was looked at
            continue
