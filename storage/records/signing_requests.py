"""What waits for a signature made elsewhere; every change of state is one guarded UPDATE."""

from __future__ import annotations

from base64 import b64decode, b64encode
from dataclasses import asdict
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, func, select

from signing.model import Level, Place, Role, SealKind
from signing.prepared import Prepared
from storage.desk import Preparation, SigningRequest, SigningState
from storage.errors import Conflict, NotFound
from storage.model import PaperState
from storage.records.columns import ref_of, ref_values
from storage.records.signing_tables import signing_requests as table
from storage.records.tables import papers
from storage.records.within import within
from storage.records.work import Work

_OPEN = (SigningState.WAITING, SigningState.PREPARED)
_OF_SUBJECT = select(table).where(table.c.kind == bindparam("which"), table.c.subject == bindparam("what"))
_UNPREPARED: dict[str, Any] = {
    "ticket": "",
    "actor": "",
    "certificate": "",
    "chain": [],
    "prepared": {},
    "expires_at": None,
    "signature": "",
} | ref_values("tail", None)


class SigningRequests:
    """Documents and their preparations."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def ask(self, request: SigningRequest) -> None:
        """The document waits for a signature: a new row, or the row it has, started anew. Conflict if it is signed already."""
        now = self._work.now()
        values = {
            "id": request.id,
            "kind": str(request.kind),
            "subject": request.subject,
            "paper_id": request.paper_id,
            "batch_id": request.batch_id,
            "unit": request.unit,
            "role": str(request.role),
            "level": str(request.level),
            "about": request.about,
            "state": str(SigningState.WAITING),
            "created_at": now,
            "changed_at": now,
        }
        values |= ref_values("source", request.source) | _UNPREPARED
        if self._work.insert_once(table, values, ("kind", "subject")):
            return
        known = (table.c.kind == str(request.kind)) & (table.c.subject == request.subject)
        again = {"level": str(request.level), "about": request.about, "state": str(SigningState.WAITING)} | _UNPREPARED
        self._move(known, (*_OPEN, SigningState.DONE, SigningState.GIVEN_UP), again | ref_values("source", request.source))

    def get(self, request_id: str) -> SigningRequest:
        """The request, or NotFound."""
        return self._one(select(table).where(table.c.id == request_id), request_id)

    def lock(self, request_id: str) -> SigningRequest:
        """The request, with every other change of it waiting until this transaction ends; or NotFound."""
        return self._one(select(table).where(table.c.id == request_id).with_for_update(), request_id)

    def find(self, kind: SealKind, subject: str) -> SigningRequest | None:
        """The request for this document, or None."""
        row = self._work.connection.execute(_OF_SUBJECT, {"which": str(kind), "what": subject}).one_or_none()
        return _request(row) if row is not None else None

    def by_ticket(self, ticket: str) -> SigningRequest:
        """The request whose newest preparation this is, or NotFound."""
        return self._one(select(table).where(table.c.ticket == ticket, table.c.ticket != ""), "")

    def open(
        self,
        *,
        unit: str = "",
        role: Role | None = None,
        certifying: bool = True,
        batch_id: str = "",
        limit: int = 100,
        offset: int = 0,
    ) -> tuple[SigningRequest, ...]:
        """What waits for signature, oldest first; of one unit, role, batch if named, without certifiers' if not `certifying`."""
        statement = select(table).join(papers, papers.c.id == table.c.paper_id).where(*self._open(unit, role, certifying))
        if batch_id:
            statement = statement.where(table.c.batch_id == batch_id)
        statement = statement.order_by(table.c.seq).limit(limit).offset(offset)
        return self._all(statement)

    def signed(self, kind: SealKind) -> tuple[SigningRequest, ...]:
        """Signed documents of this kind whose time-stamp and evidence are still to be added, oldest first."""
        chosen = (table.c.kind == str(kind)) & (table.c.state == str(SigningState.SIGNED))
        return self._all(select(table).where(chosen).order_by(table.c.seq))

    def count_open(self, *, unit: str = "", role: Role | None = None, certifying: bool = True) -> int:
        """How many there are."""
        joined = table.join(papers, papers.c.id == table.c.paper_id)
        statement = select(func.count()).select_from(joined).where(*self._open(unit, role, certifying))
        return int(self._work.connection.execute(statement).scalar_one())

    @staticmethod
    def _open(unit: str, role: Role | None, certifying: bool) -> list[ColumnElement[bool]]:
        # A paper that was given up meanwhile leaves its request behind.
        alive = (table.c.kind != str(SealKind.DIGITISED_COPY)) | (papers.c.state == str(PaperState.SIGNING))
        rules: list[ColumnElement[bool]] = [table.c.state.in_([str(state) for state in _OPEN]), alive]
        if unit:
            rules.append(within(table.c.unit, unit))
        if role is not None:
            rules.append(table.c.role == str(role))
        if not certifying:
            rules.append((table.c.kind != str(SealKind.CERTIFIED_COPY)) | (table.c.role != str(Role.PERSONAL)))
        return rules

    def prepare(self, request_id: str, preparation: Preparation) -> None:
        """This is the newest preparation; Conflict if the document was signed meanwhile."""
        values = {
            "state": str(SigningState.PREPARED),
            "ticket": preparation.ticket,
            "actor": preparation.actor,
            "certificate": _text(preparation.certificate),
            "chain": [_text(one) for one in preparation.chain],
            "prepared": _as_json(preparation.prepared),
            "expires_at": preparation.expires_at,
            "signature": "",
        }
        self._move(table.c.id == request_id, _OPEN, values | ref_values("tail", preparation.tail))

    def sign(self, ticket: str, signature: bytes) -> None:
        """The one signature of this preparation is there; Conflict if it was there before or none is expected."""
        values = {"state": str(SigningState.SIGNED), "signature": _text(signature)}
        self._move(table.c.ticket == ticket, (SigningState.PREPARED,), values)

    def reopen(self, request_id: str) -> None:
        """The signature led nowhere: the document waits for another one."""
        self._move(table.c.id == request_id, (SigningState.SIGNED,), {"state": str(SigningState.WAITING)} | _UNPREPARED)

    def give_up(self, request_id: str) -> None:
        """Nobody will sign it any more; Conflict if it is finished."""
        states = (*_OPEN, SigningState.SIGNED)
        self._move(table.c.id == request_id, states, {"state": str(SigningState.GIVEN_UP)} | _UNPREPARED)

    def done(self, kind: SealKind, subject: str) -> None:
        """The document is sealed; nothing if nobody was asked to sign it."""
        known = (table.c.kind == str(kind)) & (table.c.subject == subject)
        self._work.connection.execute(
            table.update().where(known).values(state=str(SigningState.DONE), changed_at=self._work.now())
        )

    def _move(self, which: ColumnElement[bool], states: tuple[SigningState, ...], values: dict[str, Any]) -> None:
        statement = (
            table.update()
            .where(which, table.c.state.in_([str(state) for state in states]))
            .values(changed_at=self._work.now(), **values)
        )
        if not self._work.connection.execute(statement).rowcount:
            raise Conflict

    def _one(self, statement: Select[Any], key: str) -> SigningRequest:
        row = self._work.connection.execute(statement).one_or_none()
        if row is None:
            raise NotFound(what="signing request", key=key)
        return _request(row)

    def _all(self, statement: Select[Any]) -> tuple[SigningRequest, ...]:
        return tuple(_request(row) for row in self._work.connection.execute(statement))


