"""The index of what records say. It is disposable: `put` makes it anew, and `behind` tells what is missing in it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import bindparam, func, or_, select

from storage.errors import NotFound
from storage.finding import SearchPage, SearchQuery
from storage.model import Record, RecordState
from storage.records.records import record_of
from storage.records.search_find import Finder
from storage.records.search_tables import search_docs
from storage.records.search_tags import word_index
from storage.records.search_words import Vocabulary
from storage.records.tables import records
from storage.records.work import Work
from storage.search.fold import clean, words
from storage.search.rank import rows_of_words
from storage.search.terms import VERSION, Document, Facts, terms

_NUMBER = select(records.c.seq).where(records.c.code == bindparam("of"))
_CHANGED = search_docs.update().where(search_docs.c.doc == bindparam("number"))


class SearchIndex:
    """Searching records by words and facts."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self._index = word_index(work)
        self._vocabulary = Vocabulary(work)
        self._finder = Finder(work, self._index, self._vocabulary)

    def put(self, record: Record, content: str, fields: Mapping[str, str] | None = None) -> None:
        """Index `record` with the text of its pages and its decided fields, in place of what was indexed.

        Raises NotFound if it was never added.
        """
        number = self._number(record.code)
        document, heading, body = document_of(number, record, content, fields or {})
        exact, folded = rows_of_words(document.heading, document.body)
        connection = self._work.connection
        values = {"doc": number, "heading": heading, "body": body, "exact": exact, "folded": folded, "version": VERSION}
        if not self._work.insert_once(search_docs, values, ("doc",)):
            connection.execute(_CHANGED, values | {"number": number})
        self._index.put(connection, number, terms(document))
        self._vocabulary.learn((*document.heading.folded, *document.body.folded))

    def find(self, query: SearchQuery) -> SearchPage:
        """Records that fit every part of `query`; see `Finder.find`."""
        return self._finder.find(query)

    def count_since(self, query: SearchQuery, number: int) -> tuple[int, int]:
        """How many fit `query` (counting ends at `COUNTED`), and how many of them are newer than record `number`."""
        return self._finder.count_since(query, number)

    def last(self) -> int:
        """The number of the newest record; 0 when there is none."""
        return int(self._work.connection.execute(select(func.max(records.c.seq))).scalar_one() or 0)

    def to_index(self, limit: int, after: int = 0, *, everything: bool = False) -> tuple[tuple[int, Record], ...]:
        """Records not indexed in today's way (`everything`: all) with their numbers, oldest first, beyond number `after`."""
        joined = records.outerjoin(search_docs, search_docs.c.doc == records.c.seq)
        statement = select(records).select_from(joined).where(records.c.seq > after, records.c.state != str(RecordState.DISPOSED))
        if not everything:
            statement = statement.where(or_(search_docs.c.doc.is_(None), search_docs.c.version != VERSION))
        rows = self._work.connection.execute(statement.order_by(records.c.seq).limit(limit))
        return tuple((row.seq, record_of(row)) for row in rows)

    def kept_text(self, record: Record) -> str | None:
        """The text the record was indexed with, or None if there is none."""
        statement = select(search_docs.c.body).join(records, records.c.seq == search_docs.c.doc)
        row = self._work.connection.execute(statement.where(records.c.code == record.code)).one_or_none()
        return None if row is None else str(row.body)

    def count(self) -> int:
        """How many records are indexed in today's way."""
        statement = select(func.count()).select_from(search_docs).where(search_docs.c.version == VERSION)
        return int(self._work.connection.execute(statement).scalar_one())

    def _number(self, code: str) -> int:
        number = self._work.connection.execute(_NUMBER, {"of": code}).scalar_one_or_none()
        if number is None:
            raise NotFound(what="record", key=code)
        return int(number)


def document_of(number: int, record: Record, content: str, fields: Mapping[str, str]) -> tuple[Document, str, str]:
    """The record as words, with its heading and body as clean text. Decided values are found like words of the pages."""
    parts = (record.title, record.number, record.subject, record.issuer, record.code, record.dossier)
    heading = clean(" \n".join(part for part in parts if part))
    body = clean("\n".join((content, *_not_in(content, fields.values()))))
    facts = Facts(
        number=record.number,
        owner=record.owner,
        paper_type=record.paper_type,
        unit=record.unit,
        issuer=record.issuer,
        dossier=record.dossier,
        state=str(record.state),
        access=str(record.access),
        issued_on=record.issued_on,
        valid_until=record.valid_until,
        fields=tuple((name, value) for name, value in fields.items() if value and _is_name(name)),
    )
    return Document(number, words(heading), words(body), facts), heading, body


def _not_in(content: str, values: Iterable[str]) -> list[str]:
    """What a person corrected does not stand in the text as read."""
    return [value for value in values if value and value not in content]


def _is_name(name: Any) -> bool:
    return isinstance(name, str) and name.isascii() and name.replace("_", "").isalnum()
