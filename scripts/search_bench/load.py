"""Fills a database with generated records the fast way: what `SearchIndex.put` would write, a chunk at a time, indexes last."""

from __future__ import annotations

import sqlite3
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import psycopg

from scripts.search_bench.texts import Made, made, text_of_all, words_of_all
from storage.records.database import Database
from storage.search.near import MAX_LETTERS
from storage.search.rank import rows_of_words
from storage.search.terms import VERSION

CHUNK = 5_000
STORED = "2026-03-01 07:30:15.000000"
RECORD = (
    "seq", "code", "paper_id", "state", "unit", "dossier", "owner", "paper_type", "title", "number", "issued_on", "issuer",
    "subject", "valid_until", "scope", "pages", "original_sha256", "original_size", "original_type", "sealed_sha256",
    "sealed_size", "sealed_type", "evidence_sha256", "evidence_size", "evidence_type", "created_at", "access",
)  # fmt: skip
DOCS = ("doc", "heading", "body", "exact", "folded", "version")
PLAIN_TABLE = """
CREATE EXTENSION IF NOT EXISTS unaccent;
CREATE TEXT SEARCH CONFIGURATION plain (COPY = simple);
ALTER TEXT SEARCH CONFIGURATION plain ALTER MAPPING FOR hword, hword_part, word WITH unaccent, simple;
CREATE UNLOGGED TABLE plain (doc BIGINT, title TEXT, body TEXT, paper_number TEXT, owner TEXT, kind TEXT, unit TEXT, issuer TEXT,
 issued_on DATE, valid_until DATE, state TEXT, found TSVECTOR)
"""
PLAIN_INDEXES = (
    "CREATE INDEX ON plain USING gin (found)",
    "ALTER TABLE plain ADD PRIMARY KEY (doc)",
    "CREATE INDEX ON plain (owner)",
    "CREATE INDEX ON plain (paper_number)",
    "CREATE INDEX ON plain (issued_on)",
)


def record_row(one: Made) -> tuple[object, ...]:
    """A row of `records`."""
    blob = ("0" * 64, 1, "application/pdf")
    issued, until = one.issued_on.isoformat(), one.valid_until.isoformat() if one.valid_until else None
    return (
        one.number, one.code, f"{one.number:032x}", one.state, one.unit, one.dossier, one.owner, one.kind, one.title,
        one.paper_number, issued, one.issuer, one.subject, until, "", 1, *blob, *blob, *blob, STORED, one.access,
    )  # fmt: skip


def doc_row(one: Made) -> tuple[object, ...]:
    """A row of `search_docs`."""
    found = rows_of_words(words_of_all(one.heading), words_of_all(one.body))
    return (one.number, text_of_all(one.heading), text_of_all(one.body), *found, VERSION)


def chunks(count: int) -> Iterator[tuple[int, int]]:
    """First and last number of each chunk."""
    yield from ((first, min(first + CHUNK - 1, count)) for first in range(1, count + 1, CHUNK))


def fill_sqlite(path: Path, count: int) -> None:
    """A database file with `count` records."""
    database = Database(f"sqlite:///{path}")
    database.migrate()
    database.close()
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA synchronous = OFF")
    known: set[str] = set()
    with get_context("fork").Pool(2) as pool:
        for records, docs, indexed, found in pool.imap(_sqlite_rows, chunks(count)):
            connection.execute("BEGIN")
            connection.executemany(f"INSERT INTO records ({', '.join(RECORD)}) VALUES ({', '.join('?' * len(RECORD))})", records)
            connection.executemany("INSERT INTO search_docs VALUES (?, ?, ?, ?, ?, ?)", docs)
            connection.executemany("INSERT INTO search_terms (rowid, terms) VALUES (?, ?)", indexed)
            connection.executemany("INSERT INTO search_words VALUES (?)", [(word,) for word in sorted(found - known)])
            known |= found
            connection.execute("COMMIT")
    connection.execute("INSERT INTO search_terms (search_terms) VALUES ('optimize')")
    connection.execute("ANALYZE")
    connection.close()


def _sqlite_rows(
    chunk: tuple[int, int],
) -> tuple[list[tuple[object, ...]], list[tuple[object, ...]], list[tuple[int, str]], set[str]]:
    some = [made(number) for number in range(chunk[0], chunk[1] + 1)]
    indexed = [(one.number, " ".join(one.terms())) for one in some]
    return [record_row(one) for one in some], [doc_row(one) for one in some], indexed, _letters(some)


def _letters(some: list[Made]) -> set[str]:
    found = {word for one in some for part in (*one.heading, *one.body) for word in part.found.folded}
    return {word for word in found if word.isalpha() and len(word) <= MAX_LETTERS}


