"""What the store holds, to be judged: the sealed copies of records by the day they were stored, and certified copies by book.

For each, the hash in its record is compared with what the ledger wrote down when it was sealed, stored and renewed.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import date, datetime, time, timedelta
from pathlib import Path

from api.audit.model import Problem, Subject
from api.audit.words import say
from api.views.base import mask_code
from ingest.errors import FileUnreadable
from ingest.model import ObjectRef, Sha256
from ingest.ports import ObjectStore
from signing.model import Role
from signing.report import VIETNAM
from storage.model import LedgerEntry, Record
from storage.records.database import Database
from storage.registers import DELIVERED, Book, Certification, RegisterQuery

_AT_ONCE = 200
_SEALED, _STORED, _RENEWED, _ISSUED = "paper.sealed", "record.stored", "seal.renewed", "certification.issued"
_SHOWN = 12


def days(first: date, last: date) -> tuple[datetime, datetime]:
    """From the first moment of `first` to the end of `last`, as days go in Vietnam."""
    return datetime.combine(first, time(), VIETNAM), datetime.combine(last + timedelta(days=1), time(), VIETNAM)


def count_records(database: Database, first: date, last: date) -> int:
    """How many records were stored on these days."""
    with database.read() as uow:
        return uow.records.count_stored(*days(first, last))


def records(database: Database, first: date, last: date, lang: str) -> Iterator[Subject]:
    """The sealed copies of the records stored on these days, oldest first; a few hundred are in memory at a time."""
    start, before = days(first, last)
    offset = 0
    while True:
        with database.read() as uow:
            found = uow.records.stored(start, before, _AT_ONCE, offset)
            entries = uow.ledger.of_subjects([one.paper_id for one in found])
        if not found:
            return
        written = _by_subject(entries)
        yield from (_of_record(one, written.get(one.paper_id, []), lang) for one in found)
        offset += len(found)


def certified(database: Database, book: Book, lang: str) -> tuple[Subject, ...]:
    """The issued copies of a book, by number; each must carry the certifier's and the agency's signature."""
    query = RegisterQuery(book.unit, book.kind, book.year, book_id=book.id, states=DELIVERED)
    with database.read() as uow:
        found = [(one, one.issued.file) for one in uow.certifications.entries(query) if one.issued is not None]
        # Renewals are written down with the paper.
        written = _by_subject(uow.ledger.of_subjects([*{key for one, _ in found for key in (one.id, one.paper_id)}]))
        newest = {file.sha256: uow.seals.newest(file.sha256) for _, file in found}
    subjects = []
    for one, file in found:
        seal = newest[file.sha256]
        told = last_written([*written.get(one.id, []), *written.get(one.paper_id, [])], frozenset({_ISSUED}))
        subjects.append(_of_certified(one, seal.object if seal else file, told, lang))
    return tuple(subjects)


def fetcher(objects: ObjectStore, scratch: Path) -> Callable[[Subject], AbstractContextManager[Path]]:
    """How the engine gets the bytes of a stored subject: into `scratch`, verified on the way, gone after the judging."""

    @contextmanager
    def fetched(subject: Subject) -> Iterator[Path]:
        if not subject.sha256:
            raise FileUnreadable
        with tempfile.TemporaryDirectory(prefix="audit-", dir=scratch) as folder:
            path = Path(folder) / "object.pdf"
            objects.fetch(Sha256(subject.sha256), path)
            yield path

    return fetched


def _by_subject(entries: Sequence[LedgerEntry]) -> dict[str, list[LedgerEntry]]:
    found: dict[str, list[LedgerEntry]] = {}
    for one in entries:
        found.setdefault(one.subject, []).append(one)
    return found


def _of_record(record: Record, entries: Sequence[LedgerEntry], lang: str) -> Subject:
    key = f"{mask_code(record.code, record.owner)} [{record.paper_id[:8]}]"
    problems = _compared(record.sealed.sha256, last_written(entries), lang)
    return Subject(key, record.sealed.size, 0, None, record.sealed.sha256, problems)


def _of_certified(one: Certification, current: ObjectRef, told: str, lang: str) -> Subject:
    """The copy as it is kept now: as issued, or with renewed evidence."""
    name = f"{one.entry.text} {one.entry.book}" if one.entry else ""
    problems = _compared(current.sha256, told, lang)
    return Subject(f"{name} [{one.id[:8]}]", current.size, 0, None, current.sha256, problems, (Role.PERSONAL, Role.AGENCY))


def last_written(entries: Sequence[LedgerEntry], begun: frozenset[str] = frozenset({_SEALED, _STORED})) -> str:
    """The hash the file has by the ledger: as the events `begun` tell it, and as each renewal of exactly that one left it."""
    known = ""
    for entry in sorted(entries, key=lambda one: one.seq):
        if entry.event in begun and entry.event != _STORED:
            known = str(entry.details.get("sha256", ""))
        elif entry.event in begun:
            known = str(entry.details.get("sealed", ""))
        elif entry.event == _RENEWED and entry.details.get("from") == known:
            known = str(entry.details.get("sha256", ""))
    return known


def _compared(recorded: str, written: str, lang: str) -> tuple[Problem, ...]:
    if not written:
        return (Problem(code="LEDGER_SILENT", message=say("LEDGER_SILENT", lang)),)
    if written != recorded:
        return (Problem(code="LEDGER_DIFFERS", message=say("LEDGER_DIFFERS", lang, ledger=written[:_SHOWN])),)
    return ()
