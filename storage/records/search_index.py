"""Finding records: full text joined with what is known about them. The index is disposable; `put` rebuilds it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Float, Integer, Select, Subquery, cast, func, literal, select

from storage.errors import NotFound
from storage.model import Record, SearchHit, SearchPage, SearchQuery
from storage.records.audience import readable
from storage.records.records import record_of
from storage.records.tables import records, search_docs
from storage.records.work import Work
from storage.search.document import Document, FullText
from storage.search.fold import clean, words
from storage.search.fts5 import Fts5
from storage.search.query import Phrase, phrases
from storage.search.snippet import snippet
from storage.search.tsvector import Tsvector


class SearchIndex:
    """Searching records by words and facts."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self._full_text: FullText = Tsvector() if work.postgres else Fts5()

    def put(self, record: Record, text: str) -> None:
        """Index `record` with the text of its pages, in place of what was indexed; NotFound if it was never added."""
        connection = self._work.connection
        number = connection.execute(select(records.c.seq).where(records.c.code == record.code)).scalar_one_or_none()
        if number is None:
            raise NotFound(what="record", key=record.code)
        parts = (record.title, record.number, record.subject, record.issuer, record.code, record.dossier)
        heading = clean(" \n".join(part for part in parts if part))
        body = clean(text)
        connection.execute(search_docs.delete().where(search_docs.c.doc == number))
        values = {
            "doc": number,
            "heading": heading,
            "body": body,
            "number_words": _between_spaces(record.number),
            "issuer_words": _between_spaces(record.issuer),
        }
        connection.execute(search_docs.insert().values(**values))
        self._full_text.put(connection, Document(number, words(heading), words(body)))

    def find(self, query: SearchQuery) -> SearchPage:
        """Records that fit every part of `query`.

        With words: those that have all of them, diacritics or not; more words found exactly as typed come first, then the
        better rank, then the newest. Without words: the newest first.
        """
        wanted = phrases(query.words)
        if (query.words.strip() and not wanted) or any(_says_nothing(part) for part in (query.number, query.issuer)):
            return SearchPage((), 0)
        matches = self._full_text.matches(wanted) if wanted else _everything()
        statement = self._narrowed(query, matches)
        total = self._work.connection.execute(statement.with_only_columns(func.count())).scalar_one()
        score = (cast(matches.c.exactness, Float) + matches.c.rank).label("score")
        statement = (
            statement.add_columns(score, search_docs.c.heading, search_docs.c.body)
            .order_by(matches.c.exactness.desc(), matches.c.rank.desc(), records.c.seq.desc())
            .limit(query.limit)
            .offset(query.offset)
        )
        return SearchPage(tuple(_hit(row, wanted) for row in self._work.connection.execute(statement)), int(total))

    @staticmethod
    def _narrowed(query: SearchQuery, matches: Subquery) -> Select[Any]:
        conditions: list[ColumnElement[bool]] = [
            getattr(records.c, name) == getattr(query, name)
            for name in ("owner", "paper_type", "dossier")
            if getattr(query, name)
        ]
        for name in ("number", "issuer"):
            inside = _between_spaces(getattr(query, name))
            if inside.strip():
                conditions.append(search_docs.c[f"{name}_words"].contains(inside, autoescape=True))
        if query.issued_from is not None:
            conditions.append(records.c.issued_on >= query.issued_from)
        if query.issued_to is not None:
            conditions.append(records.c.issued_on <= query.issued_to)
        joined = records.join(search_docs, search_docs.c.doc == records.c.seq).join(matches, matches.c.doc == records.c.seq)
        return select(records).select_from(joined).where(*conditions, readable(query.audience))


def _everything() -> Subquery:
    columns = (search_docs.c.doc, cast(literal(0), Integer).label("exactness"), cast(literal(0.0), Float).label("rank"))
    return select(*columns).subquery()


def _says_nothing(part: str) -> bool:
    """Something was asked for, but no letter or digit: nothing fits."""
    return bool(part.strip()) and not words(part).exact


def _between_spaces(text: str) -> str:
    return f" {' '.join(words(text).folded)} "


def _hit(row: Any, wanted: tuple[Phrase, ...]) -> SearchHit:
    in_body = snippet(row.body, wanted)
    shown = in_body if not wanted or "\ue000" in in_body else snippet(row.heading, wanted)
    return SearchHit(record_of(row), float(row.score), shown)
