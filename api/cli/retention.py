"""`sohoa retention`: how long records are kept, what falls due, what is held."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from typer.main import get_command

from api.cli import console
from api.cli.exit_codes import ExitCode
from api.cli.language import Lang, say
from api.cli.opening import actor, opened
from api.cli.options import Command, application, json_option, lang_option
from api.keeping.disposal import DisposalDesk, Kept
from storage.retention import LegalHold

CodeArgument = Annotated[str, typer.Argument(metavar="CODE", help=say("Mã kết quả số hóa.", "Digitisation-result code."))]
ReasonOption = Annotated[str, typer.Option("--reason", metavar="TEXT", help=say("Lý do.", "The reason."))]


def build() -> Any:
    """The group, in the language of this run."""
    app = application(name="retention", help=say("Thời hạn lưu trữ.", "Retention."), no_args_is_help=True)
    app.callback()(_group)
    app.command("due", cls=Command, help=say("Hồ sơ hết hoặc sắp hết thời hạn.", "Records whose term ends."))(run_due)
    app.command("show", cls=Command, help=say("Một hồ sơ phải giữ đến ngày nào.", "Until when a record is kept."))(run_show)
    app.command("hold", cls=Command, help=say("Giữ một hồ sơ, cấm tiêu hủy.", "Put a record under a legal hold."))(run_hold)
    app.command("lift", cls=Command, help=say("Thôi giữ.", "End a legal hold."))(run_lift)
    app.command("holds", cls=Command, help=say("Các hồ sơ đang bị giữ.", "Legal holds that stand."))(run_holds)
    return get_command(app)


def _group() -> None:
    """Only subcommands do something."""


def run_due(
    within: Annotated[int, typer.Option("--within", metavar="DAYS", min=0, help=say("Số ngày tới.", "Days ahead."))] = 365,
    as_document: Annotated[bool, json_option()] = False,
    _lang: Annotated[Lang | None, lang_option()] = None,
) -> int:
    """Records whose term ends within so many days, or is over."""
    with opened() as sohoa:
        found = DisposalDesk(sohoa).due(within)
    if as_document:
        console.document({"due": [_document(one) for one in found]})
        return ExitCode.OK
    for one in found:
        console.out(_line(one))
    if not found:
        console.out(say("Không có hồ sơ nào đến hạn.", "No record falls due."))
    return ExitCode.OK


def run_show(
    code: CodeArgument, as_document: Annotated[bool, json_option()] = False, _lang: Annotated[Lang | None, lang_option()] = None
) -> int:
    """Until when one record is kept, and why."""
    with opened() as sohoa:
        with sohoa.database.read() as uow:
            record = uow.records.get(code)
        kept = DisposalDesk(sohoa).kept(record)
    if as_document:
        console.document(_document(kept))
    else:
        console.out(_line(kept))
    return ExitCode.OK


def run_hold(
    code: CodeArgument,
    reason: ReasonOption,
    as_document: Annotated[bool, json_option()] = False,
    _lang: Annotated[Lang | None, lang_option()] = None,
) -> int:
    """Put a record under a legal hold."""
    with opened() as sohoa:
        made = DisposalDesk(sohoa).hold(code, reason, actor=actor())
    if as_document:
        console.document(_hold(made))
    else:
        console.out(say(f"Đã giữ {code} (mã lệnh giữ {made.id}).", f"{code} is held (hold {made.id})."))
    return ExitCode.OK


def run_lift(
    hold: Annotated[str, typer.Argument(metavar="HOLD", help=say("Mã lệnh giữ.", "Id of the hold."))],
    reason: ReasonOption,
    as_document: Annotated[bool, json_option()] = False,
    _lang: Annotated[Lang | None, lang_option()] = None,
) -> int:
    """End a legal hold."""
    with opened() as sohoa:
        ended = DisposalDesk(sohoa).lift(hold, reason, actor=actor())
    if as_document:
        console.document(_hold(ended))
    else:
        console.out(say(f"Đã thôi giữ {ended.record}.", f"{ended.record} is held no more."))
    return ExitCode.OK


def run_holds(as_document: Annotated[bool, json_option()] = False, _lang: Annotated[Lang | None, lang_option()] = None) -> int:
    """Every legal hold that stands."""
    with opened() as sohoa, sohoa.database.read() as uow:
        found = uow.retention.holds()
    if as_document:
        console.document({"holds": [_hold(one) for one in found]})
        return ExitCode.OK
    for one in found:
        console.out(f"{one.id}  {one.record}  {one.placed_at:%d/%m/%Y}  {one.placed_by}: {one.reason}")
    if not found:
        console.out(say("Không có hồ sơ nào bị giữ.", "No record is held."))
    return ExitCode.OK


def _hold(one: LegalHold) -> dict[str, object]:
    return {"id": one.id, "record": one.record, "reason": one.reason, "by": one.placed_by, "at": one.placed_at}


def _document(one: Kept) -> dict[str, object]:
    return {"record": one.record.code, "until": one.until, "basis": one.basis, "verified": one.verified}


def _line(one: Kept) -> str:
    until = f"{one.until:%d/%m/%Y}" if one.until else say("vĩnh viễn", "permanent")
    doubt = "" if one.verified else say(" (thời hạn CHƯA được xác nhận)", " (period NOT verified)")
    return f"{one.record.code}  {until}  {one.basis}{doubt}"
