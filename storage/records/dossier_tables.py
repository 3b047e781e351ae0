"""The tables of dossiers, their components, reuse, and the end of records; see `storage.records.tables`."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Boolean, Column, Date, ForeignKey, Index, Integer, SmallInteger, Table, text

from storage.records.columns import JsonText, SafeText, Serial, UtcTime
from storage.records.tables import metadata


def _serial() -> Column[Any]:
    return Column("seq", Serial, primary_key=True, autoincrement=True)


def _text(name: str, **more: Any) -> Column[Any]:
    return Column(name, SafeText, nullable=False, **more)


def _time(name: str) -> Column[Any]:
    return Column(name, UtcTime, nullable=False)


def _small(name: str) -> Column[Any]:
    return Column(name, SmallInteger, nullable=False)


def _flag(name: str) -> Column[Any]:
    return Column(name, Boolean, nullable=False)


dossiers = Table(
    "dossiers", metadata, _serial(), _text("code", unique=True), _text("unit"), _text("procedure"), _text("procedure_name"),
    _text("field"), _text("owner_id"), _text("owner_id_kind"), _small("owner_kind"), _text("owner_name"),
    Column("owner_identity", JsonText, nullable=False), _small("channel"), _time("received_at"), Column("due_at", UtcTime),
    Column("resolved_at", UtcTime), _text("state"), _flag("returns_document"), _text("result_record"), _text("result_link"),
    Column("vneid", Boolean), _text("late_reason"), _text("opened_by"), _time("created_at"), _time("changed_at"),
    Column("version", Integer, nullable=False),
    Index(None, "unit", "received_at"), Index(None, "owner_id"), Index(None, "received_at"),
    Index(
        "ix_dossiers_result_record", "result_record",
        sqlite_where=text("result_record <> ''"), postgresql_where=text("result_record <> ''"),
    ),
)  # fmt: skip

components = Table(
    "dossier_components", metadata, Column("dossier", SafeText, ForeignKey("dossiers.code"), primary_key=True),
    Column("code", SafeText, primary_key=True), Column("place", Integer, nullable=False), _text("name"), _flag("required"),
    _text("form"), _text("state"), _text("paper_id"), _text("record"), _small("reuse"), _text("replacement"),
    _flag("from_store"), _text("reason_code"), _text("reason_note"), _time("changed_at"), _text("changed_by"),
    Index("ix_dossier_components_record", "record", sqlite_where=text("record <> ''"), postgresql_where=text("record <> ''")),
)  # fmt: skip

reuses = Table(
    "reuses", metadata, _serial(), _text("id", unique=True), _text("record"), _text("sealed_sha256"),
    Column("dossier", SafeText, ForeignKey("dossiers.code"), nullable=False), _text("component"), _text("unit"), _text("by"),
    _time("at"), _text("purpose"), Column("filed_on", Date, nullable=False), _small("flag"), _text("replacement"),
    _flag("from_store"), Column("checks", JsonText, nullable=False), Column("withdrawn_at", UtcTime), _text("withdrawn_by"),
    _text("withdrawn_reason"), Index(None, "record"), Index(None, "dossier"), Index(None, "unit", "at"),
    Index(
        "uq_reuses_standing", "dossier", "component", unique=True,
        sqlite_where=text("withdrawn_at IS NULL"), postgresql_where=text("withdrawn_at IS NULL"),
    ),
)  # fmt: skip
"""Append-only but for the three columns of the withdrawal. The partial index: one component is served by one record at a time."""

record_endings = Table(
    "record_endings", metadata, _serial(), Column("record", SafeText, ForeignKey("records.code"), nullable=False), _text("kind"),
    _text("decision"), Column("decided_on", Date, nullable=False), _text("reason"), _text("replaced_by"), _text("by"),
    _time("at"), Index(None, "record"), Index(None, "at"),
)  # fmt: skip
