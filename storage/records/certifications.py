"""Certifications and their entries in the register."""

from __future__ import annotations

from dataclasses import asdict, fields, replace
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Select, func, select

from storage.errors import Conflict, NotFound
from storage.records.columns import ref_of, ref_values
from storage.records.register_tables import certifications
from storage.records.within import within
from storage.records.work import Work
from storage.registers import (
    Annulment,
    Attestation,
    Certification,
    CertificationState,
    Ending,
    Entry,
    RegisterKind,
    RegisterQuery,
    Request,
    Signed,
)

_SIGNED = ("personal", "issued")
_PARTS: dict[str, TypeAdapter[Any]] = {
    "request": TypeAdapter(Request),
    "attestation": TypeAdapter(Attestation),
    "ending": TypeAdapter(Ending),
    "annulment": TypeAdapter(Annulment),
}
_PLAIN = ("id", "unit", "batch_id", "paper_id", "record_code", "title", "requested_at", "requested_by", "token", "version")
_NAMES = frozenset(field.name for field in fields(Certification))


def _fact(row: Any) -> Certification:
    parts: dict[str, Any] = {
        name: None if getattr(row, name) is None else part.validate_python(getattr(row, name)) for name, part in _PARTS.items()
    }
    return Certification(
        kind=RegisterKind(row.kind),
        state=CertificationState(row.state),
        entry=Entry(row.book_id, row.book, row.year, row.number, row.numbered_on) if row.number else None,
        personal=_signed(row, "personal"),
        issued=_signed(row, "issued"),
        **parts,
        **{name: getattr(row, name) for name in _PLAIN},
    )


def _signed(row: Any, name: str) -> Signed | None:
    if getattr(row, f"{name}_sha256") is None:
        return None
    return Signed(ref_of(row, name), getattr(row, f"{name}_signer"), getattr(row, f"{name}_at"))


def _values(certification: Certification) -> dict[str, Any]:
    values: dict[str, Any] = {name: getattr(certification, name) for name in _PLAIN}
    values |= {"kind": str(certification.kind), "state": str(certification.state)}
    for name, part in _PARTS.items():
        fact = getattr(certification, name)
        values[name] = None if fact is None else part.dump_python(fact, mode="json")
    entry = (
        asdict(certification.entry) if certification.entry else {"book_id": None, "book": "", "year": 0, "number": 0, "on": None}
    )
    values |= {"numbered_on": entry.pop("on"), **entry}
    for name in _SIGNED:
        made: Signed | None = getattr(certification, name)
        values |= ref_values(name, made.file if made else None)
        values |= {f"{name}_signer": made.signer if made else "", f"{name}_at": made.at if made else None}
    return values


class Certifications:
    """Certifications."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def add(self, certification: Certification) -> None:
        """Write a new one; Conflict if its id is taken."""
        self._work.connection.execute(certifications.insert().values(**_values(certification)))

    def get(self, certification_id: str) -> Certification:
        """The certification, or NotFound."""
        return self._one(select(certifications).where(certifications.c.id == certification_id), certification_id)

    def lock(self, certification_id: str) -> Certification:
        """The same, with every other `lock` and `save` of it waiting until this transaction ends."""
        return self._one(
            select(certifications).where(certifications.c.id == certification_id).with_for_update(key_share=True),
            certification_id,
        )

    def by_token(self, token: str) -> Certification | None:
        """The certification with this public handle, or None."""
        if not token:
            return None
        row = self._work.connection.execute(select(certifications).where(certifications.c.token == token)).one_or_none()
        return _fact(row) if row is not None else None

    def save(self, before: Certification, **changes: Any) -> Certification:
        """Write `changes` to a certification as it was read, counting its version; Conflict if it changed meanwhile."""
        unknown = set(changes) - _NAMES
        if unknown:
            raise TypeError(f"a certification has no {', '.join(sorted(unknown))}")
        after = replace(before, version=before.version + 1, **changes)
        statement = certifications.update().where(certifications.c.id == before.id, certifications.c.version == before.version)
        if not self._work.connection.execute(statement.values(**_values(after))).rowcount:
            self.get(before.id)
            raise Conflict
        return after

    def of_paper(self, paper_id: str) -> tuple[Certification, ...]:
        """Every certification of one paper, oldest first."""
        return self._all(select(certifications).where(certifications.c.paper_id == paper_id).order_by(certifications.c.seq))

    def latest(
        self, unit: str = "", states: frozenset[CertificationState] = frozenset(), limit: int = 50, offset: int = 0
    ) -> tuple[Certification, ...]:
        """Newest first; of one unit, in some states, if named."""
        statement = self._listed(select(certifications), unit, states)
        return self._all(statement.order_by(certifications.c.seq.desc()).limit(limit).offset(offset))

    def waiting(self, unit: str, state: CertificationState, limit: int = 50, offset: int = 0) -> tuple[Certification, ...]:
        """Those in one state, oldest first: the order in which people came."""
        statement = self._listed(select(certifications), unit, frozenset({state}))
        return self._all(statement.order_by(certifications.c.seq).limit(limit).offset(offset))

    def count_states(self, unit: str = "") -> dict[CertificationState, int]:
        """How many stand in each state; of one reach if named."""
        statement = self._listed(select(certifications.c.state, func.count()), unit, frozenset())
        found = self._work.connection.execute(statement.group_by(certifications.c.state)).all()
        return {CertificationState(state): int(count) for state, count in found}

    @staticmethod
    def _listed(statement: Select[Any], unit: str, states: frozenset[CertificationState]) -> Select[Any]:
        if unit:
            statement = statement.where(within(certifications.c.unit, unit))
        if states:
            statement = statement.where(certifications.c.state.in_(sorted(map(str, states))))
        return statement

    def entries(self, query: RegisterQuery, *, held: bool = False) -> tuple[Certification, ...]:
        """Entries of a register, by number; `held`: nobody changes them until this transaction ends."""
        statement = self._register(query).order_by(certifications.c.number)
        statement = statement.with_for_update(key_share=True) if held else statement
        return self._all(statement.limit(query.limit) if query.limit else statement)

    def count_in(self, query: RegisterQuery) -> int:
        """How many entries there are."""
        return int(self._work.connection.execute(select(func.count()).select_from(self._register(query).subquery())).scalar_one())

    def _register(self, query: RegisterQuery) -> Select[Any]:
        statement = select(certifications).where(
            certifications.c.unit == query.unit,
            certifications.c.kind == str(query.kind),
            certifications.c.year == query.year,
            certifications.c.number > 0,
        )
        if query.month:
            first, after = query.days
            statement = statement.where(certifications.c.numbered_on >= first, certifications.c.numbered_on < after)
        if query.book_id:
            statement = statement.where(certifications.c.book_id == query.book_id)
        if query.states:
            statement = statement.where(certifications.c.state.in_(sorted(map(str, query.states))))
        return statement

    def _one(self, statement: Select[Any], key: str) -> Certification:
        row = self._work.connection.execute(statement).one_or_none()
        if row is None:
            raise NotFound(what="certification", key=key)
        return _fact(row)

    def _all(self, statement: Select[Any]) -> tuple[Certification, ...]:
        return tuple(_fact(row) for row in self._work.connection.execute(statement))
