"""`sohoa register`: the books of certification: open, close, lock a year, print a month, CSV."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.main import get_command

from api.certification.registers import RegisterDesk, as_csv, print_to
from api.cli import console
from api.cli.exit_codes import ExitCode
from api.cli.language import Lang, language, say
from api.cli.opening import actor, opened
from api.cli.options import Command, application, json_option, lang_option, purpose_option
from api.views.certifications import BookView, LockedYearView
from api.web.catalogue import Texts
from storage.registers import RegisterKind

KindOption = Annotated[RegisterKind, typer.Option("--kind", metavar="electronic|paper", help=say("Loại sổ.", "Which register."))]
UnitOption = Annotated[
    str, typer.Option("--unit", metavar="CODE", help=say("Đơn vị; trống: SOHOA_UNIT.", "Unit; else SOHOA_UNIT."))
]
MonthArgument = Annotated[
    str, typer.Argument(metavar="MONTH", help=say("Tháng 2026-11, hoặc cả năm 2026.", "Month 2026-11, or the whole year 2026."))
]


def build() -> Any:
    """The group, in the language of this run."""
    app = application(name="register", help=say("Sổ chứng thực.", "Certification registers."), no_args_is_help=True)
    app.callback()(_group)
    app.command("open", cls=Command, help=say("Mở quyển tiếp theo.", "Open the next book."))(run_open)
    app.command("close", cls=Command, help=say("Đóng quyển đang mở; số chạy tiếp ở quyển sau.", "Close the open book."))(
        run_close
    )
    app.command("list", cls=Command, help=say("Các quyển.", "The books."))(run_list)
    app.command("lock-year", cls=Command, help=say("Khóa sổ một năm, kèm thống kê.", "Lock a year, with statistics."))(run_lock)
    app.command("print", cls=Command, help=say("In sổ một tháng ra PDF/A.", "Print a month as PDF/A."))(run_print)
    app.command("csv", cls=Command, help=say("Xuất sổ một tháng ra CSV.", "Write a month as CSV."))(run_csv)
    return get_command(app)


def _group() -> None:
    """Only subcommands do something."""


def run_open(
    kind: KindOption = RegisterKind.ELECTRONIC, unit: UnitOption = "", as_document: Annotated[bool, json_option()] = False,
    _lang: Annotated[Lang | None, lang_option()] = None,
) -> int:  # fmt: skip
    """Open the next book of this year."""
    with opened() as sohoa:
        view = BookView.of(RegisterDesk(sohoa).open(kind, actor=actor(), unit=unit))
    return _told_book(view, say("Đã mở quyển", "Opened book"), as_document=as_document)


def run_close(
    kind: KindOption = RegisterKind.ELECTRONIC, unit: UnitOption = "", as_document: Annotated[bool, json_option()] = False,
    _lang: Annotated[Lang | None, lang_option()] = None,
) -> int:  # fmt: skip
    """Close the open book."""
    with opened() as sohoa:
        view = BookView.of(RegisterDesk(sohoa).close(kind, actor=actor(), unit=unit))
    return _told_book(view, say("Đã đóng quyển", "Closed book"), as_document=as_document)


def run_list(
    unit: UnitOption = "",
    as_document: Annotated[bool, json_option()] = False,
    _lang: Annotated[Lang | None, lang_option()] = None,
) -> int:
    """The books, oldest first."""
    with opened() as sohoa:
        views = [BookView.of(book) for book in RegisterDesk(sohoa).books(unit)]
    if as_document:
        console.document({"books": [view.model_dump(mode="json") for view in views]})
    for view in () if as_document else views:
        console.out(f"{view.unit}  {view.label}  {Texts(language()).label('book_state', view.state)}")
    return ExitCode.OK


def run_lock(
    year: Annotated[int, typer.Argument(metavar="YEAR", min=2000, max=2999, help=say("Năm.", "The year."))],
    kind: KindOption = RegisterKind.ELECTRONIC,
    unit: UnitOption = "",
    as_document: Annotated[bool, json_option()] = False,
    _lang: Annotated[Lang | None, lang_option()] = None,
) -> int:
    """Khóa sổ."""
    with opened() as sohoa:
        view = LockedYearView.of(RegisterDesk(sohoa).lock_year(kind, year, actor=actor(), unit=unit))
    if as_document:
        console.document(view.model_dump(mode="json"))
        return ExitCode.OK
    console.out(say(f"Đã khóa sổ năm {year}.", f"The register of {year} is locked."), style="green")
    for name, value in view.statistics.items():
        console.out(f"  {Texts(language()).label('register_figure', name)}: {value}")
    console.out(f"  SHA-256: {view.digest}")
    return ExitCode.OK


def run_print(
    month: MonthArgument,
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help=say("Tệp PDF đích.", "Target PDF file."))],
    kind: KindOption = RegisterKind.ELECTRONIC,
    unit: UnitOption = "",
    purpose: Annotated[str, purpose_option()] = "",
    as_document: Annotated[bool, json_option()] = False,
    _lang: Annotated[Lang | None, lang_option()] = None,
) -> int:
    """Write the register of a month or year as PDF/A-2b."""
    year, number = parse_month(month)
    with opened() as sohoa:
        desk = RegisterDesk(sohoa)
        register = desk.read(kind, year, number, actor=actor(), purpose=purpose, unit=unit)
        sign = sohoa.settings.certification.sign_of(kind)
        print_to(register, desk.form(), desk.agency(register.query.unit), sign, out, datetime.now(UTC))
    if as_document:
        console.document({"file": str(out), "entries": len(register.entries), "intact": register.intact})
    else:
        console.out(say(f"{out}: {len(register.entries)} số chứng thực.", f"{out}: {len(register.entries)} entries."))
    if not register.intact:
        vi = "Nội dung sổ KHÔNG còn khớp với lúc khóa sổ: có dòng đã bị sửa, thêm hoặc bớt."
        console.note(say(vi, "The register is NOT as it was locked: entries were altered, added or taken away."))
    return ExitCode.OK


def run_csv(
    month: MonthArgument,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help=say("Tệp đích; trống: in ra.", "Target; else printed."))
    ] = None,
    kind: KindOption = RegisterKind.ELECTRONIC,
    unit: UnitOption = "",
    purpose: Annotated[str, purpose_option()] = "",
    as_document: Annotated[bool, json_option()] = False,
    _lang: Annotated[Lang | None, lang_option()] = None,
) -> int:
    """Write the register of a month or year for spreadsheet programs."""
    year, number = parse_month(month)
    with opened() as sohoa:
        desk = RegisterDesk(sohoa)
        register = desk.read(kind, year, number, actor=actor(), purpose=purpose, unit=unit)
        text = as_csv(register, desk.form())
    if out is not None:
        out.write_text(text, encoding="utf-8", newline="")
    if as_document:
        console.document({"file": str(out) if out else "", "entries": len(register.entries), "csv": "" if out else text})
    elif out is None:
        sys.stdout.write(text)
    return ExitCode.OK


def parse_month(text: str) -> tuple[int, int]:
    """Year and month (0: whole year) of `2026-11`, `11/2026` or `2026`; raises a usage error for anything else."""
    parts = text.replace("/", "-").split("-")
    if len(parts) == 2 and len(parts[1]) == 4:
        parts.reverse()
    numbers = [int(part) for part in parts if part.isascii() and part.isdigit()]
    if len(numbers) != len(parts) or len(parts) > 2 or len(parts[0]) != 4 or (len(numbers) == 2 and not 1 <= numbers[1] <= 12):
        raise typer.BadParameter(
            say(f"«{text}» không phải tháng (2026-11) hay năm (2026).", f"“{text}” is no month (2026-11) or year.")
        )
    return numbers[0], numbers[1] if len(numbers) == 2 else 0


def _told_book(view: BookView, words: str, *, as_document: bool) -> ExitCode:
    if as_document:
        console.document(view.model_dump(mode="json"))
    else:
        console.out(f"{words} {view.label} ({view.unit})")
    return ExitCode.OK
