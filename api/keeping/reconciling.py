"""Use case: objects and rows are held against each other, both ways.

A row whose object is gone is mended from a copy. An object that no row names is moved to the quarantine when it is older than
the grace time (a crash between object and row leaves one behind); nothing is ever deleted. Somebody may store the same bytes just
then: what is in the quarantine and named after all is brought back, here and by every look at the missing object.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from api.keeping.fixity import ACTOR, Keeper
from api.wiring import Sohoa
from ingest.model import ObjectRef
from storage.fixity import Pace
from storage.preservation import Listed, Place

SET_ASIDE, BROUGHT_BACK = "object.set_aside", "object.brought_back"
_NAME = re.compile(r"[0-9a-f]{64}")
_AT_ONCE = 1000
UNKNOWN = "application/octet-stream"


@dataclass(frozen=True, slots=True)
class Reconciled:
    """What holding objects and rows against each other came to."""

    named: int
    """Objects that rows (or the ledger) name."""
    stored: int
    """Objects in the store."""
    missing: int
    """Named and not there; `repaired` of them are again."""
    repaired: int
    unnamed: int
    """There and named by nobody, still within the grace time."""
    set_aside: int
    """Moved to the quarantine now."""
    brought_back: int


def reconcile(sohoa: Sohoa, *, grace: timedelta | None = None) -> Reconciled:
    """Compare both, mend what is missing, set aside what nobody names. `grace` defaults to the setting.

    Raises:
        StoreUnavailable: the store does not answer.
    """
    with sohoa.database.transaction() as uow:
        uow.objects.enrol()
    returned = _bring_back(sohoa)
    # The list comes before the rows are read: an object stored meanwhile has its row, or is too young.
    listed = {bytes.fromhex(one.sha256): one for one in sohoa.objects.names()}
    with sohoa.database.transaction() as uow:
        uow.objects.enrol()
        named = {bytes.fromhex(name) for name, _ in uow.objects.names(Place.MAIN)}
    named |= _told_by_ledger(sohoa, [one for name, one in listed.items() if name not in named])
    missing, repaired = _mend(sohoa, named - set(listed))
    young, moved = _tidy(sohoa, [one for name, one in listed.items() if name not in named], grace)
    return Reconciled(len(named), len(listed), missing, repaired, young, moved, returned)


def _bring_back(sohoa: Sohoa) -> int:
    """What lies in the quarantine and is named after all."""
    with sohoa.database.read() as uow:
        wanted = [one.sha256 for one in uow.objects.aside() if uow.objects.named(one.sha256)]
    for sha256 in wanted:
        if sohoa.objects.size(sha256) is None:
            sohoa.objects.bring_back(sha256)
        with sohoa.database.transaction() as uow:
            uow.objects.brought_back(sha256)
            uow.ledger.append(BROUGHT_BACK, sha256, ACTOR, {})
    return len(wanted)


def _told_by_ledger(sohoa: Sohoa, unnamed: Iterable[Listed]) -> set[bytes]:
    """Objects that only the ledger names (reports on signatures that came with a file); checked from now on."""
    unknown = {one.sha256: one for one in unnamed}
    found: set[bytes] = set()
    after = 0
    while unknown:
        with sohoa.database.read() as uow:
            entries = uow.ledger.entries(after=after, limit=_AT_ONCE)
        for entry in entries:
            after = entry.seq
            if entry.event in {SET_ASIDE, BROUGHT_BACK}:
                continue
            for name in {*_NAME.findall(str(entry.details)), *_NAME.findall(entry.subject)} & set(unknown):
                one = unknown.pop(name)
                found.add(bytes.fromhex(name))
                with sohoa.database.transaction() as uow:
                    uow.objects.enrol_one(ObjectRef(one.sha256, one.size, UNKNOWN))
        if len(entries) < _AT_ONCE:
            break
    return found


def _mend(sohoa: Sohoa, gone: set[bytes]) -> tuple[int, int]:
    keeper, missing, repaired = Keeper(sohoa, Pace(0, math.inf)), 0, 0
    for name in sorted(gone):
        with sohoa.database.read() as uow:
            state = uow.objects.get(Place.MAIN, name.hex())
        if state is None or sohoa.objects.size(state.object.sha256) is not None:
            continue  # stored since the list was made
        missing += 1
        repaired += keeper.check(state)
    keeper.told()
    return missing, repaired


def _tidy(sohoa: Sohoa, unnamed: list[Listed], grace: timedelta | None) -> tuple[int, int]:
    """Move away what is old enough and still named by nobody; returns how many are too young, and how many were moved."""
    young = moved = 0
    patience = timedelta(days=sohoa.settings.fixity.orphan_days) if grace is None else grace
    for one in unnamed:
        with sohoa.database.transaction() as uow:
            if one.stored_at > uow.now() - patience:
                young += 1
            elif not uow.objects.named(one.sha256):
                sohoa.objects.set_aside(one.sha256)
                uow.objects.set_aside(one.sha256, one.size)
                uow.ledger.append(SET_ASIDE, one.sha256, ACTOR, {"size": one.size})
                moved += 1
    return young, moved
