"""Use case: looking through the ledger, and telling who opened whose papers, and for what.

Looking is itself an entry. Whoever oversees some units only sees what concerns these; of other entries the links of the chain
are left, so that it can be followed. Identifiers are masked.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from api.access.permissions import Principal
from api.views.base import mask_code, mask_id
from api.wiring import Sohoa
from signing.report import VIETNAM
from storage.model import LedgerEntry
from storage.reach import covers
from storage.records.unit_of_work import UnitOfWork
from storage.trail import LedgerQuery, Subject

ACCESSES = (".viewed", ".downloaded", ".exported", ".searched", ".listed")
"""How events end that tell of somebody reading personal data."""
ALSO = frozenset({"register.read", "ledger.read", "access_log.read"})
READ, ACCESS_READ = "ledger.read", "access_log.read"
MOST = 20_000
"""Accesses looked at for one answer; more is told, never left out in silence."""
_DIGITS = re.compile(r"(?<![0-9A-Za-z])[0-9]{9,13}(?![0-9A-Fa-f])")
_TITLED = frozenset({"record", "certification"})
"""What is called by its title here; a paper under way by its id alone: its file's name may tell too much."""


class By(StrEnum):
    """How accesses are put together."""

    LINE = "line"
    PERSON = "person"
    RECORD = "record"
    PURPOSE = "purpose"
    UNIT = "unit"
    DAY = "day"


@dataclass(frozen=True, slots=True)
class Seen:
    """One entry as it is shown. `open` is False for what concerns units out of reach: then only the links are told."""

    entry: LedgerEntry
    about: Subject | None
    open: bool = True

    @property
    def subject(self) -> str:
        """What it is about, masked."""
        if self.about is not None and self.about.kind in _TITLED:
            return self.about.title
        return masked(self.entry.subject)

    @property
    def code(self) -> str:
        """The record's code, the owner in it masked; empty for anything else."""
        about = self.about
        return mask_code(about.code, about.owner) if about is not None and about.kind in _TITLED else ""

    @property
    def owner(self) -> str:
        """The owner's identifier, masked."""
        return mask_id(self.about.owner) if self.about is not None and self.about.kind in _TITLED else ""

    def detail(self, name: str) -> str:
        """One of its details as text."""
        return masked(str(self.entry.details.get(name, "")))

    @property
    def details(self) -> tuple[tuple[str, str], ...]:
        """All of them, identifiers masked."""
        return tuple((name, masked(str(value))) for name, value in sorted(self.entry.details.items()))


@dataclass(frozen=True, slots=True)
class Sum:
    """Accesses put together."""

    key: str
    accesses: int
    people: int
    subjects: int
    last: datetime
    about: str = ""


@dataclass(frozen=True, slots=True)
class AccessQuery:
    """Which accesses are asked for. Days as in Vietnam, both included."""

    first: date
    last: date
    actor: str = ""
    about: str = ""
    """A digitisation-result code, or an owner's identifier."""
    purpose: str = ""
    unit: str = ""
    """Of the person, or of the paper."""

    def ledger(self, subjects: tuple[str, ...] | None) -> LedgerQuery:
        """The same as a question to the ledger."""
        first = datetime.combine(self.first, time(), VIETNAM)
        before = datetime.combine(self.last + timedelta(days=1), time(), VIETNAM)
        return LedgerQuery(first, before, endings=(*ACCESSES, *ALSO), actor=self.actor.strip(), subjects=subjects, limit=MOST + 1)


@dataclass(frozen=True, slots=True)
class Accesses:
    """What was found, newest first; `cut` when there was more than is looked at."""

    found: tuple[Seen, ...]
    cut: bool


def masked(text: str) -> str:
    """Identifiers of people in the text, hidden but for their last digits."""
    return _DIGITS.sub(lambda one: mask_id(one.group()), text)


def explore(sohoa: Sohoa, query: LedgerQuery, who: Principal) -> tuple[Seen, ...]:
    """Entries of the ledger, newest first. That they were looked at becomes an entry."""
    with sohoa.database.read() as uow:
        found = _seen(uow, uow.ledger.find(query), who)
    asked: dict[str, object] = {name: str(getattr(query, name)) for name in ("event", "actor") if getattr(query, name)}
    _note(sohoa, READ, who, {"entries": len(found), **asked})
    return found


