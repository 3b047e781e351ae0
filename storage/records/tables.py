"""The tables. Every change here needs a migration; a test compares the two.

Ids are text of 32 hexadecimal digits. `seq` counts rows in order of arrival and is never shown. Empty text stands for
"none" where the facts say so; NULL only where the facts say None. The index of words is made by the migration alone,
because each database has its own (`storage.search`).
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    SmallInteger,
    Table,
    UniqueConstraint,
    false,
    text,
)

from storage.records.columns import JsonText, SafeText, Serial, UtcTime, ref_columns

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _serial() -> Column[Any]:
    return Column("seq", Serial, primary_key=True, autoincrement=True)


def _text(name: str, **more: Any) -> Column[Any]:
    return Column(name, SafeText, nullable=False, **more)


def _time(name: str) -> Column[Any]:
    return Column(name, UtcTime, nullable=False)


def _json(name: str) -> Column[Any]:
    return Column(name, JsonText, nullable=False)


def _part_of(name: str, target: str) -> Column[Any]:
    return Column(name, SafeText, ForeignKey(target), nullable=False)


_IN_DOSSIER = text("dossier <> ''")
_REFUSED = text("state = 'refused'")
batches = Table(
    "batches", metadata, _serial(), _text("id", unique=True), _text("unit"), _text("actor"), _text("dossier"), _text("owner"),
    _text("priority"), Column("automatic", Boolean, nullable=False), _time("created_at"), _text("component"),
    Column("hold", Boolean, nullable=False, server_default=false()),
    Index("ix_batches_dossier", "dossier", sqlite_where=_IN_DOSSIER, postgresql_where=_IN_DOSSIER),
)  # fmt: skip

lanes = Table(
    "lanes",
    metadata,
    Column("rank", SmallInteger, primary_key=True, autoincrement=False),
    Column("unit", SafeText, primary_key=True),
    Column("served_at", UtcTime),
)
"""Every (priority, unit) that ever had work: lets the fair choice look at the head of each queue instead of at all steps, and
knows whose turn it is. `served_at` is when somebody last took a step of it."""

files = Table(
    "files", metadata, _serial(), _text("id", unique=True), _part_of("batch_id", "batches.id"), _text("name"),
    *ref_columns("object"), _text("state"), _text("kind"), Column("pages", Integer, nullable=False), _text("parent_id"),
    _text("reason_code"), _json("reason_params"), _json("notes"), _time("created_at"),
    UniqueConstraint("batch_id", "object_sha256", "name", "parent_id"), Index(None, "created_at"),
    Index("ix_files_refused", "seq", sqlite_where=_REFUSED, postgresql_where=_REFUSED),
)  # fmt: skip

papers = Table(
    "papers", metadata, _serial(), _text("id", unique=True), _part_of("batch_id", "batches.id"), _part_of("file_id", "files.id"),
    Column("ordinal", Integer, nullable=False), Column("first_page", Integer, nullable=False),
    Column("pages", Integer, nullable=False), _text("state"), _text("dossier"), _text("owner"), _text("paper_type"),
    Column("type_confidence", Float, nullable=False), _text("code"), *ref_columns("original"),
    *ref_columns("sealed", required=False), *ref_columns("evidence", required=False), _text("reason_code"),
    _json("reason_params"), Column("version", Integer, nullable=False), _time("created_at"), _text("component"),
    Column("held", Boolean, nullable=False, server_default=false()),
    UniqueConstraint("file_id", "ordinal"),
    Index(None, "batch_id"), Index(None, "state"),
    Index("ix_papers_dossier", "dossier", "component", sqlite_where=_IN_DOSSIER, postgresql_where=_IN_DOSSIER),
    Index("uq_papers_code", "code", unique=True, sqlite_where=text("code <> ''"), postgresql_where=text("code <> ''")),
)  # fmt: skip

pages = Table(
    "pages", metadata, _serial(), _text("id", unique=True), _part_of("paper_id", "papers.id"), _part_of("file_id", "files.id"),
    Column("place", Integer, nullable=False), *ref_columns("image"), _json("facts"), *ref_columns("text", required=False),
    Column("position", Integer),
    UniqueConstraint("paper_id", "place"),
)  # fmt: skip
"""`place` is given once and never changes; `position` is where the page stands today, NULL when it was left out or replaced."""

_LIVE = text("due_at IS NOT NULL")
_HELD = text("state = 'leased'")
steps = Table(
    "steps", metadata, _serial(), _text("id", unique=True), _text("kind"), _text("subject"), _part_of("batch_id", "batches.id"),
    _text("file_id"), _text("paper_id"), _text("unit"), Column("rank", SmallInteger, nullable=False), _text("state"),
    Column("attempts", Integer, nullable=False), _text("lease"), _time("not_before"), Column("due_at", UtcTime),
    _text("error_code"), _json("error_params"), _time("changed_at"),
    UniqueConstraint("kind", "subject"), Index(None, "batch_id"),
    Index("ix_steps_lane", "rank", "unit", "due_at", "seq", sqlite_where=_LIVE, postgresql_where=_LIVE),
    Index("ix_steps_due", "due_at", sqlite_where=_LIVE, postgresql_where=_LIVE),
    Index("ix_steps_held", "unit", sqlite_where=_HELD, postgresql_where=_HELD),
    Index("ix_steps_state", "state", "changed_at"),
)  # fmt: skip
"""`due_at` is the moment from which anybody may take the step: `not_before` while ready, the end of the lease while leased,
NULL otherwise. One column and one index thus serve ready steps and expired leases alike."""

fields = Table(
    "fields", metadata, Column("paper_id", SafeText, ForeignKey("papers.id"), primary_key=True),
    Column("place", Integer, primary_key=True, autoincrement=False), _text("name"), _text("raw"), _text("value"),
    Column("confidence", Float, nullable=False), _json("evidence"), _json("candidates"), _json("checks"),
)  # fmt: skip

decisions = Table(
    "decisions", metadata, _serial(), _part_of("paper_id", "papers.id"), _text("field"), _text("value"), _text("kind"),
    _text("by"), _time("at"), _text("reason"), Column("evidence", JsonText, nullable=False, server_default="[]"),
    Index(None, "paper_id"),
)  # fmt: skip

records = Table(
    "records", metadata, _serial(), _text("code", unique=True),
    Column("paper_id", SafeText, ForeignKey("papers.id"), nullable=False, unique=True),
    _text("state"), _text("unit"), _text("dossier"), _text("owner"), _text("paper_type"), _text("title"), _text("number"),
    Column("issued_on", Date), _text("issuer"), _text("subject"), Column("valid_until", Date), _text("scope"),
    Column("pages", Integer, nullable=False), *ref_columns("original"), *ref_columns("sealed"), *ref_columns("evidence"),
    _time("created_at"), _text("access"), Index(None, "owner"), Index(None, "dossier"), Index(None, "issued_on"),
)  # fmt: skip

ledger = Table(
    "ledger", metadata, Column("seq", Serial, primary_key=True, autoincrement=False), _time("at"), _text("actor"), _text("event"),
    _text("subject"), _json("details"), _text("previous"), _text("hash"), Index(None, "subject"),
    Index(None, "at"), Index(None, "actor", "seq"),
)  # fmt: skip

ledger_head = Table(
    "ledger_head", metadata, Column("id", SmallInteger, primary_key=True, autoincrement=False),
    Column("entries", BigInteger, nullable=False), _text("hash"),
)  # fmt: skip
"""One row: how many entries there are and the hash of the last. Its lock puts writers in line."""

outbox = Table("outbox", metadata, _serial(), _text("topic"), _json("payload"), _time("created_at"))

series = Table("series", metadata, Column("name", SafeText, primary_key=True), Column("last", BigInteger, nullable=False))

_VALID = text("revoked_at IS NULL")
tokens = Table(
    "tokens", metadata, _serial(), _text("name"), _text("role"), _text("secret_sha256", unique=True), _text("unit"),
    Column("expires_at", UtcTime), Column("revoked_at", UtcTime), _time("created_at"), _text("assignment_id"), _text("label"),
    _json("scopes"), Column("used_at", UtcTime), Index(None, "assignment_id"),
    Index("uq_tokens_name", "name", unique=True, sqlite_where=_VALID, postgresql_where=_VALID),
)  # fmt: skip

seals = Table(
    "seals", metadata, _serial(), _text("id", unique=True), _part_of("paper_id", "papers.id"), _text("kind"),
    *ref_columns("object"), _text("signer"), _text("certificate_sha256"), _text("role"), _text("level"), _time("signed_at"),
    Column("time_stamped", Boolean, nullable=False), Column("evidence_until", UtcTime), _text("state"), _text("previous"),
    _text("origin"), _time("created_at"),
    UniqueConstraint("object_sha256"), Index(None, "paper_id"), Index(None, "origin"), Index(None, "state", "evidence_until"),
)  # fmt: skip
"""Every sealed object. `origin` is the first of its line of renewals, so that the newest is found without walking."""

anchors = Table(
    "anchors", metadata, _serial(), Column("entries", BigInteger, nullable=False, unique=True), _text("head"),
    *ref_columns("object"), _time("stamped_at"), _text("authority"), _time("created_at"),
)  # fmt: skip

jobs = Table(
    "jobs", metadata, Column("name", SafeText, primary_key=True), _time("due_at"), _text("lease"), Column("lease_until", UtcTime),
    Column("started_at", UtcTime), Column("finished_at", UtcTime), Column("succeeded_at", UtcTime),
    Column("runs", Integer, nullable=False), Column("failures", Integer, nullable=False), _text("error_code"),
    _json("error_params"), _json("report"),
)  # fmt: skip
