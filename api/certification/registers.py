"""Use cases: the certification registers as văn thư keeps them: books, the yearly lock, the monthly print, the CSV.

A register names people, so whoever reads one is in the ledger. A month's print of a year that is locked says so and carries
the digest of the lock.
"""

from __future__ import annotations

import csv
import io
import logging
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from api.certification.errors import OtherUnit
from api.wiring import Sohoa
from ocr import typeset
from ocr.typeset.model import Align, Columns, Facts, Gap, Sheet, Style, Table, Text, Together
from signing.report import VIETNAM
from storage.reach import covers, home
from storage.register_columns import Column, cells, columns
from storage.register_entries import statistics_of, unchanged
from storage.registers import Book, Certification, LockedYear, RegisterKind, RegisterQuery

log = logging.getLogger(__name__)

BOM = "\ufeff"
"""Spreadsheet programs take a CSV without it for some old code page."""
DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What a spreadsheet may take for the start of a formula."""
_ALIGN = {"left": Align.LEFT, "centre": Align.CENTRE, "right": Align.RIGHT}
_TITLE = Style(size_pt=14, bold=True, align=Align.CENTRE)
_CENTRE = Style(size_pt=11, align=Align.CENTRE)
_SIGNER = Style(size_pt=11, bold=True, align=Align.CENTRE)


@dataclass(frozen=True, slots=True)
class Register:
    """Entries of one register with what is known of its year."""

    query: RegisterQuery
    entries: tuple[Certification, ...]
    locked: LockedYear | None
    intact: bool = True
    """False when the year is locked and its entries are no longer those that were locked."""


class RegisterDesk:
    """What văn thư does. `unit` is the reach of the person, whose own unit is meant when a call names none; empty: any."""

    def __init__(self, sohoa: Sohoa, unit: str = "") -> None:
        self._sohoa = sohoa
        self._unit = unit
        self._options = sohoa.settings.certification

    def open(self, kind: RegisterKind, *, actor: str, unit: str = "") -> Book:
        """Open the next book. Raises BookAlreadyOpen, YearLocked, OtherUnit."""
        with self._sohoa.database.transaction() as uow:
            book = uow.registers.open(self._of(unit), kind, self._options.sign_of(kind), actor)
            uow.ledger.append("register.opened", book.id, actor, {"book": book.label, "unit": book.unit})
        return book

    def close(self, kind: RegisterKind, *, actor: str, unit: str = "") -> Book:
        """Close the open book. Raises NoOpenBook, OtherUnit."""
        with self._sohoa.database.transaction() as uow:
            book = uow.registers.close(self._of(unit), kind, actor)
            uow.ledger.append("register.closed", book.id, actor, {"book": book.label, "unit": book.unit})
        return book

    def lock_year(self, kind: RegisterKind, year: int, *, actor: str, unit: str = "") -> LockedYear:
        """Khóa sổ. Raises YearNotOver, YearUnfinished, YearLocked, NotFound, OtherUnit."""
        with self._sohoa.database.transaction() as uow:
            locked = uow.registers.lock_year(self._of(unit), kind, year, actor)
            details: dict[str, object] = {"year": year, "digest": locked.digest, **locked.statistics}
            uow.ledger.append("register.year_locked", f"{locked.unit}/{kind}/{year}", actor, details)
        return locked

    def books(self, unit: str = "") -> tuple[Book, ...]:
        """Books of the unit, oldest first; without a unit those of all."""
        with self._sohoa.database.read() as uow:
            return uow.registers.books(self._of(unit) if unit else self._unit)

    def read(self, kind: RegisterKind, year: int, month: int = 0, *, actor: str, purpose: str = "", unit: str = "") -> Register:
        """Entries of a year or month; that they were read is in the ledger. Raises OtherUnit."""
        query = RegisterQuery(self._of(unit), kind, year, month)
        with self._sohoa.database.read() as uow:
            locked = uow.registers.locked_year(query.unit, kind, year)
            whole = uow.certifications.entries(replace(query, month=0)) if locked else ()
            register = Register(query, uow.certifications.entries(query), locked, locked is None or unchanged(locked, whole))
        if not register.intact:
            log.error("register %s/%s/%s: entries of the locked year differ from its digest", query.unit, kind, year)
        with self._sohoa.database.transaction() as uow:
            details: dict[str, object] = {"year": year, "month": month, "purpose": purpose, "entries": len(register.entries)}
            details |= {} if register.intact else {"intact": False}
            uow.ledger.append("register.read", f"{query.unit}/{kind}/{year}", actor, details)
        return register

    def form(self) -> tuple[Column, ...]:
        """The columns in use."""
        return columns(self._options.columns_file)

    def agency(self, unit: str) -> str:
        """How the unit is named in print."""
        return self._options.agency_name or unit

    def _of(self, unit: str) -> str:
        if unit and not covers(self._unit, unit):
            raise OtherUnit(unit=unit)
        return unit or home(self._unit) or self._sohoa.settings.unit


def as_csv(register: Register, form: tuple[Column, ...]) -> str:
    """The register for spreadsheet programs: UTF-8 with BOM, no cell that could be taken for a formula."""
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_ALL)
    writer.writerow([harmless(column.vi) for column in form])
    writer.writerows([[harmless(cell) for cell in cells(entry, form)] for entry in register.entries])
    return BOM + out.getvalue()


def harmless(cell: str) -> str:
    """The cell, with an apostrophe before it where a spreadsheet could take it for a formula."""
    return f"'{cell}" if cell.lstrip(" \u00a0").startswith(DANGEROUS) else cell


def print_to(register: Register, form: tuple[Column, ...], agency: str, sign: str, out: Path, printed_at: datetime) -> None:
    """The register as PDF/A-2b, A4 across, to be bound. Raises PrintFontMissing, PdfNotWritten."""
    typeset.write(sheet_of(register, form, agency, sign, printed_at), out)


def sheet_of(register: Register, form: tuple[Column, ...], agency: str, sign: str, printed_at: datetime) -> Sheet:
    """The pages of a month or year as a description for print."""
    query = register.query
    period = f"Tháng {query.month:02d} năm {query.year}" if query.month else f"Năm {query.year}"
    head = tuple(column.vi for column in form)
    rows = tuple(cells(entry, form) for entry in register.entries)
    table = Table(head, rows, tuple(column.width for column in form), tuple(_ALIGN[column.align] for column in form), size_pt=9)
    empty = Text("Trong kỳ không có việc chứng thực nào.", _CENTRE)
    local = printed_at.astimezone(VIETNAM)
    return Sheet(
        title=f"Sổ chứng thực bản sao {sign} - {period}",
        blocks=(
            Text("SỔ CHỨNG THỰC BẢN SAO TỪ BẢN CHÍNH", _TITLE),
            Text(f"{agency} — ký hiệu sổ: {sign} — {period}", _CENTRE),
            Gap(3),
            table if rows else empty,
            Gap(4),
            _closing(register),
            Gap(4),
            Columns((_signer("NGƯỜI GHI SỔ"), _signer("NGƯỜI CÓ THẨM QUYỀN"))),
        ),
        created_at=local,
        author=agency,
        landscape=True,
        footer=f"{sign} · {period} · in lúc {local:%d/%m/%Y %H:%M:%S} +07:00",
    )


def _signer(words: str) -> tuple[Text, ...]:
    return (Text(words, _SIGNER), Text("(ký, ghi rõ họ tên)", Style(size_pt=9, italic=True, align=Align.CENTRE)))


def _closing(register: Register) -> Together:
    """The figures under the table; of a locked year its digest too."""
    figures = statistics_of(register.entries)
    numbers = [entry.entry.text for entry in register.entries if entry.entry]
    books = dict.fromkeys(entry.entry.book for entry in register.entries if entry.entry)
    rows = [
        ("Quyển số", ", ".join(books) or "không có"),
        ("Số chứng thực", f"từ {numbers[0]} đến {numbers[-1]} ({figures['numbers']} số)" if numbers else "không có"),
        ("Đã chứng thực", f"{figures['certified']} việc, {figures['copies']} bản sao, {figures['pages']} trang"),
        ("Phí", f"{figures['fees_vnd']:,} đồng".replace(",", ".")),
        ("Số đã hủy", str(figures["void"])),
        ("Bị hủy bỏ theo quyết định", str(figures["annulled"])),
    ]
    if register.locked is not None:
        at = register.locked.locked_at.astimezone(VIETNAM)
        rows.append(("Khóa sổ", f"ngày {at:%d/%m/%Y}, người khóa {register.locked.locked_by}, SHA-256 {register.locked.digest}"))
    if not register.intact:
        rows.append(("CẢNH BÁO", "Nội dung sổ KHÔNG còn khớp với lúc khóa sổ: có dòng đã bị sửa, thêm hoặc bớt."))
    return Together((Facts(tuple(rows), label_mm=60, size_pt=10),))
