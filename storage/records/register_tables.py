"""The tables of the certification registers. `storage.records.tables` says how columns are meant."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, Date, ForeignKey, Index, Integer, Table, UniqueConstraint, text

from storage.records.columns import JsonText, SafeText, Serial, UtcTime, ref_columns
from storage.records.tables import metadata


def _text(name: str, **more: Any) -> Column[Any]:
    return Column(name, SafeText, nullable=False, **more)


def _number(name: str) -> Column[Any]:
    return Column(name, Integer, nullable=False)


_OPEN = text("state = 'open'")
register_books = Table(
    "register_books", metadata, Column("seq", Serial, primary_key=True, autoincrement=True), _text("id", unique=True),
    _text("unit"), _text("kind"), _number("year"), _number("ordinal"), _text("suffix"), _text("state"),
    Column("opened_at", UtcTime, nullable=False), _text("opened_by"), Column("closed_at", UtcTime), _text("closed_by"),
    UniqueConstraint("unit", "kind", "year", "ordinal"),
    Index("uq_register_books_open", "unit", "kind", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN),
)  # fmt: skip
"""The partial index is the law's "one open book": a second one cannot be written, whoever tries."""

register_years = Table(
    "register_years", metadata, Column("unit", SafeText, primary_key=True), Column("kind", SafeText, primary_key=True),
    Column("year", Integer, primary_key=True, autoincrement=False), Column("statistics", JsonText, nullable=False),
    _text("digest"), Column("locked_at", UtcTime, nullable=False), _text("locked_by"),
)  # fmt: skip

_NUMBERED = text("number > 0")
_PUBLIC = text("token <> ''")
certifications = Table(
    "certifications", metadata, Column("seq", Serial, primary_key=True, autoincrement=True), _text("id", unique=True),
    _text("unit"), _text("kind"), Column("batch_id", SafeText, ForeignKey("batches.id"), nullable=False),
    Column("paper_id", SafeText, ForeignKey("papers.id"), nullable=False), _text("record_code"), _text("title"), _text("state"),
    Column("request", JsonText, nullable=False), Column("requested_at", UtcTime, nullable=False), _text("requested_by"),
    Column("attestation", JsonText), Column("book_id", SafeText, ForeignKey("register_books.id")), _text("book"),
    _number("year"), _number("number"), Column("numbered_on", Date), _text("token"),
    *ref_columns("personal", required=False), _text("personal_signer"), Column("personal_at", UtcTime),
    *ref_columns("issued", required=False), _text("issued_signer"), Column("issued_at", UtcTime),
    Column("ending", JsonText), Column("annulment", JsonText), _number("version"),
    Index(None, "paper_id"), Index(None, "unit", "state"),
    Index(
        "uq_certifications_number", "unit", "kind", "year", "number", unique=True,
        sqlite_where=_NUMBERED, postgresql_where=_NUMBERED,
    ),
    Index("uq_certifications_token", "token", unique=True, sqlite_where=_PUBLIC, postgresql_where=_PUBLIC),
)  # fmt: skip
