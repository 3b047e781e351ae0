"""Use case: every stored object is read again in time, kept twice, and mended from the good copy.

A run does a share, so that all objects are read within the days set, and may be killed anywhere: what was found stands in rows
and the next run goes on with what was looked at longest ago. A store that does not answer says nothing about its objects.
"""

from __future__ import annotations

import math
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from api.keeping.fixity_errors import ObjectLost
from api.wiring import Sohoa
from ingest.model import ObjectRef
from storage.errors import ObjectCorrupt, ObjectMissing
from storage.fixity import Pace, examine
from storage.model import StepKind, StepState
from storage.preservation import BAD, Health, KeepingStore, ObjectState, Place, Tally
from storage.records.unit_of_work import UnitOfWork

ACTOR = "sohoa"
REPAIRED, LOST = "object.repaired", "object.lost"
_AT_ONCE = 50
_EARLY = 0.9
"""What was read longer ago than this part of the time allowed is read now."""
_MINUTES_A_DAY = 24 * 60


@dataclass(slots=True)
class Run:
    """What one run came to."""

    checked: int = 0
    repaired: int = 0
    lost: int = 0
    """Found bad and without a good copy."""
    copied: int = 0
    """Written to the second store."""
    read_bytes: int = 0


@dataclass(frozen=True, slots=True)
class Status:
    """How the stored bytes are."""

    places: tuple[Tally, ...]
    bad: tuple[ObjectState, ...]
    aside: int
    """Objects in the quarantine."""

    @property
    def ok(self) -> bool:
        """Nothing is known to be damaged or gone."""
        return not self.bad


def status(sohoa: Sohoa) -> Status:
    """What is known now; reads no object."""
    with sohoa.database.read() as uow:
        places = [uow.objects.tally(Place.MAIN)]
        if sohoa.replica is not None:
            places.append(uow.objects.tally(Place.COPY))
        return Status(tuple(places), uow.objects.bad(), len(uow.objects.aside()))


def run(sohoa: Sohoa, *, whole: bool = False, pace: Pace | None = None) -> Run:
    """Read a share of the objects again, in both stores; `whole`: every object, however long it takes.

    Raises:
        StoreUnavailable: a store does not answer; what was found until then is noted.
    """
    options = sohoa.settings.fixity
    pace = pace or Pace(0 if whole else options.bytes_per_second, math.inf if whole else options.most_minutes * 60)
    keeper = Keeper(sohoa, pace)
    with sohoa.database.transaction() as uow:
        uow.objects.enrol()
        now = uow.now()
    for place in keeper.places:
        keeper.go_through(place, now if whole else now - _EARLY * timedelta(days=options.within_days), math.inf)
        if not whole:
            keeper.go_through(place, now - timedelta(days=1), keeper.share(place))
    return keeper.told()


def replicate(sohoa: Sohoa, *, pace: Pace | None = None) -> Run:
    """Write to the second store what it does not have yet; nothing when there is none.

    Raises:
        StoreUnavailable, StoreFull: a store does not answer or is full; the next run goes on.
    """
    options = sohoa.settings.fixity
    keeper = Keeper(sohoa, pace or Pace(options.bytes_per_second, options.most_minutes * 60))
    if sohoa.replica is not None:
        with sohoa.database.transaction() as uow:
            uow.objects.enrol()
            uow.objects.enrol_copies()
        keeper.copy(sohoa.replica)
    return keeper.told()


def recover(sohoa: Sohoa, sha256: str) -> None:
    """Look at one object again and mend it if a good copy is at hand now. Raises ObjectLost."""
    keeper = Keeper(sohoa, Pace(0, math.inf))
    for place in keeper.places:
        with sohoa.database.read() as uow:
            state = uow.objects.get(place, sha256)
        if state is not None and not keeper.check(state):
            raise ObjectLost(sha256=sha256)
    keeper.told()


