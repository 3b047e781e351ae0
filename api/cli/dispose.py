"""`sohoa dispose`: records past their term are destroyed, by the word of two people."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from typer.main import get_command

from api.cli import console
from api.cli.exit_codes import ExitCode
from api.cli.language import Lang, say
from api.cli.opening import actor, opened
from api.cli.options import Command, application, json_option, lang_option
from api.cli.retention import CodeArgument, ReasonOption
from api.keeping import disposing
from api.keeping.disposal import DisposalDesk
from storage.errors import NotFound
from storage.retention import Disposal, DisposalState

IdArgument = Annotated[str, typer.Argument(metavar="ID", help=say("Mã yêu cầu tiêu hủy.", "Id of the disposal."))]
_STATES = {
    DisposalState.REQUESTED: ("chờ người thứ hai duyệt", "waits for a second person"),
    DisposalState.REFUSED: ("không duyệt", "refused"),
    DisposalState.APPROVED: ("đã duyệt, đang xóa", "approved, being removed"),
    DisposalState.DISPOSED: ("đã tiêu hủy", "disposed of"),
}


def build() -> Any:
    """The group, in the language of this run."""
    app = application(name="dispose", help=say("Tiêu hủy hồ sơ hết hạn.", "Dispose of records."), no_args_is_help=True)
    app.callback()(_group)
    app.command("request", cls=Command, help=say("Đề nghị tiêu hủy.", "Ask for a disposal."))(run_request)
    app.command("approve", cls=Command, help=say("Duyệt (người khác với người đề nghị).", "Approve, as another person."))(
        run_approve
    )
    app.command("refuse", cls=Command, help=say("Không duyệt.", "Refuse."))(run_refuse)
    app.command("list", cls=Command, help=say("Các yêu cầu tiêu hủy.", "Disposals."))(run_list)
    app.command("finish", cls=Command, help=say("Làm tiếp các việc đã duyệt.", "Go on with what was approved."))(run_finish)
    app.command("certificate", cls=Command, help=say("Lấy biên bản tiêu hủy (PDF).", "Write the certificate (PDF)."))(
        run_certificate
    )
    return get_command(app)


def _group() -> None:
    """Only subcommands do something."""


def run_request(
    code: CodeArgument,
    reason: ReasonOption,
    as_document: Annotated[bool, json_option()] = False,
    _lang: Annotated[Lang | None, lang_option()] = None,
) -> int:
    """Ask that a record be destroyed."""
    with opened() as sohoa:
        made = DisposalDesk(sohoa).request(code, reason, actor=actor())
    _told(made, as_document=as_document)
    return ExitCode.OK


def run_approve(
    disposal: IdArgument,
    reason: ReasonOption,
    as_document: Annotated[bool, json_option()] = False,
    _lang: Annotated[Lang | None, lang_option()] = None,
) -> int:
    """Let it be destroyed, and begin."""
    with opened() as sohoa:
        DisposalDesk(sohoa).approve(disposal, reason, actor=actor())
        disposing.sweep(sohoa)
        with sohoa.database.read() as uow:
            found = uow.retention.get(disposal)
    _told(found, as_document=as_document)
    return ExitCode.OK


def run_refuse(
    disposal: IdArgument,
    reason: ReasonOption,
    as_document: Annotated[bool, json_option()] = False,
    _lang: Annotated[Lang | None, lang_option()] = None,
) -> int:
    """Let it be."""
    with opened() as sohoa:
        found = DisposalDesk(sohoa).refuse(disposal, reason, actor=actor())
    _told(found, as_document=as_document)
    return ExitCode.OK


def run_list(as_document: Annotated[bool, json_option()] = False, _lang: Annotated[Lang | None, lang_option()] = None) -> int:
    """Every disposal, oldest first."""
    with opened() as sohoa, sohoa.database.read() as uow:
        found = uow.retention.in_state(*DisposalState)
    if as_document:
        console.document({"disposals": [_document(one) for one in found]})
        return ExitCode.OK
    for one in found:
        _tell(one)
    if not found:
        console.out(say("Chưa có yêu cầu tiêu hủy nào.", "There is no disposal yet."))
    return ExitCode.OK


def run_finish(as_document: Annotated[bool, json_option()] = False, _lang: Annotated[Lang | None, lang_option()] = None) -> int:
    """Go on with every approved disposal."""
    with opened() as sohoa:
        done = disposing.sweep(sohoa)
    if as_document:
        console.document(done)
    else:
        vi = f"Xong {done['done']}, còn chờ {done['waiting']}, chưa xóa được {done['failed']}."
        console.out(say(vi, f"{done['done']} done, {done['waiting']} wait, {done['failed']} cannot go yet."))
    return ExitCode.FAILED if done["failed"] else ExitCode.OK


def run_certificate(
    disposal: IdArgument,
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help=say("Tệp ghi ra.", "Where it goes."))],
    as_document: Annotated[bool, json_option()] = False,
    _lang: Annotated[Lang | None, lang_option()] = None,
) -> int:
    """Write the sealed certificate of a finished disposal."""
    with opened() as sohoa:
        with sohoa.database.read() as uow:
            found = uow.retention.get(disposal)
        if found.sheet is None:
            raise NotFound(what="disposal", key=disposal)
        sohoa.objects.fetch(found.sheet.sha256, out)
    if as_document:
        console.document({"disposal": disposal, "file": str(out)})
    else:
        console.out(str(out))
    return ExitCode.OK


def _document(one: Disposal) -> dict[str, object]:
    told = {"id": one.id, "record": one.record, "state": one.state, "reason": one.reason, "requested_by": one.requested_by}
    return told | {"decided_by": one.decided_by, "objects": len(one.objects), "done_at": one.done_at}


def _told(one: Disposal, *, as_document: bool) -> None:
    if as_document:
        console.document(_document(one))
    else:
        _tell(one)


def _tell(one: Disposal) -> None:
    console.out(f"{one.id}  {one.record}  {say(*_STATES[one.state])}  {one.requested_by}: {one.reason}")
