"""Books of the certification registers, the numbers taken from them, and the yearly lock.

Every taker of a number holds the row of the open book until its transaction ends; closing the book and locking the year
hold it too. So a number is never taken from a book that is being closed, and a rollback gives the number back.
"""

from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy import select

from storage.errors import NotFound
from storage.records.certifications import Certifications
from storage.records.codes import Codes
from storage.records.register_tables import register_books, register_years
from storage.records.within import within
from storage.records.work import Work
from storage.register_entries import digest_of, statistics_of
from storage.register_errors import BookAlreadyOpen, ClockBehind, NoOpenBook, YearLocked, YearNotOver, YearUnfinished
from storage.registers import (
    UNDER_WAY,
    Book,
    BookState,
    Entry,
    LockedYear,
    RegisterKind,
    RegisterQuery,
    series_name,
    today_in_vietnam,
)

_BOOK = ("id", "unit", "year", "ordinal", "suffix", "opened_at", "opened_by", "closed_at", "closed_by")
_LAST_DAY = (12, 31)


def _book(row: Any) -> Book:
    return Book(kind=RegisterKind(row.kind), state=BookState(row.state), **{name: getattr(row, name) for name in _BOOK})


class Registers:
    """Books and years."""

    def __init__(self, work: Work, codes: Codes, certifications: Certifications) -> None:
        self._work = work
        self._codes = codes
        self._certifications = certifications

    def open(self, unit: str, kind: RegisterKind, suffix: str, by: str) -> Book:
        """A new book of this year, numbered after the unit's last one. Raises BookAlreadyOpen, YearLocked."""
        year = self._today().year
        held = self._open_book(unit, kind)
        if held is not None and held.year >= year:
            raise BookAlreadyOpen(book=held.label)
        if held is not None:
            self._close(held, BookState.CLOSED, by)
        return self._begin(unit, kind, year, suffix, by)

    def close(self, unit: str, kind: RegisterKind, by: str) -> Book:
        """Close the open book; the numbers go on in the next one. Raises NoOpenBook."""
        held = self._open_book(unit, kind)
        if held is None:
            raise NoOpenBook(unit=unit, kind=kind)
        return self._close(held, BookState.CLOSED, by)

    def next_number(self, unit: str, kind: RegisterKind, suffix: str, by: str) -> Entry:
        """Take the next number of the year from the open book.

        The first number after New Year (in Vietnam) closes the old year's book and opens book 01 of the new one: people who
        come on 2 January are not sent away. Raises NoOpenBook, YearLocked, ClockBehind.
        """
        today = self._today()
        held = self._open_book(unit, kind)
        book = held or self._newest(unit, kind)
        if book is None or (book.year == today.year and held is None):
            self._refuse_locked(unit, kind, today.year)
            raise NoOpenBook(unit=unit, kind=kind)
        if book.year > today.year:
            raise ClockBehind(year=today.year, book=book.label)
        if book.year < today.year:
            if held is not None:
                self._close(held, BookState.CLOSED, by)
            book = self._begin(unit, kind, today.year, suffix, by)
        self._refuse_locked(unit, kind, today.year)
        number = self._codes.next(series_name(unit, kind, today.year))
        return Entry(book_id=book.id, book=book.label, year=today.year, number=number, on=today)

    def lock_year(self, unit: str, kind: RegisterKind, year: int, by: str) -> LockedYear:
        """Lock a year (khóa sổ) with its statistics; nothing can be added afterwards.

        Raises YearNotOver before 31 December, YearUnfinished while numbers are neither issued nor void, YearLocked when it
        is locked already, NotFound when the unit had no book that year.
        """
        today = self._today()
        if (today.year, (today.month, today.day)) < (year, _LAST_DAY):
            raise YearNotOver(year=year)
        held = self._open_book(unit, kind)  # its row is held from here on: no number is taken meanwhile
        self._refuse_locked(unit, kind, year)
        if not self.books(unit, kind, year):
            raise NotFound(what="register", key=f"{unit}/{year}")
        pending = self._certifications.count_in(RegisterQuery(unit, kind, year, states=UNDER_WAY))
        if pending:
            raise YearUnfinished(count=pending, year=year)
        if held is not None and held.year == year:
            self._close(held, BookState.CLOSED, by)
        # Held: an annulment that is just being entered is either seen here or tells a later time than the lock.
        entries = self._certifications.entries(RegisterQuery(unit, kind, year), held=True)
        now = self._work.now()
        locked = LockedYear(unit, kind, year, statistics_of(entries), digest_of(entries, now), now, by)
        self._work.connection.execute(
            register_years.insert().values(
                unit=unit, kind=str(kind), year=year, statistics=locked.statistics, digest=locked.digest,
                locked_at=locked.locked_at, locked_by=by,
            )
        )  # fmt: skip
        statement = register_books.update().where(*self._which(unit, kind), register_books.c.year == year)
        self._work.connection.execute(statement.values(state=str(BookState.LOCKED)))
        return locked

    def locked_year(self, unit: str, kind: RegisterKind, year: int) -> LockedYear | None:
        """What was locked, or None."""
        row = self._work.connection.execute(
            select(register_years).where(
                register_years.c.unit == unit, register_years.c.kind == str(kind), register_years.c.year == year
            )
        ).one_or_none()
        if row is None:
            return None
        return LockedYear(row.unit, RegisterKind(row.kind), row.year, row.statistics, row.digest, row.locked_at, row.locked_by)

    def books(self, unit: str, kind: RegisterKind | None = None, year: int = 0) -> tuple[Book, ...]:
        """Books of a unit (empty: of all), oldest first; of one kind or year if named."""
        statement = select(register_books).order_by(register_books.c.seq)
        if unit:
            statement = statement.where(within(register_books.c.unit, unit))
        if kind is not None:
            statement = statement.where(register_books.c.kind == str(kind))
        if year:
            statement = statement.where(register_books.c.year == year)
        return tuple(_book(row) for row in self._work.connection.execute(statement))

    def _today(self) -> Any:
        return today_in_vietnam(self._work.now())

    @staticmethod
    def _which(unit: str, kind: RegisterKind) -> tuple[Any, Any]:
        return (register_books.c.unit == unit, register_books.c.kind == str(kind))

    def _open_book(self, unit: str, kind: RegisterKind) -> Book | None:
        """The open book, its row held until the transaction ends.

        Whoever waited for a row that was just being closed sees it vanish; the book opened in the same breath shows only at
        the next look.
        """
        statement = select(register_books).where(*self._which(unit, kind), register_books.c.state == str(BookState.OPEN))
        while True:
            row = self._work.connection.execute(statement.with_for_update(key_share=True)).one_or_none()
            if row is not None:
                return _book(row)
            newest = self._newest(unit, kind)
            if newest is None or newest.state is not BookState.OPEN:
                return None

    def _newest(self, unit: str, kind: RegisterKind) -> Book | None:
        statement = select(register_books).where(*self._which(unit, kind)).order_by(register_books.c.seq.desc()).limit(1)
        row = self._work.connection.execute(statement).one_or_none()
        return _book(row) if row is not None else None

    def _refuse_locked(self, unit: str, kind: RegisterKind, year: int) -> None:
        if self.locked_year(unit, kind, year) is not None:
            raise YearLocked(year=year)

    def _begin(self, unit: str, kind: RegisterKind, year: int, suffix: str, by: str) -> Book:
        self._refuse_locked(unit, kind, year)
        ordinal = max((book.ordinal for book in self.books(unit, kind, year)), default=0) + 1
        book = Book(uuid.uuid4().hex, unit, kind, year, ordinal, suffix, BookState.OPEN, self._work.now(), by)
        values = {name: getattr(book, name) for name in _BOOK} | {"kind": str(kind), "state": str(book.state)}
        self._work.connection.execute(register_books.insert().values(**values))
        return book

    def _close(self, book: Book, state: BookState, by: str) -> Book:
        statement = (
            register_books.update()
            .where(register_books.c.id == book.id)
            .values(state=str(state), closed_at=self._work.now(), closed_by=by)
            .returning(*register_books.c)
        )
        return _book(self._work.connection.execute(statement).one())