def is_filled(url: str, count: int) -> bool:
    """Whether the database has `count` records and its index."""
    with psycopg.connect(url, autocommit=True) as connection:
        made_last = connection.execute("SELECT to_regclass('ix_search_terms_terms')").fetchone()
        if made_last is None or made_last[0] is None or connection.execute("SELECT to_regclass('plain')").fetchone() == (None,):
            return False
        return connection.execute("SELECT count(*) FROM records").fetchone() == (count,)


def fill_postgres(url: str, count: int, *, plain: bool = True) -> None:
    """A PostgreSQL database with `count` records and, beside it, the plain set-up with the same texts.

    A filling that was broken off goes on where it was.
    """
    database = Database(url)
    database.migrate()
    database.close()
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("ALTER TABLE records DROP CONSTRAINT IF EXISTS fk_records_paper_id")
        connection.execute("ALTER TABLE search_docs DROP CONSTRAINT IF EXISTS fk_search_docs_doc")
        connection.execute("ALTER TABLE search_terms DROP CONSTRAINT IF EXISTS search_terms_doc_fkey")
        connection.execute("DROP INDEX IF EXISTS ix_search_terms_terms")
        for table in ("search_terms", "search_docs"):
            connection.execute(f"ALTER TABLE {table} SET UNLOGGED")
        if plain:
            if connection.execute("SELECT to_regclass('plain')").fetchone() == (None,):
                connection.execute(PLAIN_TABLE)
            connection.execute("ALTER TABLE plain DROP CONSTRAINT IF EXISTS plain_pkey")
            for (index,) in connection.execute("SELECT indexname FROM pg_indexes WHERE tablename = 'plain'").fetchall():
                connection.execute(f"DROP INDEX {index}")  # type: ignore[arg-type]
        had = {first for (first,) in connection.execute("SELECT DISTINCT (seq - 1) / %s FROM records", (CHUNK,)).fetchall()}
    began = time.monotonic()
    known: set[str] = set()
    jobs = [(url, chunk, plain) for chunk in chunks(count) if (chunk[0] - 1) // CHUNK not in had]
    with get_context("fork").Pool(2) as pool:
        for done, found in enumerate(pool.imap_unordered(_copy, jobs), start=1):
            known |= found
            if done % 20 == 0:
                print(f"  {done * CHUNK:,} records in {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)
    _finish(url, known, plain=plain)


def _copy(job: tuple[str, tuple[int, int], bool]) -> set[str]:
    url, chunk, plain = job
    some = [made(number) for number in range(chunk[0], chunk[1] + 1)]
    with psycopg.connect(url) as connection, connection.cursor() as cursor:
        with cursor.copy(f"COPY records ({', '.join(RECORD)}) FROM STDIN") as copy:
            for one in some:
                copy.write_row(record_row(one))
        with cursor.copy(f"COPY search_docs ({', '.join(DOCS)}) FROM STDIN") as copy:
            for one in some:
                copy.write_row(doc_row(one))
        with cursor.copy("COPY search_terms (doc, terms) FROM STDIN") as copy:
            for one in some:
                copy.write_row((one.number, one.vector()))
        if plain:
            _copy_plain(cursor, some)
    return _letters(some)


def _copy_plain(cursor: psycopg.Cursor[tuple[object, ...]], some: list[Made]) -> None:
    cursor.execute("CREATE TEMPORARY TABLE given (LIKE plain) ON COMMIT DROP")
    columns = "doc, title, body, paper_number, owner, kind, unit, issuer, issued_on, valid_until, state"
    with cursor.copy(f"COPY given ({columns}) FROM STDIN") as copy:
        for one in some:
            dates = one.issued_on, one.valid_until
            facts = one.paper_number, one.owner, one.kind, one.unit, one.issuer
            copy.write_row((one.number, text_of_all(one.heading), text_of_all(one.body), *facts, *dates, one.state))
    cursor.execute(
        f"INSERT INTO plain SELECT {columns}, setweight(to_tsvector('plain', title), 'A')"
        " || setweight(to_tsvector('plain', body), 'B') FROM given"
    )


def _finish(url: str, known: set[str], *, plain: bool) -> None:
    index = "CREATE INDEX ix_search_terms_terms ON search_terms USING gin (terms) WITH (gin_pending_list_limit = 256)"
    with psycopg.connect(url, autocommit=True) as connection:
        with connection.cursor() as cursor:
            words = [(word,) for word in sorted(known)]
            cursor.executemany("INSERT INTO search_words VALUES (%s) ON CONFLICT DO NOTHING", words)
        with ThreadPoolExecutor() as both:
            list(both.map(lambda statements: _run(url, statements), ((index,), PLAIN_INDEXES if plain else ())))
        connection.execute("VACUUM ANALYZE")


def _run(url: str, statements: Sequence[str]) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SET maintenance_work_mem = '2GB'")
        for statement in statements:
            began = time.monotonic()
            connection.execute(statement)
            print(f"  {time.monotonic() - began:.0f} s: {statement}", file=sys.stderr, flush=True)