class Keeper:
    """One run over the stores."""

    def __init__(self, sohoa: Sohoa, pace: Pace) -> None:
        self._sohoa, self._pace, self._run = sohoa, pace, Run()
        self._good: list[ObjectState] = []
        self._stores: dict[Place, KeepingStore] = {Place.MAIN: sohoa.objects}
        if sohoa.replica is not None:
            self._stores[Place.COPY] = sohoa.replica

    @property
    def places(self) -> tuple[Place, ...]:
        """Where objects are kept."""
        return tuple(self._stores)

    def share(self, place: Place) -> int:
        """How many objects one run must read, for all to be read in time."""
        options = self._sohoa.settings.fixity
        with self._sohoa.database.read() as uow:
            objects = uow.objects.tally(place).objects
        return math.ceil(objects * options.every_minutes / (options.within_days * _MINUTES_A_DAY))

    def go_through(self, place: Place, before: datetime, most: float) -> None:
        """Check up to `most` objects of a place that were last read before `before`."""
        left, seen = most, set[str]()
        while left > 0 and not self._pace.over:
            with self._sohoa.database.read() as uow:
                due = [one for one in uow.objects.due(place, before, _AT_ONCE) if one.object.sha256 not in seen]
            for state in due[: int(min(left, _AT_ONCE))]:
                self.check(state)
                seen.add(state.object.sha256)
                left -= 1
                if self._pace.over:
                    break
            self._flush()
            if not due:
                return

    def check(self, state: ObjectState) -> bool:
        """Read one object; whether it is good, or was mended."""
        health = examine(self._stores[state.place], state.object, self._pace)
        self._run.checked += 1
        if health is Health.GOOD and state.health not in BAD:
            self._good.append(state)
            return True
        self._flush()
        if health is Health.GOOD:
            self._note(state, Health.GOOD, "object.found_good", {})
            return True
        return self._mended(state, health)

    def copy(self, replica: KeepingStore) -> None:
        """Write what the second store does not have."""
        after = ""
        while not self._pace.over:
            with self._sohoa.database.read() as uow:
                waiting = uow.objects.unwritten(_AT_ONCE, after)
            for state in waiting:
                after = state.object.sha256
                with self._scratch() as path:
                    if not self._fetched(self._sohoa.objects, state.object, path):
                        with self._sohoa.database.read() as uow:
                            main = uow.objects.get(Place.MAIN, state.object.sha256)
                        if main is not None:
                            self.check(main)  # says so, and mends it if it can
                        continue
                    replica.put_file(path, state.object.media_type)
                self._pace.took(state.object.size)
                self._run.copied += 1
                self._good.append(state)
                if self._pace.over:
                    break
            self._flush()
            if len(waiting) < _AT_ONCE:
                return

    def told(self) -> Run:
        """What the run came to."""
        self._flush()
        self._run.read_bytes = self._pace.read_bytes
        return self._run

    def _mended(self, state: ObjectState, health: Health) -> bool:
        """Put the good bytes in the place of the bad ones, from wherever they still are."""
        store, ref = self._stores[state.place], state.object
        other = self._stores.get(state.place.other)
        with self._scratch() as path:
            if health is Health.MISSING and store.bring_back(ref.sha256) and examine(store, ref) is Health.GOOD:
                source = "quarantine"
            elif other is not None and self._fetched(other, ref, path):
                store.store_again(path, ref.media_type)
                source = state.place.other.value
            else:
                source = ""
        if source and examine(store, ref) is Health.GOOD:
            self._note(state, Health.GOOD, REPAIRED, {"found": health.value, "from": source})
            self._run.repaired += 1
            return True
        self._run.lost += 1
        self._note(state, health, "" if state.health in BAD else LOST, {"found": health.value})
        return False

    def _note(self, state: ObjectState, health: Health, event: str, details: dict[str, object]) -> None:
        sha256 = state.object.sha256
        with self._sohoa.database.transaction() as uow:
            uow.objects.note(state.place, sha256, health)
            if event:
                uow.ledger.append(event, sha256, ACTOR, {"place": state.place.value, "size": state.object.size, **details})
            if event == REPAIRED and details["from"] == "quarantine":
                uow.objects.brought_back(sha256)
            if event == LOST:
                _call_for_help(uow, sha256)
        if event == LOST:
            self._sohoa.wake_workers()

    def _flush(self) -> None:
        if not self._good:
            return
        with self._sohoa.database.transaction() as uow:
            for state in self._good:
                uow.objects.note(state.place, state.object.sha256, Health.GOOD)
        self._good.clear()

    @staticmethod
    def _fetched(store: KeepingStore, ref: ObjectRef, to: Path) -> bool:
        """Whether the store gave the good bytes."""
        try:
            store.fetch(ref.sha256, to)
        except (ObjectCorrupt, ObjectMissing):
            return False
        return True

    @contextmanager
    def _scratch(self) -> Iterator[Path]:
        with tempfile.TemporaryDirectory(dir=self._sohoa.settings.data_dir / "tmp", prefix="fixity-") as folder:
            yield Path(folder) / "object"


def _call_for_help(uow: UnitOfWork, sha256: str) -> None:
    """A line on the attention list: the step looks for a good copy, again whenever somebody presses retry."""
    owner = uow.objects.owner(sha256)
    if owner is None or not owner.paper_id:
        return  # an anchor, a report, a file refused: the job, the doctor and `sohoa fixity status` say so
    known = uow.steps.find(StepKind.RECOVER, sha256)
    if known is None:
        batch = uow.batches.get(owner.batch_id)
        uow.steps.add(StepKind.RECOVER, sha256, batch=batch, file_id=owner.file_id, paper_id=owner.paper_id)
    elif known.state is StepState.DONE:
        uow.steps.redo(known.id)
    elif known.state is StepState.GIVEN_UP:
        uow.steps.revive(known.id)