def _request(row: Any) -> SigningRequest:
    return SigningRequest(
        id=row.id,
        kind=SealKind(row.kind),
        subject=row.subject,
        paper_id=row.paper_id,
        batch_id=row.batch_id,
        unit=row.unit,
        role=Role(row.role),
        level=Level(row.level),
        source=ref_of(row, "source"),
        state=SigningState(row.state),
        preparation=_preparation(row) if row.ticket else None,
        created_at=row.created_at,
        about=row.about,
    )


def _preparation(row: Any) -> Preparation:
    return Preparation(
        ticket=row.ticket,
        actor=row.actor,
        certificate=b64decode(row.certificate),
        chain=tuple(b64decode(one) for one in row.chain),
        prepared=_prepared(row.prepared),
        tail=ref_of(row, "tail"),
        expires_at=row.expires_at,
        signature=b64decode(row.signature),
    )


def _text(data: bytes) -> str:
    return b64encode(data).decode("ascii")


def _as_json(prepared: Prepared) -> dict[str, Any]:
    values = asdict(prepared)
    return values | {"attributes": _text(prepared.attributes), "document_digest": _text(prepared.document_digest)}


def _prepared(values: dict[str, Any]) -> Prepared:
    place = values["place"]
    return Prepared(
        **values
        | {
            "attributes": b64decode(values["attributes"]),
            "document_digest": b64decode(values["document_digest"]),
            "place": Place(**place | {"box": tuple(place["box"])}) if place else None,
        }
    )
