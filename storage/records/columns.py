"""Column types that behave the same on SQLite and PostgreSQL."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import BigInteger, Column, DateTime, Dialect, Integer, Text
from sqlalchemy.types import TypeDecorator

from ingest.model import ObjectRef, Sha256

Serial = BigInteger().with_variant(Integer, "sqlite")
"""A counted primary key: BIGINT, or SQLite's 64-bit INTEGER, which alone counts by itself there."""


class UtcTime(TypeDecorator[datetime]):
    """Aware UTC in and out; a naive datetime is refused. SQLite keeps it as sortable text without an offset."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """To UTC; without its zone for SQLite, which has none."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Back to aware UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if dialect.name == "sqlite" else value.astimezone(UTC)


class SafeText(TypeDecorator[str]):
    """Text that any database takes: NUL and lone surrogates (hostile PDF text layers have them) are replaced."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002 - signature of SQLAlchemy
        """Without what UTF-8 or PostgreSQL cannot hold."""
        if value is None:
            return None
        if value.isascii():
            return value.replace("\0", "\N{REPLACEMENT CHARACTER}")
        return value.replace("\0", "\N{REPLACEMENT CHARACTER}").encode("utf-8", "replace").decode("utf-8")


class JsonText(TypeDecorator[Any]):
    """JSON as ASCII text: the same bytes on every database, and nothing a database could refuse."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:  # noqa: ARG002 - signature of SQLAlchemy
        """Sorted keys, no spaces."""
        return None if value is None else canonical_json(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:  # noqa: ARG002 - signature of SQLAlchemy
        """The value again."""
        return None if value is None else json.loads(value)


def canonical_json(value: object) -> str:
    """`value` as ASCII JSON with sorted keys and no spaces: one spelling for one value."""
    return json.dumps(value, ensure_ascii=True, sort_keys=True, separators=(",", ":"), allow_nan=False)


def ref_columns(prefix: str, *, required: bool = True) -> tuple[Column[Any], ...]:
    """The three columns of an `ObjectRef`."""
    return (
        Column(f"{prefix}_sha256", SafeText, nullable=not required),
        Column(f"{prefix}_size", BigInteger, nullable=not required),
        Column(f"{prefix}_type", SafeText, nullable=not required),
    )


def ref_values(prefix: str, ref: ObjectRef | None) -> dict[str, object]:
    """Values for `ref_columns`."""
    return {
        f"{prefix}_sha256": ref.sha256 if ref else None,
        f"{prefix}_size": ref.size if ref else None,
        f"{prefix}_type": ref.media_type if ref else None,
    }


def ref_of(row: Any, prefix: str) -> ObjectRef:
    """The `ObjectRef` a row surely has."""
    return ObjectRef(Sha256(getattr(row, f"{prefix}_sha256")), getattr(row, f"{prefix}_size"), getattr(row, f"{prefix}_type"))


def ref_or_none(row: Any, prefix: str) -> ObjectRef | None:
    """The `ObjectRef` of a row, or None."""
    return ref_of(row, prefix) if getattr(row, f"{prefix}_sha256") is not None else None
