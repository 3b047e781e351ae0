"""`sohoa unit`: the table of units: list, load a file, add, rename or move, close."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.main import get_command

from api.access.unit_desk import UnitDesk
from api.cli import console
from api.cli.errors import PathUnreadable
from api.cli.exit_codes import ExitCode
from api.cli.language import Lang, language, say
from api.cli.opening import actor, opened
from api.cli.options import Command, application, json_option, lang_option
from api.web.catalogue import Texts
from storage.people import OrgUnit, UnitKind
from storage.registers import today_in_vietnam

CodeArgument = Annotated[str, typer.Argument(metavar="CODE", help=say("Mã đơn vị.", "The unit's code."))]
NameOption = Annotated[str, typer.Option("--name", metavar="TEXT", help=say("Tên.", "Name."))]
ParentOption = Annotated[str, typer.Option("--parent", metavar="CODE", help=say("Đơn vị cấp trên.", "The unit above."))]
DayOption = Annotated[
    str, typer.Option("--day", metavar="DATE", help=say("Ngày 2026-07-01; trống: hôm nay.", "Day 2026-07-01; else today."))
]
LangOption = Annotated[Lang | None, lang_option()]
JsonOption = Annotated[bool, json_option()]


def build() -> Any:
    """The group, in the language of this run."""
    app = application(name="unit", help=say("Bảng đơn vị.", "The table of units."), no_args_is_help=True)
    app.callback()(_group)
    for name, run, vietnamese, english in (
        ("list", run_list, "Các đơn vị qua thời gian.", "The units through time."),
        ("load", run_load, "Nạp bảng đơn vị từ tệp CSV.", "Load the table from a CSV file."),
        ("add", run_add, "Thêm đơn vị.", "Add a unit."),
        ("change", run_change, "Đổi tên hoặc cấp trên, từ một ngày.", "Rename or move, from a day on."),
        ("close", run_close, "Kết thúc hoạt động, có thể có đơn vị kế thừa.", "End a unit, with its successor if any."),
    ):
        app.command(name, cls=Command, help=say(vietnamese, english))(run)
    return get_command(app)


def _group() -> None:
    """Only subcommands do something."""


def run_list(as_document: JsonOption = False, _lang: LangOption = None) -> int:
    """Every version of every unit."""
    with opened() as sohoa:
        versions = UnitDesk(sohoa, actor()).versions()
    if as_document:
        console.document({"units": [{key: str(value or "") for key, value in asdict(unit).items()} for unit in versions]})
    for unit in () if as_document else versions:
        until = f" – {unit.valid_to}" if unit.valid_to else ""
        kind = Texts(language()).label("unit_kind", unit.kind)
        console.out(
            f"{unit.code}  {unit.name}  {kind}  {unit.parent or '-'}  {unit.valid_from}{until}  {unit.successor}".rstrip()
        )
    return ExitCode.OK


def run_load(
    file: Annotated[Path, typer.Argument(metavar="FILE", help=say("Tệp CSV (UTF-8).", "CSV file (UTF-8)."))],
    as_document: JsonOption = False,
    _lang: LangOption = None,
) -> int:
    """Take a file of units in, whole or not at all."""
    try:
        lines = file.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise PathUnreadable(path=str(file), why=getattr(error, "strerror", None) or type(error).__name__) from error
    with opened() as sohoa:
        loaded = UnitDesk(sohoa, actor()).load(lines)
    if as_document:
        console.document(asdict(loaded))
    else:
        console.out(
            say(
                f"Thêm {loaded.added}, sửa {loaded.changed}, kết thúc {loaded.closed}, giữ nguyên {loaded.same}.",
                f"Added {loaded.added}, changed {loaded.changed}, closed {loaded.closed}, unchanged {loaded.same}.",
            )
        )
    return ExitCode.OK


def run_add(
    code: CodeArgument,
    name: NameOption,
    kind: Annotated[UnitKind, typer.Option("--kind", help=say("Loại.", "Kind."))] = UnitKind.COMMUNE,
    parent: ParentOption = "",
    day: DayOption = "",
    as_document: JsonOption = False,
    _lang: LangOption = None,
) -> int:
    """Add a unit."""
    with opened() as sohoa:
        UnitDesk(sohoa, actor()).add(OrgUnit(code, " ".join(name.split()), kind, parent, _day(day)))
    return _done(code, as_document=as_document)


def run_change(
    code: CodeArgument,
    name: NameOption,
    parent: ParentOption = "",
    day: DayOption = "",
    as_document: JsonOption = False,
    _lang: LangOption = None,
) -> int:
    """Another name or another unit above, from a day on."""
    with opened() as sohoa:
        UnitDesk(sohoa, actor()).change(code, name, parent, _day(day))
    return _done(code, as_document=as_document)


def run_close(
    code: CodeArgument,
    successor: Annotated[
        str, typer.Option("--successor", metavar="CODE", help=say("Đơn vị kế thừa.", "The unit that takes over."))
    ] = "",
    day: DayOption = "",
    as_document: JsonOption = False,
    _lang: LangOption = None,
) -> int:
    """The unit ends on that day."""
    with opened() as sohoa:
        UnitDesk(sohoa, actor()).close(code, _day(day), successor)
    return _done(code, as_document=as_document)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text) if text else today_in_vietnam(datetime.now(UTC))
    except ValueError as error:
        raise typer.BadParameter(say(f"«{text}» không phải ngày (2026-07-01).", f"“{text}” is no day (2026-07-01).")) from error


def _done(code: str, *, as_document: bool) -> ExitCode:
    if as_document:
        console.document({"unit": code, "done": True})
    else:
        console.out(say("Xong: ", "Done: ") + code)
    return ExitCode.OK
