"""Legal holds and disposals, and which objects nobody but a disposed record needs."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict, fields
from typing import Any

from sqlalchemy import Select, select

from ingest.model import ObjectRef
from storage.errors import Conflict, NotFound
from storage.lasting import SealState
from storage.model import Record, RecordState
from storage.records import tables
from storage.records.columns import ref_or_none, ref_values
from storage.records.naming import OF_PAPER, naming_columns
from storage.records.records import record_of
from storage.records.retention_tables import disposals, legal_holds
from storage.records.search_tables import search_docs
from storage.records.search_tags import word_index
from storage.records.tables import decisions, files, papers, records, seals
from storage.records.work import Work
from storage.retention import Disposal, DisposalState, LegalHold

_REFS = ("certificate", "sheet")
_PLAIN = tuple(field.name for field in fields(Disposal) if field.name not in {*_REFS, "state", "objects"})
_HOLD = tuple(field.name for field in fields(LegalHold))
_MOST_DEEP = 10


def _disposal(row: Any) -> Disposal:
    return Disposal(
        state=DisposalState(row.state),
        objects=tuple(row.objects),
        certificate=ref_or_none(row, "certificate"),
        sheet=ref_or_none(row, "sheet"),
        **{name: getattr(row, name) for name in _PLAIN},
    )


class Retention:
    """What is held, and what is disposed of."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def hold(self, hold: LegalHold) -> None:
        """Write a hold down."""
        self._work.connection.execute(legal_holds.insert().values(**asdict(hold)))

    def lift(self, hold_id: str, by: str, reason: str) -> LegalHold:
        """End a hold; NotFound, Conflict if it was lifted before."""
        values = {"lifted_by": by, "lifted_at": self._work.now(), "lifted_reason": reason}
        where = (legal_holds.c.id == hold_id, legal_holds.c.lifted_at.is_(None))
        changed = self._work.connection.execute(legal_holds.update().where(*where).values(**values)).rowcount
        found = self._holds(select(legal_holds).where(legal_holds.c.id == hold_id))
        if not found:
            raise NotFound(what="legal hold", key=hold_id)
        if not changed:
            raise Conflict
        return found[0]

    def get_hold(self, hold_id: str) -> LegalHold:
        """The hold; NotFound."""
        found = self._holds(select(legal_holds).where(legal_holds.c.id == hold_id))
        if not found:
            raise NotFound(what="legal hold", key=hold_id)
        return found[0]

    def holds(self, record: str = "", limit: int = 500) -> tuple[LegalHold, ...]:
        """Holds that stand, of one record or all, oldest first."""
        statement = select(legal_holds).where(legal_holds.c.lifted_at.is_(None))
        if record:
            statement = statement.where(legal_holds.c.record == record)
        return self._holds(statement.order_by(legal_holds.c.seq).limit(limit))

    def add(self, disposal: Disposal) -> None:
        """Write a request down; Conflict if the record has one that was not refused."""
        values: dict[str, Any] = {name: getattr(disposal, name) for name in _PLAIN}
        values |= {"state": str(disposal.state), "objects": list(disposal.objects)}
        for name in _REFS:
            values.update(ref_values(name, getattr(disposal, name)))
        self._work.connection.execute(disposals.insert().values(**values))

    def get(self, disposal_id: str) -> Disposal:
        """The disposal; NotFound."""
        found = self._all(select(disposals).where(disposals.c.id == disposal_id))
        if not found:
            raise NotFound(what="disposal", key=disposal_id)
        return found[0]

    def of_record(self, record: str) -> Disposal | None:
        """The disposal of a record that was not refused, or None."""
        where = (disposals.c.record == record, disposals.c.state != str(DisposalState.REFUSED))
        found = self._all(select(disposals).where(*where))
        return found[0] if found else None

    def in_state(self, *states: DisposalState, limit: int = 500) -> tuple[Disposal, ...]:
        """Disposals that stand so, oldest first."""
        where = disposals.c.state.in_([str(one) for one in states])
        return self._all(select(disposals).where(where).order_by(disposals.c.seq).limit(limit))

    def move(self, disposal_id: str, before: DisposalState, **values: Any) -> None:
        """Change a disposal that stands at `before`; Conflict if it does not."""
        where = (disposals.c.id == disposal_id, disposals.c.state == str(before))
        if not self._work.connection.execute(disposals.update().where(*where).values(**values)).rowcount:
            raise Conflict

    def certify(self, disposal_id: str, certificate: ObjectRef, sheet: ObjectRef) -> None:
        """The end: nothing is left but the certificate."""
        refs = ref_values("certificate", certificate) | ref_values("sheet", sheet)
        state = str(DisposalState.DISPOSED)
        self.move(disposal_id, DisposalState.APPROVED, state=state, done_at=self._work.now(), **refs)

    def kept(self, types: Collection[str], *, others: bool = False, limit: int = 1000) -> tuple[Record, ...]:
        """Records of these paper types (`others`: of all but these) that are not disposed of, oldest first."""
        listed = records.c.paper_type.in_(sorted(types))
        where = (records.c.state != str(RecordState.DISPOSED), ~listed if others else listed)
        rows = self._work.connection.execute(select(records).where(*where).order_by(records.c.created_at).limit(limit))
        return tuple(record_of(row) for row in rows)

    def forget(self, record: Record) -> None:
        """What was read and decided of the record, and the words it is found by; the row itself stays."""
        execute = self._work.connection.execute
        number = int(execute(select(records.c.seq).where(records.c.code == record.code)).scalar_one())
        word_index(self._work).put(self._work.connection, number, ())
        execute(search_docs.delete().where(search_docs.c.doc == number))
        execute(seals.update().where(seals.c.paper_id == record.paper_id).values(state=str(SealState.DISPOSED)))
        execute(tables.fields.delete().where(tables.fields.c.paper_id == record.paper_id))
        execute(decisions.delete().where(decisions.c.paper_id == record.paper_id))

    def objects_of(self, paper_id: str) -> tuple[ObjectRef, ...]:
        """Every object that the paper names, with that of its file and the archives it came in, each once."""
        found: dict[str, ObjectRef] = {}
        for table, prefix in naming_columns():
            if table in OF_PAPER:
                where: Any = table.c.paper_id == paper_id
            elif table is papers:
                where = papers.c.id == paper_id
            elif table is files:
                where = files.c.id.in_(self._files_above(paper_id))
            else:
                continue
            for row in self._work.connection.execute(select(table).where(where)):
                ref = ref_or_none(row, prefix)
                if ref is not None:
                    found.setdefault(ref.sha256, ref)
        return tuple(found.values())

    def _files_above(self, paper_id: str) -> list[str]:
        found: list[str] = []
        row = self._work.connection.execute(select(papers.c.file_id).where(papers.c.id == paper_id)).scalar_one()
        while row and len(found) < _MOST_DEEP:
            found.append(str(row))
            row = self._work.connection.execute(select(files.c.parent_id).where(files.c.id == row)).scalar_one_or_none()
        return found

    def _holds(self, statement: Select[Any]) -> tuple[LegalHold, ...]:
        rows = self._work.connection.execute(statement)
        return tuple(LegalHold(**{name: getattr(row, name) for name in _HOLD}) for row in rows)

    def _all(self, statement: Select[Any]) -> tuple[Disposal, ...]:
        return tuple(_disposal(row) for row in self._work.connection.execute(statement))
