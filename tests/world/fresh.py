"""Something empty on a shared server for one test: a database of its own, a bucket of its own."""

from __future__ import annotations

import contextlib
import uuid
from collections.abc import Iterator

import psycopg


def administer(server: str, statement: str) -> None:
    """Run a statement outside any transaction."""
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(statement)  # type: ignore[call-overload] # the names are made here


def beside(server: str, name: str) -> str:
    """The URL of another database on the same server."""
    return server.rsplit("/", 1)[0] + "/" + name


@contextlib.contextmanager
def database_on(server: str) -> Iterator[str]:
    """A new, empty database; dropped after the block."""
    name = f"test_{uuid.uuid4().hex}"
    administer(server, f"CREATE DATABASE {name}")
    try:
        yield beside(server, name)
    finally:
        administer(server, f"DROP DATABASE {name} WITH (FORCE)")


def bucket_on(s3_url: str) -> str:
    """The URL of a bucket that is not there yet (it is made at first use)."""
    address, _, query = s3_url.partition("?")
    return f"{address}/{uuid.uuid4().hex}?{query}"
