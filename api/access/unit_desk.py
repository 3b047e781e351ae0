"""Use case: the table of units, kept through time: added, renamed, moved, merged, closed; read from a file.

A file is CSV (UTF-8) with the columns code, name, kind, parent, valid_from and, if wanted, valid_to and successor. It is taken
whole or not at all. Units that are there as the file says are passed over, so that the same file may be loaded again.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from api.access.errors import BadUnit, NotInReach
from api.access.permissions import Principal
from api.wiring import Sohoa
from storage.errors import NotFound
from storage.people import OrgUnit, UnitKind
from storage.reach import EVERYTHING, Reach, covers
from storage.records.unit_of_work import UnitOfWork
from storage.registers import today_in_vietnam

_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,49}")
NAME_SIGNS = 200
COLUMNS = ("code", "name", "kind", "parent", "valid_from")
DEPTH = 20


@dataclass(frozen=True, slots=True)
class Loaded:
    """What became of a file of units."""

    added: int
    changed: int
    closed: int
    same: int


class UnitDesk:
    """What an administrator does with units. `reach`: which may be touched; `actor`: who, for the ledger."""

    def __init__(self, sohoa: Sohoa, actor: str, reach: Reach = EVERYTHING) -> None:
        self._sohoa, self._actor, self._reach = sohoa, actor, reach

    @classmethod
    def of(cls, sohoa: Sohoa, who: Principal) -> UnitDesk:
        """The desk of somebody who is signed in."""
        return cls(sohoa, who.name, who.reach)

    def versions(self) -> tuple[OrgUnit, ...]:
        """Every version of the units within reach, by code and time."""
        with self._sohoa.database.read() as uow:
            return tuple(unit for unit in uow.units.versions() if covers(self._reach, unit.code))

    def in_force(self) -> tuple[OrgUnit, ...]:
        """The units there are today within reach, by code."""
        with self._sohoa.database.read() as uow:
            today = today_in_vietnam(uow.now())
        return tuple(unit for unit in self.versions() if unit.in_force(today))

    def add(self, unit: OrgUnit) -> None:
        """A new unit. Raises BadUnit, NotInReach."""
        with self._sohoa.database.transaction() as uow:
            uow.units.lock()
            self._add(uow, unit)

    def change(self, code: str, name: str, parent: str, valid_from: date) -> None:
        """Another name or another unit above, from a day on. Raises BadUnit, NotInReach."""
        with self._sohoa.database.transaction() as uow:
            uow.units.lock()
            self._change(uow, code, name, parent, valid_from)

    def close(self, code: str, valid_to: date, successor: str = "") -> None:
        """The unit ends; its successor, if any, answers for its work from that day on. Raises BadUnit, NotInReach."""
        with self._sohoa.database.transaction() as uow:
            uow.units.lock()
            self._close(uow, code, valid_to, successor)

    def load(self, lines: Iterable[str]) -> Loaded:
        """Take a file in: parents before or after their children, in any order. Raises BadUnit, NotInReach."""
        wanted = _parsed(lines)
        added = changed = closed = same = 0
        with self._sohoa.database.transaction() as uow:
            uow.units.lock()
            codes = {unit.code for unit in wanted} | {unit.code for unit in uow.units.versions()}
            for unit in wanted:
                before = _open(uow, unit.code)
                ended = unit.valid_to is not None
                opened = replace(unit, valid_to=None, successor="")
                known = [version for version in uow.units.versions(unit.code) if version.valid_from == unit.valid_from]
                if known and (known[0].name, known[0].parent) == (unit.name, unit.parent) and not (ended and before):
                    same += 1
                    continue
                if before is None and not known:
                    self._add(uow, opened, codes)
                    added += 1
                elif before is not None and (before.name, before.parent) != (unit.name, unit.parent):
                    self._change(uow, unit.code, unit.name, unit.parent, unit.valid_from, codes)
                    changed += 1
                if unit.valid_to is not None:
                    self._close(uow, unit.code, unit.valid_to, unit.successor, codes)
                    closed += 1
            _no_circle(uow)
        return Loaded(added, changed, closed, same)

    def _add(self, uow: UnitOfWork, unit: OrgUnit, codes: Iterable[str] = ()) -> None:
        if self._reach and not covers(self._reach, unit.parent or unit.code):
            raise NotInReach
        _sound(unit)
        if _open(uow, unit.code) is not None:
            raise BadUnit(unit=unit.code, why="mã đã có / the code is in use")
        if any(version.valid_to is not None and version.valid_to > unit.valid_from for version in uow.units.versions(unit.code)):
            raise BadUnit(unit=unit.code, why="trùng thời gian / overlaps an earlier version")
        _known(uow, unit.code, unit.parent, codes)
        uow.units.add(unit)
        details: dict[str, object] = {"name": unit.name, "parent": unit.parent, "from": unit.valid_from.isoformat()}
        uow.ledger.append("unit.added", unit.code, self._actor, details)

    def _change(self, uow: UnitOfWork, code: str, name: str, parent: str, valid_from: date, codes: Iterable[str] = ()) -> None:
        before = self._mine(uow, code)
        if self._reach and parent != before.parent and not covers(self._reach, parent):
            raise NotInReach
        after = replace(before, name=" ".join(name.split()), parent=parent, valid_from=valid_from)
        _sound(after)
        _known(uow, code, parent, codes)
        if valid_from <= before.valid_from:
            raise BadUnit(unit=code, why="ngày phải sau ngày bắt đầu / the day must be after the present version's first")
        uow.units.close(code, valid_from, code)
        uow.units.add(after)
        if not codes:
            _no_circle(uow)
        details: dict[str, object] = {"name": after.name, "parent": parent, "from": valid_from.isoformat()}
        uow.ledger.append("unit.changed", code, self._actor, details)

    def _close(self, uow: UnitOfWork, code: str, valid_to: date, successor: str, codes: Iterable[str] = ()) -> None:
        before = self._mine(uow, code)
        if successor == code:
            raise BadUnit(unit=code, why="không tự kế thừa / it cannot succeed itself")
        if successor and self._reach and not covers(self._reach, successor):
            raise NotInReach
        _known(uow, code, successor, codes)
        if valid_to <= before.valid_from:
            raise BadUnit(unit=code, why="ngày phải sau ngày bắt đầu / the day must be after its first")
        uow.units.close(code, valid_to, successor)
        if not codes:
            _no_circle(uow)
        details: dict[str, object] = {"to": valid_to.isoformat(), "successor": successor}
        uow.ledger.append("unit.closed", code, self._actor, details)

    def _mine(self, uow: UnitOfWork, code: str) -> OrgUnit:
        if not covers(self._reach, code):
            raise NotInReach
        found = _open(uow, code)
        if found is None:
            raise NotFound(what="unit", key=code)
        return found


def _open(uow: UnitOfWork, code: str) -> OrgUnit | None:
    return next((version for version in uow.units.versions(code) if version.valid_to is None), None)


def _known(uow: UnitOfWork, code: str, other: str, codes: Iterable[str]) -> None:
    """Nothing if `other` is empty, stands in the same file, or is a unit."""
    if other and other not in set(codes) and not uow.units.versions(other):
        raise BadUnit(unit=code, why=f"không có đơn vị {other} / there is no unit {other}")


def _sound(unit: OrgUnit) -> None:
    if not _CODE.fullmatch(unit.code):
        raise BadUnit(unit=unit.code[:50], why="mã gồm chữ, số, dấu chấm, gạch / a code has letters, digits, dots, dashes")
    if not unit.name or len(unit.name) > NAME_SIGNS:
        raise BadUnit(unit=unit.code, why="thiếu tên hoặc tên quá dài / its name is missing or too long")
    if unit.parent == unit.code:
        raise BadUnit(unit=unit.code, why="không trực thuộc chính mình / it cannot be under itself")


def _no_circle(uow: UnitOfWork) -> None:
    """Nothing if every unit leads up to one without a unit above it."""
    above = {unit.code: unit.parent for unit in uow.units.versions() if unit.valid_to is None}
    after = {unit.code: unit.successor for unit in uow.units.versions() if unit.valid_to and unit.successor != unit.code}
    for code in {**after, **above}:
        here, steps = code, 0
        while here and steps <= DEPTH:
            here, steps = above.get(here) or after.get(here, ""), steps + 1
        if here:
            raise BadUnit(unit=code, why="vòng lặp / it leads back to itself")


def _parsed(lines: Iterable[str]) -> list[OrgUnit]:
    rows = csv.DictReader(line.removeprefix("\ufeff") for line in lines)
    missing = [name for name in COLUMNS if name not in (rows.fieldnames or ())]
    if missing:
        raise BadUnit(unit=", ".join(missing), why="thiếu cột / a column is missing")
    return [_row({key: (value or "").strip() for key, value in row.items() if isinstance(key, str)}) for row in rows]


def _row(row: dict[str, str]) -> OrgUnit:
    try:
        return OrgUnit(
            code=row["code"],
            name=" ".join(row["name"].split()),
            kind=UnitKind(row["kind"]),
            parent=row["parent"],
            valid_from=date.fromisoformat(row["valid_from"]),
            valid_to=date.fromisoformat(row["valid_to"]) if row.get("valid_to") else None,
            successor=row.get("successor", ""),
        )
    except ValueError as error:
        raise BadUnit(unit=row.get("code", ""), why=str(error)) from error