def accesses(sohoa: Sohoa, query: AccessQuery, who: Principal) -> Accesses:
    """Who opened whose papers, and for what. That it was asked becomes an entry."""
    with sohoa.database.read() as uow:
        subjects = (*uow.subjects.of_code(query.about), *uow.subjects.of_owner(query.about)) if query.about else None
        entries = [entry for entry in uow.ledger.stream(query.ledger(subjects)) if entry.event != "page.read"]
        cut = len(entries) > MOST
        found = tuple(one for one in _seen(uow, entries[:MOST], who) if one.open and _takes(query, one))
    told = {"first": query.first.isoformat(), "last": query.last.isoformat(), "found": len(found)}
    _note(sohoa, ACCESS_READ, who, told | {name: masked(value) for name in ("actor", "about") if (value := getattr(query, name))})
    return Accesses(found, cut)


def summed(found: Iterable[Seen], by: By) -> tuple[Sum, ...]:
    """The accesses put together, the most first; by day: the newest first."""
    parts: dict[str, list[Seen]] = defaultdict(list)
    for one in found:
        parts[_KEYS[by](one)].append(one)
    sums = [
        Sum(
            key=key,
            accesses=len(those),
            people=len({one.entry.actor for one in those}),
            subjects=len({one.entry.subject for one in those}),
            last=max(one.entry.at for one in those),
            about=those[0].code if by is By.RECORD else "",
        )
        for key, those in parts.items()
    ]
    if by is By.DAY:
        return tuple(sorted(sums, key=lambda one: one.last, reverse=True))
    return tuple(sorted(sums, key=lambda one: (-one.accesses, one.key)))


def rows(found: Iterable[Seen]) -> Iterator[tuple[object, ...]]:
    """The accesses as rows for spreadsheet programs."""
    for one in found:
        entry = one.entry
        at = entry.at.astimezone(VIETNAM).isoformat(timespec="seconds")
        who = (entry.seq, at, entry.actor, one.detail("role"), one.detail("unit"))
        yield (*who, entry.event, one.subject, one.code, one.owner, one.about.unit if one.about else "", one.detail("purpose"))


_KEYS: dict[By, Callable[[Seen], str]] = {
    By.LINE: lambda one: str(one.entry.seq),
    By.PERSON: lambda one: one.entry.actor,
    By.RECORD: lambda one: one.subject,
    By.PURPOSE: lambda one: one.detail("purpose"),
    By.UNIT: lambda one: one.detail("unit") or (one.about.unit if one.about else ""),
    By.DAY: lambda one: one.entry.at.astimezone(VIETNAM).date().isoformat(),
}


def _takes(query: AccessQuery, one: Seen) -> bool:
    if query.purpose and query.purpose.casefold() not in str(one.entry.details.get("purpose", "")).casefold():
        return False
    return not query.unit or query.unit in {one.detail("unit"), one.about.unit if one.about else ""}


def _seen(uow: UnitOfWork, entries: Iterable[LedgerEntry], who: Principal) -> tuple[Seen, ...]:
    known = tuple(entries)
    about = uow.subjects.of(entry.subject for entry in known)
    shown = (Seen(entry, about.get(entry.subject)) for entry in known)
    return tuple(replace(one, open=_within(one, who)) for one in shown)


def _within(one: Seen, who: Principal) -> bool:
    """Whether the entry concerns a unit within reach: as the unit of what it is about, or of who did it."""
    if not who.reach or one.entry.actor == who.name:
        return True
    units = {one.about.unit if one.about else "", str(one.entry.details.get("unit", ""))} - {""}
    return any(covers(who.reach, unit) for unit in units)


def _note(sohoa: Sohoa, event: str, who: Principal, details: dict[str, object]) -> None:
    with sohoa.database.transaction() as uow:
        uow.ledger.append(event, "ledger", who.name, {"role": who.role.value, "unit": who.unit, **details})
