"""Dossiers and their components."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

from sqlalchemy import Select, func, select

from storage.dossiers import (
    Channel,
    Component,
    ComponentState,
    Dossier,
    DossierQuery,
    DossierState,
    Owner,
    OwnerKind,
    PaperForm,
    ReuseFlag,
)
from storage.errors import Conflict, NotFound
from storage.records.dossier_tables import components, dossiers
from storage.records.within import within
from storage.records.work import Work

_OWNER = tuple(field.name for field in fields(Owner))
_PLAIN = tuple(field.name for field in fields(Dossier) if field.name not in {"owner", "channel", "state"})
_COMPONENT = tuple(field.name for field in fields(Component))
_FIXED = frozenset({"code", "created_at", "version", "changed_at"})


def _dossier(row: Any) -> Dossier:
    owner = {name: getattr(row, f"owner_{name}") for name in _OWNER} | {"kind": OwnerKind(row.owner_kind)}
    return Dossier(
        owner=Owner(**owner),
        channel=Channel(row.channel),
        state=DossierState(row.state),
        **{name: getattr(row, name) for name in _PLAIN},
    )


def _values(dossier: Dossier) -> dict[str, Any]:
    values: dict[str, Any] = {name: getattr(dossier, name) for name in _PLAIN}
    values |= {f"owner_{name}": getattr(dossier.owner, name) for name in _OWNER}
    values |= {"owner_kind": int(dossier.owner.kind), "channel": int(dossier.channel), "state": str(dossier.state)}
    return values


def component_of(row: Any) -> Component:
    """The fact a row of `dossier_components` stands for."""
    values = {name: getattr(row, name) for name in _COMPONENT}
    values |= {"form": PaperForm(row.form), "state": ComponentState(row.state), "reuse": ReuseFlag(row.reuse)}
    return Component(**values)


def _component_values(component: Component) -> dict[str, Any]:
    values: dict[str, Any] = {name: getattr(component, name) for name in _COMPONENT}
    return values | {"form": str(component.form), "state": str(component.state), "reuse": int(component.reuse)}


class Dossiers:
    """Dossiers."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def add(self, dossier: Dossier, parts: tuple[Component, ...] = ()) -> bool:
        """Write a new dossier with its components; False, with nothing changed, if its code is known."""
        if not self._work.insert_once(dossiers, _values(dossier), ("code",)):
            return False
        if parts:
            self._work.connection.execute(components.insert(), [_component_values(part) for part in parts])
        return True

    def get(self, code: str) -> Dossier:
        """The dossier with this code, or NotFound."""
        return self._one(select(dossiers).where(dossiers.c.code == code), code)

    def find(self, code: str) -> Dossier | None:
        """The same, or None."""
        row = self._work.connection.execute(select(dossiers).where(dossiers.c.code == code)).one_or_none()
        return _dossier(row) if row is not None else None

    def lock(self, code: str) -> Dossier:
        """The dossier, with every other `lock` or `save` of it waiting until this transaction ends; NotFound.

        Whoever changes a component holds the lock of its dossier.
        """
        return self._one(select(dossiers).where(dossiers.c.code == code).with_for_update(key_share=True), code)

    def save(self, before: Dossier, **changes: Any) -> Dossier:
        """Write `changes` to a dossier as it was read, counting its version; Conflict if it changed meanwhile, NotFound."""
        if _FIXED & changes.keys():
            raise TypeError("a dossier keeps its code and counts its own version")
        after = replace(before, version=before.version + 1, changed_at=self._work.now(), **changes)
        statement = dossiers.update().where(dossiers.c.code == before.code, dossiers.c.version == before.version)
        if not self._work.connection.execute(statement.values(**_values(after))).rowcount:
            self.get(before.code)
            raise Conflict
        return after

    def latest(self, query: DossierQuery) -> tuple[Dossier, ...]:
        """Those asked for, latest received first."""
        statement = self._asked(select(dossiers), query).order_by(dossiers.c.received_at.desc(), dossiers.c.seq.desc())
        rows = self._work.connection.execute(statement.limit(query.limit).offset(query.offset))
        return tuple(_dossier(row) for row in rows)

    def count(self, query: DossierQuery) -> int:
        """How many there are in all."""
        return int(self._work.connection.execute(self._asked(select(func.count(dossiers.c.seq)), query)).scalar_one())

    def components(self, code: str) -> tuple[Component, ...]:
        """The components of a dossier in order; none for an unknown dossier."""
        rows = self._work.connection.execute(
            select(components).where(components.c.dossier == code).order_by(components.c.place, components.c.code)
        )
        return tuple(component_of(row) for row in rows)

    def component(self, code: str, component: str) -> Component:
        """One component, or NotFound."""
        where = (components.c.dossier == code, components.c.code == component)
        row = self._work.connection.execute(select(components).where(*where)).one_or_none()
        if row is None:
            raise NotFound(what="component", key=component)
        return component_of(row)

    def add_component(self, component: Component) -> bool:
        """One more component; False, with nothing changed, if the dossier has it."""
        return self._work.insert_once(components, _component_values(component), ("dossier", "code"))

    def set_component(self, before: Component, by: str, **changes: Any) -> Component:
        """Change a component; the caller holds the lock of its dossier."""
        after = replace(before, changed_at=self._work.now(), changed_by=by, **changes)
        where = (components.c.dossier == before.dossier, components.c.code == before.code)
        self._work.connection.execute(components.update().where(*where).values(**_component_values(after)))
        return after

    def using(self, record: str) -> tuple[Component, ...]:
        """Components of any dossier that stand on this record."""
        rows = self._work.connection.execute(
            select(components).where(components.c.record == record, components.c.record != "").order_by(components.c.dossier)
        )
        return tuple(component_of(row) for row in rows)

    def resulting_in(self, record: str) -> tuple[Dossier, ...]:
        """Dossiers whose result this record is."""
        rows = self._work.connection.execute(
            select(dossiers).where(dossiers.c.result_record == record, dossiers.c.result_record != "").order_by(dossiers.c.seq)
        )
        return tuple(_dossier(row) for row in rows)

    def _asked(self, statement: Select[Any], query: DossierQuery) -> Select[Any]:
        statement = statement.where(within(dossiers.c.unit, query.reach))
        if query.owner_id:
            statement = statement.where(dossiers.c.owner_id == query.owner_id)
        if query.procedure:
            statement = statement.where(dossiers.c.procedure == query.procedure)
        if query.states:
            statement = statement.where(dossiers.c.state.in_(sorted(map(str, query.states))))
        if query.received_from:
            statement = statement.where(dossiers.c.received_at >= query.received_from)
        if query.received_before:
            statement = statement.where(dossiers.c.received_at < query.received_before)
        return statement

    def _one(self, statement: Select[Any], key: str) -> Dossier:
        row = self._work.connection.execute(statement).one_or_none()
        if row is None:
            raise NotFound(what="dossier", key=key)
        return _dossier(row)
